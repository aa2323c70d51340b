//! What a client says anew about a VM.

use std::collections::HashMap;

use tollgate_policy::{Policy, Tier};
use tollgate_protocol::types::{ConfigureVmRequest, ResponsePayload, VmConfiguredResponse};

use super::grants::{self, Kind};
use super::{Vm, locked};
use crate::rejection::Rejection;

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

impl Vm {
    /// Replaces the mounts, the tiers of commands and, where one is given, the policy. What runs already goes on under the
    /// policy and the mounts that it began with.
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
        let client = governed.grants(self.sidecar.host(), Kind::Client, Tier::Full)?;
        let applied = self
            .files
            .configure_mounts(mounts, module_access_cwd.as_deref())?;
        if let Some(principal) = &mut *locked(&self.client) {
            principal
                .regrant(&client)
                .map_err(|error| Rejection::state(error.to_string()))?;
        }
        *locked(&self.governed) = governed;
        let tiers = command_permissions.into_iter();
        *locked(&self.tiers) = tiers
            .map(|(command, tier)| (command, grants::tier(tier)))
            .collect::<HashMap<_, _>>();
        Ok(ResponsePayload::VmConfiguredResponse(
            VmConfiguredResponse {
                applied_mounts: applied.mounts,
                applied_software: count(software.len()),
            },
        ))
    }
}
