//! Ports at which the program answers, where it runs in a network of its own.

use std::cell::RefCell;

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result};

use super::numbered::Numbered;
use super::{event_loop, serve};
use crate::failure::throw;
use crate::world::tollgate::host::http_server::Server;
use crate::{bundle, place};

thread_local! {
    static SERVERS: RefCell<Numbered<Server>> = RefCell::default();
}

/// The server's number and its port.
fn listen(ctx: Ctx<'_>, host: String, port: u16) -> Result<Array<'_>> {
    place::tell(&ctx);
    if bundle::with(|_bundle| ()).is_some() {
        // What stands in for the host's interface answers nobody.
        let what = "a component of its own answers requests by exporting fetch";
        return Err(throw(&ctx, "ENOTSUP", what));
    }
    let server = Server::listen(&host, port)
        .map_err(|failure| throw(&ctx, &failure.code, &failure.message))?;
    let port = server.port();
    let number = SERVERS.with_borrow_mut(|servers| servers.add(server));
    let array = Array::new(ctx)?;
    array.set(0, number)?;
    array.set(1, port)?;
    Ok(array)
}

fn with<R>(ctx: &Ctx<'_>, number: u32, work: impl FnOnce(&Server) -> R) -> Result<R> {
    SERVERS.with_borrow(|servers| match servers.get(number) {
        Some(server) => Ok(work(server)),
        None => Err(throw(ctx, "EBADF", "there is no such server")),
    })
}

/// The number of a request that came in; none yet: 0.
fn accept(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    let accepted = with(&ctx, number, Server::accept)?;
    Ok(accepted.map_or(0, |(request, outparam)| serve::accepted(request, outparam)))
}

fn watch(ctx: Ctx<'_>, number: u32) -> Result<u32> {
    let pollable = with(&ctx, number, Server::subscribe)?;
    Ok(event_loop::watch(vec![pollable]))
}

fn close(number: u32) {
    SERVERS.with_borrow_mut(|servers| servers.remove(number));
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("listen", Func::from(listen))?;
    object.set("accept", Func::from(accept))?;
    object.set("watch", Func::from(watch))?;
    object.set("close", Func::from(close))?;
    Ok(object)
}
