//! The hash chain: each record holds the hash of the one before, so that none can be changed, dropped, doubled or moved
//! without every later hash being wrong.
//!
//! A record's hash is the SHA-256 of its line as written, without line end and without the text `,"hash":"…"`: what is
//! hashed begins with `{"v":` and ends with `"prev":"…"}`.

use crate::hex;
use crate::problem::Problem;
use crate::record::{FORMAT, Record};
use sha2::{Digest, Sha256};

/// One hash of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) [u8; 32]);

impl Link {
    /// What stands before the first record.
    pub(crate) const GENESIS: Link = Link([0; 32]);

    /// The hash of a line that still lacks its hash member and its closing brace.
    pub(crate) fn of(open_line: &[u8]) -> Link {
        Link(
            Sha256::new()
                .chain_update(open_line)
                .chain_update(b"}")
                .finalize()
                .into(),
        )
    }

    pub(crate) fn push_hex(&self, out: &mut Vec<u8>) {
        hex::push(out, &self.0);
    }

    pub(crate) fn to_hex(self) -> String {
        hex::encode(&self.0)
    }

    pub(crate) fn from_hex(text: &str) -> Option<Link> {
        hex::decode(text.as_bytes()).map(Link)
    }
}

/// The end of the chain: where the next record goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    next_seq: u64,
    prev: Link,
}

impl Chain {
    /// The chain of a log without records.
    pub(crate) const EMPTY: Chain = Chain {
        next_seq: 0,
        prev: Link::GENESIS,
    };

    /// A chain whose next record has number `next_seq` and follows `prev`.
    pub(crate) fn resumed(next_seq: u64, prev: Link) -> Chain {
        Chain { next_seq, prev }
    }

    pub(crate) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    pub(crate) fn prev(&self) -> &Link {
        &self.prev
    }

    pub(crate) fn advance(&mut self, hash: Link) {
        // A log that counts to 2^64 does not exist; a hostile one that claims to must not panic.
        self.next_seq = self.next_seq.wrapping_add(1);
        self.prev = hash;
    }

    /// Checks one line (without its line end) as the next link.
    ///
    /// # Errors
    /// What is wrong with it; the chain stays where it was.
    pub(crate) fn follow(&mut self, line: &[u8]) -> Result<Record, Problem> {
        let (record, open_line) = parse(line)?;
        if record.seq != self.next_seq {
            return Err(Problem::Sequence {
                expected: self.next_seq,
                found: record.seq,
            });
        }
        if Link::from_hex(&record.prev) != Some(self.prev) {
            return Err(Problem::Previous {
                expected: self.prev.to_hex(),
                found: record.prev,
            });
        }
        let computed = Link::of(open_line);
        if Link::from_hex(&record.hash) != Some(computed) {
            return Err(Problem::Hash {
                stated: record.hash,
                computed: computed.to_hex(),
            });
        }
        self.advance(computed);
        Ok(record)
    }
}

/// The record on a line, and the part of the line that its hash covers (less the closing brace). Nothing is checked
/// beyond the shape.
///
/// # Errors
/// The line is no record of this format.
pub(crate) fn parse(line: &[u8]) -> Result<(Record, &[u8]), Problem> {
    // `,"hash":"` + 64 digits + `"}`
    const TAIL: usize = 9 + 64 + 2;
    let not_a_record = |why: &str| Problem::NotARecord {
        why: why.to_owned(),
    };
    // serde would take a JSON array for a struct, and spaces and another order of keys too: the start pins the shape.
    if !line.starts_with(br#"{"v":"#) {
        return Err(not_a_record("the line does not begin as a record"));
    }
    let record: Record =
        serde_json::from_slice(line).map_err(|error| not_a_record(&error.to_string()))?;
    if record.v != FORMAT {
        return Err(Problem::Format { found: record.v });
    }
    let (open_line, tail) = line
        .split_at_checked(line.len().saturating_sub(TAIL))
        .unwrap_or((line, &[]));
    if !tail.starts_with(br#","hash":""#) || !tail.ends_with(b"\"}") {
        return Err(not_a_record("the line does not end with its hash"));
    }
    Ok((record, open_line))
}
