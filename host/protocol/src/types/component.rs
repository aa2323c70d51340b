//! What `bindgen!` looks for beside the types where it takes this module for an interface: a host side, which is empty.

use wasmtime::component::{HasData, Linker};

/// The functions of the interface: none, so that everything is their host.
pub trait Host {}

impl<T: ?Sized> Host for T {}

/// The functions of the interface that take a store: none.
pub trait HostWithStore<T>: HasData {}

impl<H: HasData + ?Sized, T> HostWithStore<T> for H {}

/// Tells a linker that there is the interface.
///
/// # Errors
///
/// When the linker has it and may have nothing twice.
pub fn add_to_linker<T: 'static, D>(
    linker: &mut Linker<T>,
    _host: fn(&mut T) -> D::Data<'_>,
) -> wasmtime::Result<()>
where
    D: HostWithStore<T>,
    for<'a> D::Data<'a>: Host,
{
    linker.instance("tollgate:sidecar/types@1.0.0")?;
    Ok(())
}
