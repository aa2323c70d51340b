//! The head: a small signed file beside the log that says how far the log had been flushed.
//!
//! The chain alone cannot tell a log that ended from one whose end was cut off; the head can. It is replaced after the
//! records that it speaks of are durable, so a log may be longer than its head (what was not flushed yet) and never
//! shorter.

use crate::chain::Link;
use crate::hex;
use crate::key::{PublicKey, SigningKey};
use serde::{Deserialize, Serialize};

const HEAD_FORMAT: u32 = 1;

/// The longest head file that is read, in bytes.
pub(crate) const MAX_HEAD_BYTES: u64 = 4096;

/// The end of a log at a flush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The last flushed record.
    pub(crate) seq: u64,
    pub(crate) hash: Link,
    /// Bytes of the whole set up to and with that record.
    pub(crate) bytes: u64,
    /// How many files had been rotated away when the head was written: the record stands in the file after them.
    pub(crate) rotated: u32,
}

/// The head file's content, in this order, on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    v: u32,
    seq: u64,
    hash: String,
    bytes: u64,
    rotated: u32,
    public_key: String,
    signature: String,
}

/// Why a head file says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// Not a head of this format.
    Unreadable(String),
    /// The signature is not the stated key's.
    Signature,
}

/// The head file for `tip`, line end included.
pub(crate) fn encode(tip: &Tip, key: &SigningKey) -> Vec<u8> {
    let public_key = key.public_key();
    let head = Head {
        v: HEAD_FORMAT,
        seq: tip.seq,
        hash: tip.hash.to_hex(),
        bytes: tip.bytes,
        rotated: tip.rotated,
        public_key: public_key.to_string(),
        signature: hex::encode(&key.sign(&signed_text(tip, &public_key))),
    };
    spell(&head)
}

/// The tip that a head file states, and the key that signed it. The file must be spelt as [`encode`] spells it: the
/// signature covers the values, and this leaves no byte of the file uncovered.
pub(crate) fn decode(content: &[u8]) -> Result<(Tip, PublicKey), HeadError> {
    let unreadable = |why: &str| HeadError::Unreadable(why.to_owned());
    let head: Head = serde_json::from_slice(content)
        .map_err(|error| HeadError::Unreadable(error.to_string()))?;
    if head.v != HEAD_FORMAT {
        return Err(HeadError::Unreadable(format!(
            "its format is {}, known is {HEAD_FORMAT}",
            head.v
        )));
    }
    if spell(&head) != content {
        return Err(unreadable("it is not spelt as heads are"));
    }
    let hash = Link::from_hex(&head.hash).ok_or_else(|| unreadable("its hash is malformed"))?;
    let public_key = head
        .public_key
        .parse()
        .map_err(|_not_a_key| unreadable("its key is malformed"))?;
    let signature = hex::decode(head.signature.as_bytes())
        .ok_or_else(|| unreadable("its signature is malformed"))?;
    let tip = Tip {
        seq: head.seq,
        hash,
        bytes: head.bytes,
        rotated: head.rotated,
    };
    if !PublicKey::verifies(&public_key, &signed_text(&tip, &public_key), &signature) {
        return Err(HeadError::Signature);
    }
    Ok((tip, public_key))
}

fn spell(head: &Head) -> Vec<u8> {
    // Numbers and hex digits always serialise; an empty head would be refused by every reader.
    let mut line = serde_json::to_vec(head).unwrap_or_default();
    line.push(b'\n');
    line
}

/// What is signed: values in a fixed order under a name of its own, so that no other signature of this key fits.
fn signed_text(tip: &Tip, public_key: &PublicKey) -> Vec<u8> {
    format!(
        "tollgate audit head {HEAD_FORMAT}\nseq={}\nhash={}\nbytes={}\nrotated={}\npublic_key={public_key}\n",
        tip.seq,
        tip.hash.to_hex(),
        tip.bytes,
        tip.rotated,
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip() -> Tip {
        Tip {
            seq: 41,
            hash: Link([3; 32]),
            bytes: 12_345,
            rotated: 2,
        }
    }

    #[test]
    fn a_head_is_read_back() {
        let key = SigningKey::from_seed(&[1; 32]);
        assert_eq!(
            decode(&encode(&tip(), &key)).unwrap(),
            (tip(), key.public_key())
        );
    }

    #[test]
    fn i69_no_bit_of_a_head_can_be_changed_and_no_byte_cut_or_added() {
        let content = encode(&tip(), &SigningKey::from_seed(&[1; 32]));
        for at in 0..content.len() {
            for bit in 0..8 {
                let mut changed = content.clone();
                changed[at] ^= 1 << bit;
                assert!(decode(&changed).is_err(), "byte {at}, bit {bit}");
            }
            assert!(decode(&content[..at]).is_err(), "cut at {at}");
        }
        for more in [" ", "\n", "{}"] {
            assert!(decode(&[&content, more.as_bytes()].concat()).is_err());
        }
    }
}
