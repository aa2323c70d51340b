//! What holds for every frame, and for bytes that are none.

use proptest::collection::vec;
use proptest::prelude::*;
use tollgate_protocol::types::ProtocolFrame;
use tollgate_protocol::wire::{Reader, Wire as _};
use tollgate_protocol::{
    DecodeError, DecodeFault, FrameDecoder, FrameError, FrameLimits, Side, decode, encode,
};

use crate::made;

const LIMITS: FrameLimits = FrameLimits::of(1 << 20);

fn read(body: &[u8]) -> Result<ProtocolFrame, DecodeError> {
    ProtocolFrame::decode(&mut Reader::new(body, LIMITS.decoded_bytes))
}

fn written(frame: &ProtocolFrame) -> Vec<u8> {
    let mut body = Vec::new();
    frame.encode(&mut body);
    body
}

/// What holds for bytes of any sort: where they are a frame, it is written in no more bytes, and read from those as the
/// same frame.
fn hold(body: &[u8]) {
    if let Ok(frame) = read(body) {
        let again = written(&frame);
        assert!(
            again.len() <= body.len(),
            "{} bytes become {}",
            body.len(),
            again.len()
        );
        assert_eq!(frame.body_bytes(), again.len() as u64);
        assert_eq!(read(&again), Ok(frame));
    }
    for side in [Side::Client, Side::Sidecar] {
        if let Ok(frame) = decode(body, side, LIMITS) {
            assert_eq!(read(body), Ok(frame.clone()));
            assert_eq!(frame.kind().sent_by(), side);
        }
    }
}

proptest! {
    #[test]
    fn what_another_wrote_is_read_and_written_as_it_was(choices in vec(any::<u8>(), 0..400)) {
        let body = made::frame(&choices);
        let frame = read(&body).unwrap();
        prop_assert_eq!(&written(&frame), &body);
        let side = frame.kind().sent_by();
        prop_assert_eq!(decode(&body, side, LIMITS), Ok(frame.clone()));

        let bytes = encode(&frame, LIMITS).unwrap();
        prop_assert_eq!(&bytes[..4], u32::try_from(body.len()).unwrap().to_be_bytes());
        prop_assert_eq!(&bytes[4..], &body);
    }

    #[test]
    fn a_frame_that_is_cut_off_anywhere_is_none(choices in vec(any::<u8>(), 0..200)) {
        let body = made::frame(&choices);
        for end in 0..body.len() {
            let cut = read(&body[..end]);
            prop_assert!(cut.is_err(), "{end} of {} bytes are {cut:?}", body.len());
            prop_assert_eq!(cut.unwrap_err().fault, DecodeFault::UnexpectedEnd);
        }
    }

    #[test]
    fn bytes_after_a_frame_change_nothing(choices in vec(any::<u8>(), 0..200), after in vec(any::<u8>(), 0..20)) {
        let mut body = made::frame(&choices);
        let frame = read(&body).unwrap();
        body.extend(after);
        prop_assert_eq!(read(&body), Ok(frame));
    }

    #[test]
    fn any_bytes_are_a_frame_or_an_error(body in vec(any::<u8>(), 0..300)) {
        hold(&body);
    }

    #[test]
    fn a_frame_with_changed_bytes_is_a_frame_or_an_error(
        choices in vec(any::<u8>(), 0..200),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut body = made::frame(&choices);
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        hold(&body);
    }

    #[test]
    fn a_stream_is_the_same_frames_however_it_arrives(
        frames in vec(vec(any::<u8>(), 0..60), 1..6),
        pieces in vec(1_usize..70, 1..30),
    ) {
        let frames: Vec<_> = frames
            .iter()
            .map(|choices| read(&made::frame(choices)).unwrap())
            .filter(|frame| frame.kind().sent_by() == Side::Client)
            .collect();
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| encode(frame, LIMITS).unwrap()).collect();
        let mut decoder = FrameDecoder::new(Side::Client, LIMITS);
        let (mut left, mut heard) = (bytes.as_slice(), Vec::new());
        for piece in pieces.iter().cycle() {
            let (now, later) = left.split_at(left.len().min(*piece));
            decoder.push(now);
            while let Some(frame) = decoder.frame().unwrap() {
                heard.push(frame);
            }
            left = later;
            if left.is_empty() {
                break;
            }
        }
        prop_assert_eq!(heard, frames);
        prop_assert_eq!(decoder.finish(), Ok(()));
    }
}

#[test]
fn what_is_read_may_take_so_much_memory_and_no_more() {
    // `configure-vm-request` with as many instructions of no letters as bytes.
    let of = |count: usize| {
        let head = "00 13 7365637572652d657865632d73696465636172 0700 0100000000000000 00 00 05 00 00 00 00";
        let mut body = crate::support::bytes(head);
        tollgate_protocol::wire::Sink::uint(&mut body, count as u64);
        body.extend(vec![0; count + 3]);
        body
    };
    let few = decode(&of(10_000), Side::Client, LIMITS);
    assert!(few.is_ok(), "{few:?}");
    let limit = LIMITS.decoded_bytes;
    let many = decode(&of(900_000), Side::Client, LIMITS).unwrap_err();
    let FrameError::Body(error) = many else {
        panic!("{many:?}")
    };
    assert_eq!(error.fault, DecodeFault::TooMuch { limit });
}
