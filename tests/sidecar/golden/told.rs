//! What one side's sidecar told of its VMs.

use std::collections::BTreeMap;

use tollgate_client::types::{
    EventFrame, EventPayload, OwnershipScope, StreamChannel, VmLifecycleState,
};

/// A program, by its VM and its name.
pub(super) type Program = (String, String);

/// What one side's sidecar told of its VMs.
#[derive(Default)]
pub(super) struct Told {
    pub(super) states: BTreeMap<String, Vec<VmLifecycleState>>,
    /// What was written to standard output. What is said to people, on standard error, is not compared.
    pub(super) output: BTreeMap<Program, Vec<u8>>,
    pub(super) exits: BTreeMap<Program, i32>,
}

impl Told {
    /// A name is free for another program once its own has ended.
    pub(super) fn forget(&mut self, scope: &OwnershipScope, process: &str) {
        let of = (vm(scope), process.to_owned());
        self.output.remove(&of);
        self.exits.remove(&of);
    }

    pub(super) fn hear(&mut self, frame: &EventFrame) {
        let vm = vm(&frame.ownership);
        match &frame.payload {
            EventPayload::VmLifecycleEvent(event) => {
                self.states.entry(vm).or_default().push(event.state);
            }
            EventPayload::ProcessOutputEvent(event) if event.channel == StreamChannel::Stdout => {
                let output = self.output.entry((vm, event.process_id.clone()));
                output.or_default().extend(&event.chunk);
            }
            EventPayload::ProcessExitedEvent(event) => {
                self.exits
                    .insert((vm, event.process_id.clone()), event.exit_code);
            }
            EventPayload::ProcessOutputEvent(_)
            | EventPayload::StructuredEvent(_)
            | EventPayload::ExtEnvelope(_) => {}
        }
    }
}

/// The VM that something is about.
pub(super) fn vm(scope: &OwnershipScope) -> String {
    match scope {
        OwnershipScope::VmOwnership(of) => of.vm_id.clone(),
        OwnershipScope::ConnectionOwnership(_) | OwnershipScope::SessionOwnership(_) => {
            String::new()
        }
    }
}
