//! A component as client: the interfaces of `tollgate:sidecar/control-plane`, served by a sidecar in the same process.
//!
//! A call passes the gate of the run that makes it, as `control.call` of its function, and then goes the way that a frame
//! goes ([`dispatch`](crate::dispatch)): the same checks of whose things are whose, the same order for each VM, the same
//! bounds. The component is a client like any other, which has a transport of its own and whose VMs end with it; it is told
//! and asked by way of an [`Inbox`](crate::inbox).
//!
//! What a component may not do itself it may not do by a VM: the policy of its VMs is beneath its own
//! ([`Effective::beneath`](tollgate_policy::Effective::beneath)), folders of the host are not for them, and nothing that it
//! makes outlives it.

mod caller;
mod functions;
mod plane;
mod told;

use std::sync::Arc;

use tollgate::interface::Interface;
use tollgate::{Attached, RunOptions};

pub(crate) use self::caller::{Caller, MOST_OF_EACH};
use crate::service::Sidecar;

/// The interfaces `control`, `events` and `callbacks` of `tollgate:sidecar`, for
/// [`HostBuilder::interfaces`](tollgate::HostBuilder::interfaces). They are told without a sidecar: which one serves a run is
/// said with the run, by [`Sidecar::controlled_by`], and a run without one is refused with `unsupported`.
///
/// ```
/// use tollgate::{Host, RunOptions};
/// use tollgate_sidecar::{Options, Sidecar, control};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let host = Host::builder()
///     .compile_in_process()
///     .interfaces(control::interfaces())
///     .build()?;
/// let sidecar = Sidecar::new(host.clone(), Options::default());
///
/// // A component that asks whether it may make connections, and gives no more than whether it was told no.
/// let component = host.load(wat::parse_str(r#"(component
///     (type $types (instance
///         (type $connection' (record (field "connection-id" string)))
///         (export "connection-ownership" (type $connection (eq $connection')))
///         (type $session' (record (field "connection-id" string) (field "session-id" string)))
///         (export "session-ownership" (type $session (eq $session')))
///         (type $vm' (record (field "connection-id" string) (field "session-id" string) (field "vm-id" string)))
///         (export "vm-ownership" (type $vm (eq $vm')))
///         (type $scope' (variant (case "connection-ownership" $connection) (case "session-ownership" $session)
///             (case "vm-ownership" $vm)))
///         (export "ownership-scope" (type (eq $scope')))
///         (type $count' (record (field "count" u64)))
///         (export "zombie-timer-count-response" (type (eq $count')))
///         (type $rejected' (record (field "code" string) (field "message" string)))
///         (export "rejected-response" (type (eq $rejected')))))
///     (import "tollgate:sidecar/types@1.0.0" (instance $types (type $types)))
///     (alias export $types "ownership-scope" (type $scope))
///     (alias export $types "zombie-timer-count-response" (type $count))
///     (alias export $types "rejected-response" (type $rejected))
///     (import "tollgate:sidecar/control@1.0.0" (instance $control
///         (alias outer 1 $scope (type $scope')) (export "ownership-scope" (type $scope (eq $scope')))
///         (alias outer 1 $count (type $count')) (export "zombie-timer-count-response" (type $count (eq $count')))
///         (alias outer 1 $rejected (type $rejected')) (export "rejected-response" (type $rejected (eq $rejected')))
///         (export "get-zombie-timer-count" (func (param "ownership" $scope) (result (result $count (error $rejected)))))))
///     (core module $memory
///         (memory (export "memory") 1)
///         (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
///     (core instance $memory (instantiate $memory))
///     (core func $ask (canon lower (func $control "get-zombie-timer-count")
///         (memory $memory "memory") (realloc (func $memory "realloc"))))
///     (core module $main
///         (import "memory" "memory" (memory 1))
///         (import "control" "ask" (func $ask (param i32 i32 i32 i32 i32 i32 i32 i32)))
///         (func (export "refused") (result i32)
///             (call $ask (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
///                 (i32.const 64))
///             (i32.load8_u (i32.const 64))))
///     (core instance $main (instantiate $main
///         (with "memory" (instance $memory))
///         (with "control" (instance (export "ask" (func $ask))))))
///     (func (export "refused") (result u32) (canon lift (core func $main "refused"))))"#)?).await?;
/// assert_eq!(component.requests()[0].interface, "tollgate:sidecar/control@1.0.0#get-zombie-timer-count");
///
/// let granted = host.grants_from_toml("plane.toml", "version = 1\n[control]\nallow = [\"get-*\", \"create-vm\"]\n")?;
/// let options = sidecar.controlled_by(RunOptions::new(&granted));
/// let outcome = component.call::<(), (u32,)>("refused", (), options).await?;
/// // It was let through, and has no such VM.
/// assert_eq!((outcome.denied().count(), outcome.result?), (0, (1,)));
///
/// let nothing = host.grants_from_toml("plane.toml", "version = 1\n")?;
/// let options = sidecar.controlled_by(RunOptions::new(&nothing));
/// let outcome = component.call::<(), (u32,)>("refused", (), options).await?;
/// let denied: Vec<_> = outcome.denied().map(|row| (&*row.operation, &*row.resource)).collect();
/// assert_eq!(denied, [("control.call", "get-zombie-timer-count")]);
///
/// sidecar.end().await;
/// host.close()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn interfaces() -> Vec<Interface> {
    vec![functions::control(), told::events(), told::callbacks()]
}

impl Sidecar {
    /// Lets a run control this sidecar, as far as its grants in the scope `control` go. All that it makes ends with its
    /// guest; [`Sidecar::end`] waits until that is so.
    #[must_use]
    pub fn controlled_by(&self, run: RunOptions) -> RunOptions {
        run.attach(Arc::new(self.clone()))
    }

    /// The same for whoever starts runs without [`RunOptions`].
    pub fn attach_to(&self, run: &Attached) {
        run.put(Arc::new(self.clone()));
    }
}
