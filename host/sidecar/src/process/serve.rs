//! A component that answers requests: a program that lives until it is ended, and runs for each request anew.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use tollgate::engine::{Rate, Traffic, Verdict};
use tollgate::ports::{Listener, PortError, Ports as _, port_operation};
use tollgate::{Component, RunControl, RunOptions};
use tollgate_policy::Tier;
use tollgate_protocol::RefusalCode;

use super::table::Process;
use crate::ports::{MOST_FETCHES, OwnPorts};
use crate::rejection::Rejection;
use crate::vm::Vm;

/// The port of a component whose variables name none.
const DEFAULT_PORT: u16 = 8080;

/// Whether a component answers requests and is nothing else: what can be run is run.
pub(crate) fn is_server(component: &Component) -> bool {
    let exports = &component.surface().exports;
    let is_command = |name: &str| name.starts_with("wasi:cli/run@");
    component.handler().is_some() && !exports.iter().any(|export| is_command(&export.name))
}

/// The port at which a component is to answer: its variable `PORT`.
pub(crate) fn port_of(variables: &[(String, String)]) -> Result<u16, Rejection> {
    let stated = variables.iter().find(|(name, _)| name == "PORT");
    let Some((_, stated)) = stated else {
        return Ok(DEFAULT_PORT);
    };
    let port = stated.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| {
        let shown: String = stated.chars().take(32).collect();
        Rejection::state(format!(
            "PORT {} is no port: a component that answers requests listens at the one that it names",
            shown.escape_debug()
        ))
    })
}

impl Vm {
    /// Listens at a port for a component.
    pub(crate) async fn listen(
        &self,
        process: &Arc<Process>,
        port: u16,
        tier: Tier,
    ) -> Result<Listener, Rejection> {
        const IMPORT: &str = "tollgate:sidecar/control#execute";
        const HOST: &str = "127.0.0.1";
        let unrecorded = |error| {
            Rejection::new(
                RefusalCode::IoError,
                format!("it cannot be recorded: {error}"),
            )
        };
        let ports = OwnPorts {
            table: Arc::clone(&self.ports),
            process: Arc::clone(process),
        };
        let operation = port_operation(port);
        let gate = self.gate()?;
        let verdict = gate.enter(IMPORT, &operation, Rate::Single).await;
        let (listening, call) = match verdict.map_err(unrecorded)? {
            // Programs of lower tiers have no network at all.
            Verdict::Permitted(_, call) if tier != Tier::Full => (Err(PortError::Denied), call),
            Verdict::Permitted(permit, call) => (ports.listen(HOST, port, permit), call),
            Verdict::Denied(call) => (Err(PortError::Denied), call),
        };
        let outcome = listening.as_ref().err().map_or("ok", |error| error.code());
        call.finish(outcome, Traffic::default())
            .await
            .map_err(unrecorded)?;
        listening.map_err(|error| {
            Rejection::kernel(error.code(), format!("{error}, listen tcp://{HOST}:{port}"))
        })
    }
}

/// Answers requests until it is ended; gives the signal. Each request has a guest of its own, so that none sees another's.
pub(crate) async fn serve(
    component: Component,
    options: RunOptions,
    mut listener: Listener,
    control: RunControl,
) -> &'static str {
    let mut running = JoinSet::new();
    let mut controls: HashMap<u64, RunControl> = HashMap::new();
    let mut last = 0_u64;
    let mut paused = false;
    let signal = loop {
        tokio::select! {
            changed = control.wait_while(paused) => match changed {
                Ok(()) => {
                    paused = !paused;
                    let change = if paused { RunControl::pause } else { RunControl::resume };
                    controls.values().for_each(change);
                }
                Err(signal) => break signal,
            },
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if let Ok(number) = ended {
                    controls.remove(&number);
                }
            }
            Some(posted) = listener.next(), if !paused && running.len() < MOST_FETCHES => {
                last = last.wrapping_add(1);
                let (number, own) = (last, RunControl::new());
                // A request that is let go of says so to whoever asked.
                let Some(options) = options.again() else { continue };
                let options = options.control(&own);
                controls.insert(number, own);
                let component = component.clone();
                running.spawn(async move {
                    // How it ended is in the log; whoever asked sees what there is of an answer.
                    let _in_the_log = component.handle(posted, options).await;
                    number
                });
            }
        }
    };
    drop(listener);
    for own in controls.values() {
        own.kill(signal);
    }
    while running.join_next().await.is_some() {}
    signal
}
