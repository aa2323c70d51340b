//! Filling a linker: every interface of the world, one line each.

use tollgate_world::tollgate::{bridge, host};
use tollgate_world::wasi::{cli, clocks, filesystem, http, random, sockets};
use wasmtime::StoreContextMut;
use wasmtime::component::{Component, HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::io;
use wasmtime_wasi_http::WasiHttp;
use wasmtime_wasi_http::p2::bindings::http::types as http_types;

use crate::guest::Guest;
use crate::ports::Serving;
use crate::view::Bridge;

/// Streams, pollables and errors work on the table alone.
struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

/// Links every interface that the host provides, whatever is granted: an interface that is not granted answers with
/// its own denial.
///
/// # Errors
///
/// The linker has one of these interfaces already.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_usual(linker)?;
    add_sockets(linker)?;
    add_http(linker)?;
    add_host(linker)?;
    add_bridge(linker)
}

/// As [`add_to_linker`], without what `component` cannot ask for: sockets, HTTP and the bridge are many functions, and are
/// linked where it imports something of them.
///
/// # Errors
///
/// As [`add_to_linker`].
pub fn add_imported_to_linker(
    linker: &mut Linker<Guest>,
    component: &Component,
) -> wasmtime::Result<()> {
    let ty = component.component_type();
    let imports = |package: &str| {
        let mut names = ty.imports(component.engine());
        names.any(|(name, _)| name.starts_with(package))
    };
    add_usual(linker)?;
    if imports("wasi:sockets/") {
        add_sockets(linker)?;
    }
    if imports("wasi:http/") {
        add_http(linker)?;
    }
    if imports("tollgate:host/") {
        add_host(linker)?;
    }
    if imports("tollgate:bridge/") {
        add_bridge(linker)?;
    }
    Ok(())
}

fn add_host(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    host::http_server::add_to_linker::<_, Serving>(linker, Guest::serving)?;
    host::signals::add_to_linker::<_, Bridge>(linker, Guest::view)
}

fn add_bridge(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    bridge::program::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    bridge::module_loading::add_to_linker::<_, Bridge>(linker, Guest::view)
}

fn add_usual(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    io::error::add_to_linker::<_, Table>(linker, Guest::table)?;
    io::poll::add_to_linker::<_, Table>(linker, Guest::table)?;
    io::streams::add_to_linker::<_, Table>(linker, Guest::table)?;

    cli::environment::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::exit::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stdin::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stdout::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::stderr::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_input::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_output::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stdin::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stdout::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    cli::terminal_stderr::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    clocks::wall_clock::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    clocks::monotonic_clock::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    filesystem::types::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    filesystem::preopens::add_to_linker::<_, Bridge>(linker, Guest::view)?;

    random::random::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    random::insecure::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    random::insecure_seed::add_to_linker::<_, Bridge>(linker, Guest::view)
}

fn add_sockets(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    sockets::instance_network::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    let mut options = sockets::network::LinkOptions::default();
    options.network_error_code(true);
    sockets::network::add_to_linker::<_, Bridge>(linker, &options, Guest::view)?;
    sockets::ip_name_lookup::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    sockets::tcp::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    sockets::tcp_create_socket::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    sockets::udp::add_to_linker::<_, Bridge>(linker, Guest::view)?;
    sockets::udp_create_socket::add_to_linker::<_, Bridge>(linker, Guest::view)
}

fn add_http(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    http_types::add_to_linker::<_, WasiHttp>(
        linker,
        &http_types::LinkOptions::default(),
        Guest::http,
    )?;
    add_error_codes(linker)?;
    http::outgoing_handler::add_to_linker::<_, Bridge>(linker, Guest::view)
}

/// Puts the one function of the types that is ours over theirs: which code stands behind a stream's error.
fn add_error_codes(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let linked = linker.instance("wasi:http/types@0.2.12")?.func_wrap(
        "http-error-code",
        |mut store: StoreContextMut<'_, Guest>, (error,): (Resource<http_types::IoError>,)| {
            let code = crate::http::code_behind(store.data_mut().table().get(&error)?);
            Ok((code,))
        },
    );
    linker.allow_shadowing(false);
    linked
}

/// Whether this build has the host side of WASI 0.3 (the cargo feature `wasi-p3`).
pub const HAS_WASI_P3: bool = cfg!(feature = "wasi-p3");

/// Links what the host provides of WASI 0.3, for a linker of a profile with the asynchronous component model. It stands
/// beside what [`add_to_linker`] links: a component of 0.3 mostly imports 0.2 as well.
///
/// # Errors
///
/// This build has no WASI 0.3, or the linker has one of these interfaces already.
pub fn add_p3_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    #[cfg(feature = "wasi-p3")]
    return crate::p3::add_to_linker(linker);
    #[cfg(not(feature = "wasi-p3"))]
    {
        let _ = linker;
        Err(wasmtime::format_err!(
            "this build has no WASI 0.3: the feature `wasi-p3` is off"
        ))
    }
}
