//! Loading an artifact of ours: the one `unsafe` of the host.
#![expect(
    unsafe_code,
    reason = "wasmtime cannot check native code; the folder's checks are what makes it ours"
)]

use std::fs::File;
use std::os::fd::AsRawFd as _;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::compile::image::with_image;

/// Maps the artifact behind `file`. wasmtime refuses what another version or configuration made.
///
/// The caller has checked `file` with [`super::folder::Folder::file`]; wasmtime takes a path, so the path of that very
/// handle is given, and nothing can come between check and use.
pub(super) fn map(engine: &Engine, file: &File) -> wasmtime::Result<Component> {
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    // SAFETY: the file was written by `Component::serialize` of this program: it lies in a folder that only this user
    // can enter, belongs to this user, has no other name, and is renamed into place only once it is complete and on
    // the disk. It is never written again, only replaced or removed, so the mapping does not change.
    unsafe { Component::deserialize_file(engine, path) }
}

/// Loads what this process, or a compile worker of ours, made of a component, just now. wasmtime refuses what another version
/// or configuration made.
pub(crate) fn from_this_process(engine: &Engine, artifact: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are what `Component::serialize` gave in this process; or they came out of a process that this one
    // started from its own program (or one that its embedder named as such) to run `Engine::precompile_component`, through a
    // pipe that nobody else holds.
    unsafe { Component::deserialize(engine, artifact) }.map(with_image)
}
