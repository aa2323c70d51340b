//! What programs of VMs run in, and what a client is told where that cannot be loaded.

use tollgate_plugins::runtimes::NotLoaded;

use crate::rejection::Rejection;

impl From<NotLoaded> for Rejection {
    fn from(error: NotLoaded) -> Self {
        match error {
            NotLoaded::NoPython => {
                Self::execution("this sidecar was started without a runner for Python")
            }
            NotLoaded::Runtime { .. } | NotLoaded::Runner(_) | NotLoaded::Program(_) => {
                Self::execution(error.to_string())
            }
        }
    }
}
