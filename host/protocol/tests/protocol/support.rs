//! Where things are, and bytes as people write them.

use std::path::{Path, PathBuf};

use tollgate_protocol::types::{
    ConnectionOwnership, OwnershipScope, ProtocolFrame, RequestPayload, VmOwnership,
};
use tollgate_protocol::{FrameError, FrameLimits, Side, decode, request};
use wit_parser::{PackageId, Resolve};

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What lies beside the repository, where it does; `variable` may say that it is elsewhere. Without it the test that asks
/// says so, and has nothing to hold the code to.
pub(crate) fn beside(variable: &str, path: &str) -> Option<PathBuf> {
    let place = std::env::var_os(variable)
        .map_or_else(|| repository().join("../shared").join(path), PathBuf::from);
    let there = place.exists();
    if !there {
        eprintln!("SKIPPED: {path} is not there ({variable} says where it is)");
    }
    there.then_some(place)
}

/// `wit/sidecar`, resolved.
pub(crate) fn wit() -> (Resolve, PackageId) {
    let wit = repository().join("wit");
    let mut resolve = Resolve::default();
    resolve.push_file(wit.join("deps/io.wit")).unwrap();
    let (package, _) = resolve.push_dir(wit.join("sidecar")).unwrap();
    (resolve, package)
}

/// `create-vm-request` as `CreateVmRequest`.
pub(crate) fn camel(name: &str) -> String {
    name.split('-')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| u8::try_from(letter.to_digit(16).unwrap()).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

pub(crate) fn connection() -> OwnershipScope {
    OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: "conn-1".to_owned(),
    })
}

pub(crate) fn vm() -> OwnershipScope {
    OwnershipScope::VmOwnership(VmOwnership {
        connection_id: "conn-1".to_owned(),
        session_id: "session-1".to_owned(),
        vm_id: "vm-1".to_owned(),
    })
}

/// A small request.
pub(crate) fn asked(payload: RequestPayload) -> ProtocolFrame {
    request(1, vm(), payload).into()
}

/// As a sidecar reads it.
pub(crate) fn from_client(body: &[u8]) -> Result<ProtocolFrame, FrameError> {
    decode(body, Side::Client, FrameLimits::default())
}
