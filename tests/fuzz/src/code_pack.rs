//! The code of a program as the cache has it. What is read is what was written, and nothing else is: not even what carries
//! the right hash, unless its table and its code fit to the byte.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_engine::code::{Name, Pack};

/// Holds the reader to that, for the bytes as they are, and for those with the hash that belongs to them.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    read(data.to_vec());
    read(Pack::sealed(data.to_vec()));
}

fn read(bytes: Vec<u8>) {
    let Ok(pack) = Pack::read(bytes.clone()) else {
        return;
    };
    assert_eq!(pack.bytes(), bytes);
    let names: BTreeSet<Name> = pack.names().copied().collect();
    assert_eq!(names.len(), pack.len());
    let codes = |pack: &Pack| -> BTreeMap<Name, Vec<u8>> {
        let code = |name: &Name| {
            let code = pack.code(name).expect("it is in the table");
            (*name, code.to_vec())
        };
        pack.names().map(code).collect()
    };
    let before = codes(&pack);
    assert!(before.values().map(Vec::len).sum::<usize>() < bytes.len());
    let next = pack.renewed(&names, &BTreeMap::new());
    assert_eq!(codes(&next), before);
    assert_eq!(Pack::read(next.bytes().to_vec()), Ok(next.clone()));
    // The same code made again is the same pack, whatever it had been found in.
    assert_eq!(Pack::default().renewed(&BTreeSet::new(), &before), next);
}

/// Packs, whole and without their hash.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let pack = |codes: &[(u8, usize)]| {
        let made = codes
            .iter()
            .map(|(name, length)| ([*name; 32], vec![*name; *length]))
            .collect();
        let pack = Pack::default().renewed(&BTreeSet::new(), &made);
        pack.bytes().to_vec()
    };
    let packs = [
        pack(&[]),
        pack(&[(1, 0)]),
        pack(&[(1, 3), (2, 0), (7, 300)]),
    ];
    let bodies = packs
        .clone()
        .map(|pack| pack.get(..pack.len() - 32).unwrap_or_default().to_vec());
    packs.into_iter().chain(bodies).collect()
}
