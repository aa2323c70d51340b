//! What a host function sees of a guest: the table of its handles, its gate, and what it was given.

use tollgate_capability::net::Sockets;
use tollgate_engine::Gate;
use tollgate_policy::LimitKey;
use wasmtime::component::{HasData, Resource, ResourceTable};

use crate::given::{Given, Learnt};

/// The part of a [`crate::Guest`] that host functions work on. Who is calling is this value; there is no other place
/// where that is kept.
pub(crate) struct View<'a> {
    pub(crate) table: &'a mut ResourceTable,
    pub(crate) gate: &'a Gate,
    pub(crate) given: &'a Given,
    pub(crate) learnt: &'a mut Learnt,
}

/// Names [`View`] to the generated code.
pub(crate) struct Bridge;

impl HasData for Bridge {
    type Data<'a> = View<'a>;
}

/// The handle of our own value behind a handle of the generated marker type. The generated code knows resources
/// only by name; what their handles stand for is put into the table here, and the table checks the type on each use.
pub(crate) fn ours<Marker: 'static, Value: 'static>(handle: &Resource<Marker>) -> Resource<Value> {
    Resource::new_borrow(handle.rep())
}

/// The handle that the guest gets for a value of ours.
pub(crate) fn theirs<Value: 'static, Marker: 'static>(
    handle: &Resource<Value>,
) -> Resource<Marker> {
    Resource::new_own(handle.rep())
}

impl View<'_> {
    /// The places of the guest's sockets.
    pub(crate) fn sockets(&self) -> &Sockets {
        let of_its_own = || {
            let handles = self.gate.limits().handles;
            Sockets::new(usize::try_from(handles).unwrap_or(usize::MAX))
        };
        self.given.sockets.get_or_init(of_its_own)
    }

    /// The value behind a handle.
    pub(crate) fn get<Marker: 'static, Value: Send + 'static>(
        &self,
        handle: &Resource<Marker>,
    ) -> wasmtime::Result<&Value> {
        Ok(self.table.get(&ours(handle))?)
    }

    /// Takes the value behind a handle out of the table.
    pub(crate) fn take<Marker: 'static, Value: Send + 'static>(
        &mut self,
        handle: &Resource<Marker>,
    ) -> wasmtime::Result<Value> {
        Ok(self.table.delete(Resource::new_own(handle.rep()))?)
    }

    /// A handle for `value`.
    pub(crate) fn put<Value: Send + 'static, Marker: 'static>(
        &mut self,
        value: Value,
    ) -> wasmtime::Result<Resource<Marker>> {
        let handle = self.table.push(value)?;
        // Places are taken again once they are free, so the highest one tells how many were in use.
        let in_use = u64::from(handle.rep()).saturating_add(1);
        self.gate.in_use(LimitKey::Handles, in_use);
        Ok(theirs(&handle))
    }
}
