//! What a client says anew about a VM.

use std::collections::HashMap;

use tollgate_policy::{Policy, Tier};
use tollgate_protocol::RefusalCode;
use tollgate_protocol::types::{ConfigureVmRequest, ResponsePayload, VmConfiguredResponse};

use super::grants::{self, Kind};
use super::{Vm, locked};
use crate::rejection::Rejection;

fn unrecorded(error: impl std::fmt::Display) -> Rejection {
    let message = format!("it cannot be recorded: {error}");
    Rejection::new(RefusalCode::IoError, message)
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl Vm {
    /// Records what a configuration came to: what is no longer mounted, and what is now. A plugin and a place of the guest's
    /// say enough; what a folder is called on the machine is nobody's to read here.
    async fn note_configured(&self, before: &[(&'static str, String)]) -> Result<(), Rejection> {
        let gate = self.gate()?;
        let note = async |operation, plugin: &str, place: &str| {
            let what = format!("{plugin} {place}");
            gate.note(operation, &what, "ok").await.map_err(unrecorded)
        };
        for (plugin, place) in before {
            note("vm.unmounted", plugin, place).await?;
        }
        for (plugin, place) in &self.files.mounted() {
            note("vm.mounted", plugin, place).await?;
            let fields = [("plugin", *plugin), ("path", place.as_str())];
            let teller = self.house.teller();
            teller.event(&self.vm_id, "security.mount.mounted", &fields);
        }
        gate.note("vm.configured", &self.vm_id, "ok")
            .await
            .map_err(unrecorded)
    }

    /// Puts what runs already under the policy that holds now, with the limits and mounts that it began with.
    fn regovern(&self) -> Result<(), Rejection> {
        for process in self.processes.all() {
            let Some((kind, tier, live)) = &process.governed else {
                continue;
            };
            let grants = self.grants(*kind, *tier)?;
            live.replace(&grants)
                .map_err(|error| Rejection::state(error.to_string()))?;
        }
        Ok(())
    }

    /// Replaces the mounts, the tiers of commands and, where one is given, the policy: that holds at once, for what runs too.
    /// The mounts are those of programs that start from now on.
    pub(crate) async fn configure(
        &self,
        request: ConfigureVmRequest,
    ) -> Result<ResponsePayload, Rejection> {
        let ConfigureVmRequest {
            mounts,
            software,
            permissions,
            module_access_cwd,
            instructions: _,
            projected_modules: _,
            command_permissions,
            loopback_exempt_ports,
        } = request;
        let permissions = permissions.map(grants::permissions);
        if let Some(permissions) = &permissions {
            Policy::from_protocol(permissions)
                .map_err(|error| Rejection::state(error.to_string()))?;
        }
        // Everything that can be refused is looked at before anything changes.
        let mut governed = locked(&self.governed).changed(permissions, &loopback_exempt_ports);
        let client = governed.grants(self.house.host(), Kind::Client, Tier::Full)?;
        let before = self.files.mounted();
        let applied = self
            .files
            .configure_mounts(mounts, module_access_cwd.as_deref())?;
        if let Some(principal) = &mut *locked(&self.client) {
            principal
                .regrant(&client)
                .map_err(|error| Rejection::state(error.to_string()))?;
        }
        *locked(&self.governed) = governed;
        self.regovern()?;
        let tiers = command_permissions.into_iter();
        *locked(&self.tiers) = tiers
            .map(|(command, tier)| (command, grants::tier(tier)))
            .collect::<HashMap<_, _>>();
        self.note_configured(&before).await?;
        Ok(ResponsePayload::VmConfiguredResponse(
            VmConfiguredResponse {
                applied_mounts: applied.mounts,
                applied_software: count(software.len()),
            },
        ))
    }
}
