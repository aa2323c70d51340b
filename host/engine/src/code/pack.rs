//! The code of a program's texts, as one file has it.
//!
//! ```text
//! magic, 16 bytes
//! number of texts, u32
//! for each, in the order of their names: name of 32 bytes, age of 1, length of the code as u32
//! the code of each, one behind the other
//! SHA-256 of all before
//! ```
//!
//! Numbers have the smallest byte first. What was cut off or changed by accident is no pack; that nobody changes one on
//! purpose is for the folder that it lies in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::bounds::{MOST_CODE, MOST_CODES, OLDEST};

/// Ends with the version of all this.
const MAGIC: &[u8; 16] = b"tollgate code \x00\x01";
const HASH: usize = 32;
const ENTRY: usize = HASH + 1 + 4;
const HEAD: usize = MAGIC.len() + 4;

/// What the code of a text is found by: a hash of the text, the name that it was compiled under, and how.
pub type Name = [u8; 32];

/// Where the code of a text is, and since how many writings it was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    age: u8,
    at: Range<usize>,
}

/// The code of a program's texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pack {
    bytes: Arc<[u8]>,
    places: BTreeMap<Name, Place>,
}

/// Why bytes are no pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the code of a program as it was written")]
pub struct NoPack;

/// Reads one number off the front.
fn number(bytes: &[u8], at: usize) -> Result<usize, NoPack> {
    let four = at.checked_add(4).and_then(|end| bytes.get(at..end));
    let four = four.and_then(|four| four.try_into().ok()).ok_or(NoPack)?;
    usize::try_from(u32::from_le_bytes(four)).map_err(|_| NoPack)
}

fn hash(bytes: &[u8]) -> [u8; HASH] {
    Sha256::digest(bytes).into()
}

impl Pack {
    /// Reads what [`Pack::bytes`] gave.
    ///
    /// # Errors
    ///
    /// It is anything else.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NoPack> {
        let (body, sealed) = bytes.split_last_chunk::<HASH>().ok_or(NoPack)?;
        if body.len() > MOST_CODE || body.get(..MAGIC.len()) != Some(MAGIC) || hash(body) != *sealed
        {
            return Err(NoPack);
        }
        let count = number(body, MAGIC.len())?;
        if count > MOST_CODES {
            return Err(NoPack);
        }
        let mut at = HEAD + count * ENTRY;
        let table = body.get(HEAD..at).ok_or(NoPack)?;
        let mut places = BTreeMap::new();
        for entry in table.chunks_exact(ENTRY) {
            let (name, rest) = entry.split_first_chunk::<HASH>().ok_or(NoPack)?;
            let (age, _) = rest.split_first().ok_or(NoPack)?;
            let end = at.checked_add(number(rest, 1)?).ok_or(NoPack)?;
            let in_order = places.last_key_value().is_none_or(|(last, _)| last < name);
            if !in_order || end > body.len() {
                return Err(NoPack);
            }
            let place = Place {
                age: *age,
                at: at..end,
            };
            places.insert(*name, place);
            at = end;
        }
        if at != body.len() {
            return Err(NoPack);
        }
        Ok(Self {
            bytes: bytes.into(),
            places,
        })
    }

    /// What a file of it holds.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What its texts are found by, in their order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.places.keys()
    }

    /// How many texts it has the code of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The code of a text; empty where the text is known to compile to nothing.
    #[must_use]
    pub fn code(&self, name: &Name) -> Option<&[u8]> {
        let place = self.places.get(name)?;
        self.bytes.get(place.at.clone())
    }

    /// The next one: what was made now, what was used of this one, and for a while what was not, as far as there is room.
    #[must_use]
    pub fn renewed(&self, used: &BTreeSet<Name>, made: &BTreeMap<Name, Vec<u8>>) -> Self {
        let kept = self.places.iter().filter_map(|(name, place)| {
            let age = if used.contains(name) {
                0
            } else {
                place.age.checked_add(1).filter(|age| *age <= OLDEST)?
            };
            Some((age, name, self.bytes.get(place.at.clone())?))
        });
        let made_now = made.iter().map(|(name, code)| (0, name, code.as_slice()));
        let mut all: Vec<(u8, &Name, &[u8])> = made_now
            .chain(kept.filter(|(_, name, _)| !made.contains_key(*name)))
            .collect();
        // What was not used for longest goes first where there is too much.
        all.sort_by_key(|(age, name, _)| (*age, **name));
        let mut room = MOST_CODE.saturating_sub(HEAD);
        let mut chosen = BTreeMap::new();
        for (age, name, code) in all.into_iter().take(MOST_CODES) {
            let Some(left) = room.checked_sub(ENTRY + code.len()) else {
                continue;
            };
            room = left;
            chosen.insert(*name, (age, code));
        }
        Self::of(&chosen)
    }

    fn of(codes: &BTreeMap<Name, (u8, &[u8])>) -> Self {
        let length: usize = codes.values().map(|(_, code)| ENTRY + code.len()).sum();
        let mut bytes = Vec::with_capacity(HEAD + length + HASH);
        let short = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&short(codes.len()));
        for (name, (age, code)) in codes {
            bytes.extend_from_slice(name);
            bytes.push(*age);
            bytes.extend_from_slice(&short(code.len()));
        }
        let mut places = BTreeMap::new();
        for (name, (age, code)) in codes {
            let at = bytes.len();
            bytes.extend_from_slice(code);
            let place = Place {
                age: *age,
                at: at..bytes.len(),
            };
            places.insert(*name, place);
        }
        Self {
            bytes: Self::sealed(bytes).into(),
            places,
        }
    }

    /// A body with the hash that says that it is whole.
    #[must_use]
    pub fn sealed(mut body: Vec<u8>) -> Vec<u8> {
        let seal = hash(&body);
        body.extend_from_slice(&seal);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(names: &[u8]) -> BTreeMap<Name, Vec<u8>> {
        let code = |name: &u8| ([*name; 32], vec![*name; usize::from(*name)]);
        names.iter().map(code).collect()
    }

    fn used(names: &[u8]) -> BTreeSet<Name> {
        names.iter().map(|name| [*name; 32]).collect()
    }

    fn names(pack: &Pack) -> Vec<u8> {
        pack.places.keys().map(|name| name[0]).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let pack = Pack::default().renewed(&used(&[]), &made(&[3, 0, 200]));
        let read = Pack::read(pack.bytes().to_vec()).unwrap();
        assert_eq!(read, pack);
        assert_eq!(read.len(), 3);
        assert_eq!(read.code(&[3; 32]), Some(&[3, 3, 3][..]));
        assert_eq!(read.code(&[0; 32]), Some(&[][..]));
        assert_eq!(read.code(&[1; 32]), None);
    }

    #[test]
    fn what_was_cut_off_or_changed_is_no_pack() {
        let pack = Pack::default().renewed(&used(&[]), &made(&[1, 2, 30]));
        let whole = pack.bytes();
        for length in 0..whole.len() {
            assert_eq!(Pack::read(whole[..length].to_vec()), Err(NoPack));
        }
        for at in 0..whole.len() {
            let mut changed = whole.to_vec();
            changed[at] ^= 1;
            assert_eq!(Pack::read(changed), Err(NoPack), "{at}");
        }
        let mut longer = whole.to_vec();
        longer.push(0);
        assert_eq!(Pack::read(longer), Err(NoPack));
    }

    #[test]
    fn tables_that_do_not_fit_are_no_packs() {
        let head = |count: u32| [&MAGIC[..], &count.to_le_bytes()].concat();
        let entry = |name: u8, length: u32| [&[name; 32][..], &[0], &length.to_le_bytes()].concat();
        assert!(Pack::read(Pack::sealed(head(0))).unwrap().is_empty());
        for body in [
            head(1),
            head(u32::MAX),
            [head(1), entry(1, 1)].concat(),
            [head(1), entry(1, u32::MAX), vec![0]].concat(),
            [head(1), entry(1, 1), vec![0, 0]].concat(),
            [head(2), entry(2, 0), entry(1, 0)].concat(),
            [head(2), entry(1, 0), entry(1, 0)].concat(),
            b"tollgate code \x00\x02\0\0\0\0".to_vec(),
        ] {
            assert_eq!(
                Pack::read(Pack::sealed(body.clone())),
                Err(NoPack),
                "{body:?}"
            );
        }
    }

    #[test]
    fn what_is_not_used_is_left_out_after_a_while() {
        let mut pack = Pack::default().renewed(&used(&[]), &made(&[1, 2]));
        for _ in 0..OLDEST {
            pack = pack.renewed(&used(&[2]), &made(&[]));
            assert_eq!(names(&pack), [1, 2]);
        }
        pack = pack.renewed(&used(&[2]), &made(&[9]));
        assert_eq!(names(&pack), [2, 9]);
        // What is used again is as new.
        pack = pack.renewed(&used(&[9]), &made(&[]));
        pack = pack.renewed(&used(&[2, 9]), &made(&[]));
        assert!(pack.places.values().all(|place| place.age == 0));
    }
}
