//! What serves the VMs of a run that makes some: a sidecar in this process, for that run alone.

use tollgate::Host;
use tollgate_audit::Log;
use tollgate_capability::http::Trust;
use tollgate_engine::Surface;
use tollgate_policy::Effective;
use tollgate_sidecar::{Options, PythonRunner, Sidecar};

use super::program::found_python_runner;
use crate::exit::Failure;
use crate::host::environment;

/// Whether a component with this surface can ask for VMs.
pub(crate) fn is_asked_for(surface: &Surface) -> bool {
    let mut imports = surface.imports.iter();
    imports.any(|import| import.name.starts_with("tollgate:sidecar/"))
}

/// A sidecar for one run: under the same ceiling, with the same log.
pub(crate) fn sidecar(policy: &Effective, log: &Log, trust: &Trust) -> Result<Sidecar, Failure> {
    let mut builder = Host::builder()
        .log(log.clone())
        .end_without_flush()
        .trust(trust.clone());
    if let Some(ceiling) = policy.ceiling() {
        builder = builder.ceiling(ceiling.clone());
    }
    if policy.limits().fuel.is_some() {
        builder = builder.count_fuel();
    }
    if let Some(cache) = environment::cache() {
        builder = builder.cache(cache);
    }
    let host = builder
        .build()
        .map_err(|error| Failure::Host(error.to_string()))?;
    let options = Options {
        python: Some(PythonRunner::new(found_python_runner)),
        ..Options::default()
    };
    Ok(Sidecar::new(host, options))
}
