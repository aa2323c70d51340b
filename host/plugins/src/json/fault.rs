//! What is wrong with an input, and where.

use std::borrow::Cow;

/// The most names that a message lists.
const MAX_LISTED: usize = 32;

/// An input that is not of the type that it is for.
///
/// It says where and what was expected, in words of the component's WIT, and never what was there: an input may hold
/// secrets, and an error goes into logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", place(.pointer))]
pub struct InvalidInput {
    /// A JSON Pointer (RFC 6901) to what is wrong; empty for the input itself. Its names are those of the WIT.
    pub pointer: String,
    /// What is wrong there.
    pub what: Invalid,
}

fn place(pointer: &str) -> Cow<'static, str> {
    match pointer {
        "" => Cow::Borrowed("the input"),
        pointer => Cow::Owned(format!("the input at {pointer}")),
    }
}

/// What is wrong with a part of an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It is of another kind, or out of range.
    #[error("expected {0}")]
    Expected(Cow<'static, str>),
    /// An object lacks a member.
    #[error("lacks the member `{0}`")]
    Missing(String),
    /// An object has a member that its type does not have; with those that it has.
    #[error("has a member that its type does not have, which are {0}")]
    Unknown(String),
    /// A flag is there twice.
    #[error("is there twice")]
    Twice,
    /// Its type has no JSON, so that nothing would do.
    #[error("{0}")]
    Unsupported(crate::wit::Unsupported),
}

impl Invalid {
    pub(crate) const fn expected(what: &'static str) -> Self {
        Self::Expected(Cow::Borrowed(what))
    }
}

/// Names as a message lists them.
pub(crate) fn list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(MAX_LISTED);
    let mut names: Vec<_> = names
        .take(MAX_LISTED)
        .map(|name| format!("`{name}`"))
        .collect();
    match more {
        0 if names.is_empty() => "none".to_owned(),
        0 => names.join(", "),
        more => {
            names.push(format!("{more} more"));
            names.join(", ")
        }
    }
}

/// A step from a value to a part of it.
#[derive(Debug)]
enum Step {
    Member(String),
    Item(usize),
}

/// A fault on its way up to where the whole input is known.
#[derive(Debug)]
pub(crate) struct Fault(Box<Found>);

#[derive(Debug)]
struct Found {
    /// The last one first.
    steps: Vec<Step>,
    what: Invalid,
}

impl Fault {
    pub(crate) fn within(mut self, member: &str) -> Self {
        self.0.steps.push(Step::Member(member.to_owned()));
        self
    }

    pub(crate) fn at(mut self, item: usize) -> Self {
        self.0.steps.push(Step::Item(item));
        self
    }
}

impl From<Invalid> for Fault {
    fn from(what: Invalid) -> Self {
        Self(Box::new(Found {
            steps: Vec::new(),
            what,
        }))
    }
}

impl From<Fault> for InvalidInput {
    fn from(Fault(found): Fault) -> Self {
        let mut pointer = String::new();
        for step in found.steps.iter().rev() {
            pointer.push('/');
            match step {
                Step::Member(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
                Step::Item(place) => pointer.push_str(&place.to_string()),
            }
        }
        Self {
            pointer,
            what: found.what,
        }
    }
}
