//! Names that a VM's configuration gives addresses to; all others are looked up as the host does it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use tollgate::Host;
use tollgate::capability::net::{Lookup, Resolver};

/// A VM's own names.
pub(crate) struct Names {
    own: BTreeMap<String, Vec<IpAddr>>,
    others: Arc<dyn Resolver>,
}

/// A name as it is compared: names have no case, and a dot at their end says nothing.
fn compared(name: &str) -> String {
    name.trim().trim_end_matches('.').to_ascii_lowercase()
}

impl Names {
    /// The names of a configuration that was checked; none where it has none of its own.
    pub(crate) fn new(host: &Host, overrides: &BTreeMap<String, Vec<String>>) -> Option<Arc<Self>> {
        if overrides.is_empty() {
            return None;
        }
        let addresses = |texts: &Vec<String>| {
            let parsed = texts.iter().map(|text| text.parse());
            parsed.filter_map(Result::ok).collect()
        };
        let own = overrides
            .iter()
            .map(|(name, texts)| (compared(name), addresses(texts)))
            .collect();
        let others = host.resolver();
        Some(Arc::new(Self { own, others }))
    }
}

impl Resolver for Names {
    fn lookup<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        match self.own.get(&compared(name)) {
            Some(addresses) => {
                let addresses = addresses.clone();
                Box::pin(async move { Ok(addresses) })
            }
            None => self.others.lookup(name),
        }
    }
}
