//! What names led to, in one run.

use std::collections::VecDeque;
use std::net::IpAddr;

/// The most names that a run is remembered to have looked up. Beyond, the oldest go: a connect to an address of theirs
/// then needs a new lookup.
pub(super) const MOST_NAMES: usize = 256;

/// The names that one run looked up, with the addresses that it was told. A grant of a name covers a connect to an
/// address only by way of this table: a name that somebody else looked up, or that the guest merely claims, is none.
#[derive(Debug, Default)]
pub struct Lookups(VecDeque<(String, Vec<IpAddr>)>);

impl Lookups {
    /// Remembers what `name` led to. A later answer takes the place of an earlier one.
    pub fn remember(&mut self, name: &str, addresses: &[IpAddr]) {
        self.0.retain(|(known, _)| known != name);
        if self.0.len() >= MOST_NAMES {
            self.0.pop_front();
        }
        self.0.push_back((name.to_owned(), addresses.to_vec()));
    }

    /// The names that led to `address`, the latest first.
    pub fn names(&self, address: IpAddr) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .rev()
            .filter(move |(_, addresses)| addresses.contains(&address))
            .map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_later_answer_replaces_an_earlier_one() {
        let mut lookups = Lookups::default();
        lookups.remember("a.example", &[address(1)]);
        lookups.remember("b.example", &[address(1)]);
        assert_eq!(
            lookups.names(address(1)).collect::<Vec<_>>(),
            ["b.example", "a.example"]
        );
        lookups.remember("a.example", &[address(2)]);
        assert_eq!(lookups.names(address(1)).collect::<Vec<_>>(), ["b.example"]);
    }

    #[test]
    fn i49_a_guest_that_looks_up_endlessly_fills_no_memory() {
        let mut lookups = Lookups::default();
        for number in 0..10_000 {
            lookups.remember(&format!("{number}.example"), &[address(1)]);
        }
        assert_eq!(lookups.names(address(1)).count(), MOST_NAMES);
        assert_eq!(lookups.names(address(1)).next(), Some("9999.example"));
    }
}
