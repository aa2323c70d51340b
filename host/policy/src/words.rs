//! Closed sets of words: each enum of this crate whose members have a spelling in files, flags and
//! records is declared once here, so that spelling, parsing and listing cannot drift apart.

use thiserror::Error;

use crate::suggest::{self, Suggestion};

/// A word that is not in the set that a place takes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {what} `{word}`{suggestion}")]
pub struct UnknownWord {
    /// What kind of word was wanted: `scope`, `mode`, …
    pub what: &'static str,
    /// The word as it was given, cut to a printable length.
    pub word: String,
    /// The nearest known word, when one is near.
    pub suggestion: Suggestion,
}

impl UnknownWord {
    /// Refuses `word`, and looks for the nearest one in `known`.
    pub(crate) fn new<'a>(
        what: &'static str,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            what,
            word: suggest::shortened(word),
            suggestion: Suggestion::nearest(word, known),
        }
    }
}

/// Declares an enum whose members have one fixed spelling each.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident is $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant),+
        }

        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in files, flags and records.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord::new($what, word, [$($word),+])),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Declares the verbs of one scope: words that also name the operation (`scope.verb`).
macro_rules! verbs {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident of $scope:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $crate::words::words! {
            $(#[$meta])*
            $vis enum $name is "operation word" {
                $($(#[$variant_meta])* $variant = $word),+
            }
        }

        impl $name {
            /// The words of this scope, in bit order of its verb sets.
            pub(crate) const WORDS: &'static [&'static str] = &[$($word),+];

            /// The name of the operation in records: `scope.verb`.
            #[must_use]
            pub const fn operation(self) -> &'static str {
                match self { $(Self::$variant => concat!($scope, ".", $word)),+ }
            }
        }

        impl From<$name> for $crate::verb::VerbSet {
            fn from(verb: $name) -> Self {
                Self::single(verb as u8)
            }
        }
    };
}

pub(crate) use verbs;
pub(crate) use words;
