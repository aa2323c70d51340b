//! The code that this process holds, for programs that it runs again.

use std::collections::HashMap;
use std::sync::Arc;

use super::bounds::MOST_HELD;
use super::pack::Pack;

struct One {
    pack: Arc<Pack>,
    used: u64,
}

/// Packs by the key that they have in the cache; what was not used for longest goes first.
#[derive(Default)]
pub(crate) struct Held {
    packs: HashMap<String, One>,
    bytes: usize,
    uses: u64,
}

impl Held {
    pub(crate) fn get(&mut self, key: &str) -> Option<Arc<Pack>> {
        self.uses += 1;
        let one = self.packs.get_mut(key)?;
        one.used = self.uses;
        Some(Arc::clone(&one.pack))
    }

    pub(crate) fn put(&mut self, key: &str, pack: Arc<Pack>) {
        self.uses += 1;
        self.bytes += pack.bytes().len();
        let one = One {
            pack,
            used: self.uses,
        };
        if let Some(before) = self.packs.insert(key.to_owned(), one) {
            self.bytes = self.bytes.saturating_sub(before.pack.bytes().len());
        }
        while self.bytes > MOST_HELD {
            let oldest = self.packs.iter().min_by_key(|(_, one)| one.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            if let Some(gone) = self.packs.remove(&key) {
                self.bytes = self.bytes.saturating_sub(gone.pack.bytes().len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn pack(bytes: usize) -> Arc<Pack> {
        let made = BTreeMap::from([([0; 32], vec![0; bytes])]);
        Arc::new(Pack::default().renewed(&BTreeSet::new(), &made))
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut held = Held::default();
        let third = pack(MOST_HELD / 3);
        held.put("a", Arc::clone(&third));
        held.put("b", Arc::clone(&third));
        held.put("b", Arc::clone(&third));
        assert_eq!(held.bytes, 2 * third.bytes().len());
        assert!(held.get("a").is_some());
        held.put("c", third);
        assert!(held.get("b").is_none());
        assert!(held.get("a").is_some() && held.get("c").is_some());
        held.put("d", pack(MOST_HELD / 2));
        assert!(held.get("a").is_none());
        assert!(held.get("c").is_some() && held.get("d").is_some());
        let kept = |key: &str| held.packs.get(key).map(|one| one.pack.bytes().len());
        assert_eq!(
            Some(held.bytes),
            kept("c").zip(kept("d")).map(|(c, d)| c + d)
        );
    }
}
