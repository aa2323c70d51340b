//! Host access planted in every class; sanctions, tests, and innocent code.

use crate::classes::Class;
use crate::sanctioned::Sanction;
use crate::scan::violations;
use crate::sources::Sources;
use crate::tree::Tree;

pub(crate) const LIB: &str = "host/x/src/lib.rs";

/// The classes of what is found in `files`, with `sanctions` in force.
pub(crate) fn classes(files: &[(&str, &str)], sanctions: &[Sanction]) -> Vec<(String, Class)> {
    let mut found: Vec<_> = violations(&Tree::of(&Sources::planted(files)), sanctions)
        .into_iter()
        .map(|finding| (finding.file, finding.class))
        .collect();
    found.dedup();
    found
}

#[track_caller]
pub(crate) fn caught(class: Class, text: &str) {
    let found = classes(&[(LIB, text)], &[]);
    assert!(
        found.contains(&(LIB.to_owned(), class)),
        "{} slipped through: {text}",
        class.name()
    );
}

#[track_caller]
fn let_pass(text: &str) {
    let found = violations(&Tree::of(&Sources::planted(&[(LIB, text)])), &[]);
    assert!(found.is_empty(), "{text}: {found:#?}");
}

#[test]
fn files_are_caught() {
    for text in [
        "fn f() { std::fs::read(p); }",
        "fn f() { ::std::fs::read(p); }",
        "fn f() { std::r#fs::r#read(p); }",
        "fn f(file: std::fs::File) {}",
        "fn f() { std::os::unix::fs::symlink(a, b); }",
        "use std::os::unix::fs::OpenOptionsExt as _;",
        "fn f() { std::path::Path::new(p); std::path::Path::canonicalize(p); }",
        "use std::path::Path; fn f(p: &Path) { Path::exists(p); }",
        "async fn f() { tokio::fs::read(p).await; }",
        "fn f() { rustix::fs::openat(d, p, o, m); }",
        "use rustix::fs as rfs; fn f() { rfs::unlink(p); }",
        "fn f() { cap_std::fs::Dir::open_ambient_dir(p, a); }",
        "use cap_std::fs::Dir; fn f() { Dir::open_ambient_dir(p, a); }",
        "fn f() { cap_std::ambient_authority(); }",
        "use cap_std::ambient_authority as all;",
        "fn f(d: cap_std::fs::Dir) { d.open_parent_dir(a); }",
        "fn f(d: D) { d.open_ambient_dir(p, a); }",
        "fn f() { wasmtime::component::Component::from_file(e, p); }",
        "use wasmtime::component::Component; fn f() { Component::deserialize_file(e, p); }",
        "fn f() { wasmtime::Module::from_file(e, p); }",
        "fn f() { tempfile::tempdir(); }",
    ] {
        caught(Class::Fs, text);
    }
}

#[test]
fn the_network_is_caught() {
    for text in [
        "fn f() { std::net::TcpStream::connect(a); }",
        "use std::net::{IpAddr, TcpListener}; fn f() { TcpListener::bind(a); }",
        "fn f(a: &str) { a.to_socket_addrs(); }",
        "use std::net::ToSocketAddrs;",
        "fn f() { std::os::unix::net::UnixStream::connect(p); }",
        "use std::os::unix::net::UnixListener as L;",
        "async fn f() { tokio::net::TcpStream::connect(a).await; }",
        "async fn f() { tokio::net::lookup_host(a).await; }",
        "fn f() { rustix::net::socket(a, b, c); }",
        "fn f() { cap_std::net::Pool::new(); }",
        "use hyper::client;",
        "fn f() { reqwest::get(u); }",
        "fn f() { socket2::Socket::new(a, b, c); }",
    ] {
        caught(Class::Net, text);
    }
}

#[test]
fn processes_are_caught() {
    for text in [
        "fn f() { std::process::Command::new(p); }",
        "use std::process::Command as C; fn f() { C::new(p); }",
        "use std::process; fn f() { process::Command::new(p); }",
        "use std::process::*; fn f() { Command::new(p); }",
        "fn f() { std::process::exit(0); }",
        "fn f() { tokio::process::Command::new(p); }",
        "async fn f() { tokio::signal::ctrl_c().await; }",
        "fn f() { rustix::process::kill_process(p, s); }",
        "use std::os::unix::process::CommandExt;",
    ] {
        caught(Class::Process, text);
    }
}

#[test]
fn the_environment_is_caught() {
    for text in [
        "fn f() { std::env::var(k); }",
        "use std::env; fn f() { env::vars_os(); }",
        "use std::env::*; fn f() { var(k); }",
        "fn f() { std::env::current_dir(); }",
        "fn f() { std::path::absolute(p); }",
        "fn f() { rustix::system::uname(); }",
        "#[derive(Parser)] struct A { #[arg(long, env = \"K\")] k: String }",
        "#[derive(Parser)] struct A { #[clap(env)] k: String }",
        "#[derive(Parser)] struct A { #[cfg_attr(unix, arg(env))] k: String }",
    ] {
        caught(Class::Env, text);
    }
}

#[test]
fn clocks_are_caught() {
    for text in [
        "fn f() { std::time::Instant::now(); }",
        "use std::time::SystemTime as T; fn f() { T::now(); }",
        "use std::time::*; fn f() { Instant::now(); }",
        "fn f() { <std::time::SystemTime>::now(); }",
        "use std::time::SystemTime; fn f() { <SystemTime>::now(); }",
        "type T = std::time::Instant; fn f() { T::now(); }",
        "fn f() { let now = std::time::Instant::now; now(); }",
        "fn f(t: std::time::Instant) { t.elapsed(); }",
        "fn f() { tokio::time::Instant::now(); }",
        "fn f() { jiff::Timestamp::now(); }",
        "fn f() { rustix::time::clock_gettime(c); }",
        "fn f() { cap_std::time::SystemClock::new(a); }",
        "struct X; impl T for X { type Clock = std::time::Instant; fn f() { Self::Clock::now(); } }",
    ] {
        caught(Class::Clock, text);
    }
}

#[test]
fn entropy_is_caught() {
    for text in [
        "fn f() { getrandom::fill(b); }",
        "use getrandom as dice; fn f() { dice::u64(); }",
        "fn f() { rustix::rand::getrandom(b, f); }",
        "fn f() { rand::random(); }",
    ] {
        caught(Class::Entropy, text);
    }
}

#[test]
fn the_hosts_streams_are_caught() {
    for text in [
        "fn f() { println!(\"x\"); }",
        "fn f() { std::eprintln!(\"x\"); }",
        "fn f() { dbg!(x); }",
        "fn f() { std::io::stdout(); }",
        "use std::io; fn f() { io::stdin(); }",
        "use std::io::{self as i, Read}; fn f() { i::stderr(); }",
        "fn f() { tokio::io::stdout(); }",
        "fn f() { anstream::println!(\"x\"); }",
        "macro_rules! say { () => { println!(\"x\") } }",
    ] {
        caught(Class::Stdio, text);
    }
}

#[test]
fn ready_made_host_sides_are_caught() {
    for text in [
        "fn f() { wasmtime_wasi::p2::add_to_linker_async(l); }",
        "use wasmtime_wasi::WasiCtxBuilder;",
        "use wasmtime_wasi::p2 as wasi; fn f() { wasi::add_to_linker_sync(l); }",
        "use wasmtime_wasi::{ResourceTable, WasiView};",
        "fn f() { wasmtime_wasi_http::p2::add_only_http_to_linker_async(l); }",
        "fn f(b: B) { b.inherit_network(); }",
    ] {
        caught(Class::Ungated, text);
    }
    let_pass(
        "use wasmtime_wasi::p2::{DynPollable, InputStream, OutputStream}; use wasmtime_wasi::ResourceTable;",
    );
}

#[test]
fn what_goes_round_the_library_is_caught() {
    for text in [
        "fn f() { libc::open(p, o); }",
        "extern crate libc;",
        "use libc;",
        "fn f() { m! { use libc as l; } }",
        "extern crate libc as l; fn f() { l::open(p, o); }",
        "use nix::fcntl;",
        "unsafe extern \"C\" { fn open(); }",
        "fn f() { core::arch::asm!(\"syscall\"); }",
        "use std::arch::asm; fn f() { asm!(\"syscall\"); }",
        "#[link(name = \"c\")] extern \"C\" {}",
        "#[unsafe(no_mangle)] pub fn malloc() {}",
    ] {
        caught(Class::Raw, text);
    }
}

#[test]
fn what_hides_a_path_is_caught() {
    for text in [
        "#[path = \"../elsewhere.rs\"] mod elsewhere;",
        "#[cfg_attr(unix, path = \"../elsewhere.rs\")] mod elsewhere;",
        "include!(\"elsewhere.in\");",
        "fn f() { std::include!(\"elsewhere.in\") }",
        "macro_rules! m { ($c:ident) => { $c::fs::read(p) } }",
        "macro_rules! m { ($c:ident, $m:ident, $f:ident) => { $c::$m::$f(p) } }",
        "macro_rules! m { ($m:ident) => { std::$m::read(p) } }",
        "macro_rules! m { ($m:ident) => { use std::{$m}; } }",
    ] {
        caught(Class::Hidden, text);
    }
}

#[test]
fn a_sanction_is_for_one_class_and_one_folder() {
    let sanction = Sanction {
        class: Class::Fs,
        folder: "host/x/src/host",
        reason: "for this test",
    };
    let files = [
        (LIB, "mod host; mod hostile; mod host_too { fn g() {} }"),
        (
            "host/x/src/host/mod.rs",
            "mod deep; fn g() { std::fs::read(p); std::env::var(k); }",
        ),
        ("host/x/src/host/deep.rs", "fn g() { std::fs::read(p); }"),
        ("host/x/src/hostile.rs", "fn g() { std::fs::read(p); }"),
    ];
    assert_eq!(
        classes(&files, &[sanction]),
        [
            ("host/x/src/host/mod.rs".to_owned(), Class::Env),
            ("host/x/src/hostile.rs".to_owned(), Class::Fs)
        ]
    );
}

#[test]
fn code_that_only_tests_build_may_use_files() {
    for text in [
        "#[cfg(test)] mod tests { fn g() { std::fs::read(p); } }",
        "#[cfg(test)] mod tests { mod inner { use std::fs; } }",
        "#[cfg(all(test, unix))] mod tests { use std::fs; }",
        "#[cfg(any(test, all(unix, test)))] fn g() { std::fs::read(p); }",
        "#[cfg(test)] use std::fs;",
        "#[test] fn g() { std::fs::read(p); }",
        "#[tokio::test] async fn g() { std::fs::read(p); }",
        "impl X { #[cfg(test)] fn g() { std::fs::read(p); } }",
        "#[cfg(test)] impl X { fn g() { std::fs::read(p); } }",
    ] {
        let_pass(text);
    }
    let files = [
        (LIB, "#[cfg(test)] mod tests;"),
        ("host/x/src/tests.rs", "use std::fs; mod more;"),
        ("host/x/src/tests/more.rs", "use std::fs;"),
    ];
    assert_eq!(classes(&files, &[]), []);
    let files = [
        (LIB, "mod tests;"),
        ("host/x/src/tests.rs", "#![cfg(test)] use std::fs;"),
    ];
    assert_eq!(classes(&files, &[]), []);
}

/// What a test imports is no name of the code beside it.
#[test]
fn an_alias_of_a_test_does_not_taint_the_code_beside_it() {
    let_pass(
        "#[cfg(test)] use std::fs as tree; mod tree { pub fn read() {} } fn g() { tree::read(); }",
    );
}

#[test]
fn innocent_code_passes() {
    for text in [
        "// std::fs::read\n/// std::fs::read\nfn f() {}",
        "fn f() { g(\"std::fs::read\"); }",
        "use std::net::{IpAddr, SocketAddr, Ipv6Addr}; fn f(a: IpAddr) { SocketAddr::new(a, 1); }",
        "use std::process::ExitCode; fn main() -> ExitCode { ExitCode::SUCCESS }",
        "use std::process; fn main() -> process::ExitCode { process::ExitCode::SUCCESS }",
        "use std::time::{Duration, Instant}; fn f(now: Instant) -> Instant { now + Duration::from_secs(1) }",
        "fn f() { std::thread::spawn(g); }",
        "fn f() { rustix::process::geteuid(); }",
        "use rustix::time::{ClockId, Timespec}; fn f(t: Timespec) -> ClockId { ClockId::Monotonic }",
        "use std::io::{Read, Write}; use std::path::{Path, PathBuf}; fn f(p: &Path) { p.join(q); }",
        "use cap_std::fs::{Dir, Metadata}; fn f(d: &Dir) { d.open(p); d.metadata(p); }",
        "mod fs { pub fn read() {} } fn f() { fs::read(); self::fs::read(); crate::fs::read(); }",
        "mod env; fn f() { env::var(); }",
        "mod net { pub struct TcpStream; } use net::TcpStream; fn f(s: TcpStream) {}",
        "struct Command; impl Command { fn new() -> Self { Self } } fn f() { Command::new(); }",
        "use clap::Command; fn f() { Command::new(n); }",
        "const TEXT: &str = include_str!(\"x.txt\"); const ROOT: &str = env!(\"CARGO_MANIFEST_DIR\");",
        "fn f() { writeln!(out, \"{}\", x); format!(\"{x:?}\"); }",
        "macro_rules! m { ($t:ident) => { $t::new() } }",
        "macro_rules! m { ($t:ident) => { tollgate_policy::$t::new() } }",
        "fn f(x: u32) { for i in 0..read(x) {} } fn read(x: u32) -> u32 { x }",
        "fn f() { m!(a.read(b), 0..c); }",
        "fn f(glob: u8, libc: u8) { g(glob); format!(\"{}\", libc); }",
    ] {
        let files = [(LIB, text), ("host/x/src/env.rs", "pub fn var() {}")];
        let found = violations(&Tree::of(&Sources::planted(&files)), &[]);
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}
