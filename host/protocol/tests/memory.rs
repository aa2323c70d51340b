//! Memory that only what is really there may take. By itself in this program, which gives itself so much and no more: to
//! take more than that ends it.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot limit itself has nothing to say"
)]

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tollgate_protocol::types::{ConfigureVmRequest, ConnectionOwnership, OwnershipScope};
use tollgate_protocol::types::{ProtocolFrame, RequestPayload};
use tollgate_protocol::wire::Sink as _;
use tollgate_protocol::{
    DecodeFault, FrameDecoder, FrameError, FrameLimits, Side, decode, encode, request,
};

/// How much the program may take beyond what it has: less than two frames that are taken at their word, and more than one
/// that is all there.
const ROOM: u64 = 320 << 20;

const LARGEST: usize = 16 << 20;

fn limit_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let size = status
        .lines()
        .find_map(|line| line.strip_prefix("VmSize:"))
        .unwrap();
    let kib: u64 = size.trim().trim_end_matches(" kB").parse().unwrap();
    let limits = getrlimit(Resource::As);
    let room = Rlimit {
        current: Some((kib << 10) + ROOM),
        maximum: limits.maximum,
    };
    setrlimit(Resource::As, room).unwrap();
}

/// A frame up to the instructions of `configure-vm-request`, which are texts.
fn before_instructions() -> Vec<u8> {
    let ownership = OwnershipScope::ConnectionOwnership(ConnectionOwnership {
        connection_id: String::new(),
    });
    let nothing = ConfigureVmRequest {
        mounts: Vec::new(),
        software: Vec::new(),
        permissions: None,
        module_access_cwd: None,
        instructions: Vec::new(),
        projected_modules: Vec::new(),
        command_permissions: Vec::new(),
        loopback_exempt_ports: Vec::new(),
    };
    let frame: ProtocolFrame =
        request(1, ownership, RequestPayload::ConfigureVmRequest(nothing)).into();
    let mut bytes = encode(&frame, FrameLimits::default()).unwrap().split_off(4);
    bytes.truncate(bytes.len() - 4);
    bytes
}

fn fault(body: &[u8]) -> DecodeFault {
    match decode(body, Side::Client, FrameLimits::default()) {
        Err(FrameError::Body(error)) => error.fault,
        other => unreachable!("{:?}", other.map(|frame| frame.kind())),
    }
}

#[test]
fn s06_nothing_that_is_declared_takes_memory_before_it_is_there() {
    limit_memory();

    // A thousand connections that each declare the largest frame, and send a byte of it.
    let length = u32::try_from(LARGEST).unwrap();
    let mut waiting = Vec::new();
    for _ in 0..1_000 {
        let mut decoder = FrameDecoder::new(Side::Client, FrameLimits::default());
        decoder.push(&length.to_be_bytes());
        decoder.push(&[0]);
        assert_eq!(decoder.frame(), Ok(None));
        waiting.push(decoder);
    }

    // A list of as many texts as there are bytes, which would be 384 MiB, and of which the first is none.
    let mut body = before_instructions();
    let left = LARGEST - body.len() - 8;
    body.uint(left as u64);
    body.extend(std::iter::repeat_n(0xff, left));
    assert_eq!(fault(&body), DecodeFault::NumberTooLong);

    // The same, where they are texts, of no letters: the end is where the limit is.
    let mut body = before_instructions();
    body.uint(left as u64);
    body.extend(std::iter::repeat_n(0, left));
    let limit = FrameLimits::default().decoded_bytes;
    assert_eq!(fault(&body), DecodeFault::TooMuch { limit });

    // Counts that nothing stands behind.
    for count in [1 << 60, u64::MAX, 1 << 32, LARGEST as u64] {
        let mut body = before_instructions();
        body.uint(count);
        body.extend([0; 100]);
        assert_eq!(fault(&body), DecodeFault::UnexpectedEnd, "{count}");
    }
    drop(waiting);
}
