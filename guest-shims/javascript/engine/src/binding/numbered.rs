//! What the library holds by a number: a request, a server, a digest that is under way.

use std::collections::BTreeMap;

pub(super) struct Numbered<T> {
    last: u32,
    by_number: BTreeMap<u32, T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            last: 0,
            by_number: BTreeMap::new(),
        }
    }
}

impl<T> Numbered<T> {
    /// Its number, which nothing else has now: never 0.
    pub(super) fn add(&mut self, one: T) -> u32 {
        self.last = self.last.wrapping_add(1).max(1);
        while self.by_number.contains_key(&self.last) {
            self.last = self.last.wrapping_add(1).max(1);
        }
        self.by_number.insert(self.last, one);
        self.last
    }

    /// Under a number that it had already, or that [`Numbered::add`] never gives.
    pub(super) fn put(&mut self, number: u32, one: T) {
        self.by_number.insert(number, one);
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.by_number.get(&number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.by_number.get_mut(&number)
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        self.by_number.remove(&number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.by_number.iter().map(|(number, one)| (*number, one))
    }
}
