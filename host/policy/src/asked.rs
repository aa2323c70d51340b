//! What rules see of an operation.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::net::Peer;
use crate::operation::Operation;
use crate::verb::VerbSet;

/// An operation with what its rules look at, each read at most once.
pub(crate) struct Asked<'a, 'o> {
    operation: &'a Operation<'o>,
    verb: VerbSet,
    text: OnceCell<Cow<'a, str>>,
    peer: Option<Peer<'o>>,
}

impl<'a, 'o> Asked<'a, 'o> {
    pub(crate) fn new(operation: &'a Operation<'o>) -> Self {
        Self {
            operation,
            verb: operation.verb(),
            text: OnceCell::new(),
            peer: Peer::of(operation),
        }
    }

    /// The same, as it stood before its name was looked up, when it had one.
    pub(crate) fn before_lookup(&self) -> Option<Self> {
        let peer = self.peer.as_ref()?.before_lookup()?;
        Some(Self {
            operation: self.operation,
            verb: self.verb,
            text: self.text.clone(),
            peer: Some(peer),
        })
    }

    pub(crate) fn operation(&self) -> &'a Operation<'o> {
        self.operation
    }

    pub(crate) fn verb(&self) -> VerbSet {
        self.verb
    }

    /// What patterns are matched against.
    pub(crate) fn text(&self) -> &str {
        self.text.get_or_init(|| self.operation.pattern_subject())
    }

    pub(crate) fn peer(&self) -> Option<&Peer<'o>> {
        self.peer.as_ref()
    }
}
