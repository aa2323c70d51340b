//! The environment that a guest gets: which names, and where their values come from.

use std::fmt;

use thiserror::Error;

use crate::pattern::{Pattern, PatternError};

/// A text that is no grant of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EnvError {
    /// There is no name before `=`, or none at all.
    #[error("there is no name")]
    NoName,
    /// A name with a control character can't be told from two lines.
    #[error("the name or value has a control character that no variable can have")]
    Control,
    /// A pattern with a value: which variable should have it?
    #[error("a name with `*` or `?` stands for several variables and takes no value")]
    WildValue,
    /// A value where only names belong.
    #[error("only names stand here; a value is set where a variable is allowed")]
    Value,
    /// A value in a ceiling, which brings nothing into a run.
    #[error("a ceiling sets no values; write the name alone")]
    Ceiling,
    /// The name is too long for a pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
}

/// A value, which no error, listing or debug output shows.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvValue(String);

impl EnvValue {
    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The value itself, by value.
    #[must_use]
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A variable that a guest would see, if policy lets it read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVariable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: EnvValue,
}

/// One grant of environment variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvEntry {
    pub(crate) names: Pattern,
    /// The value that is set; `None` inherits the host's.
    pub(crate) value: Option<EnvValue>,
}

impl EnvEntry {
    /// Reads `NAME`, a pattern of names, or `NAME=VALUE`.
    pub(crate) fn parse(text: &str) -> Result<Self, EnvError> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if name.is_empty() {
            return Err(EnvError::NoName);
        }
        let nul = value.is_some_and(|value| value.contains('\0'));
        if nul || name.chars().any(char::is_control) {
            return Err(EnvError::Control);
        }
        if value.is_some() && Pattern::is_wild(name) {
            return Err(EnvError::WildValue);
        }
        let names = Pattern::new(name)?;
        Ok(Self {
            names,
            value: value.map(|value| EnvValue(value.to_owned())),
        })
    }
}

/// What a text about the environment may show in messages and listings: the name, never the value.
pub(crate) fn without_value(text: &str) -> String {
    match text.split_once('=') {
        Some((name, _)) => format!("{name}=(hidden)"),
        None => text.to_owned(),
    }
}

/// The environment of a run, before policy decides about each of its variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) entries: Vec<EnvEntry>,
    /// Whether the scope's default lets names through that no entry names.
    pub(crate) open: bool,
}

impl Environment {
    /// The variables that the entries name: set values as stated (the last one wins), the others
    /// from `host`, which is the host's own environment.
    pub(crate) fn resolve(
        &self,
        host: impl IntoIterator<Item = (String, String)>,
    ) -> Vec<EnvVariable> {
        let set = self.entries.iter().filter_map(|entry| {
            let value = entry.value.clone()?;
            Some(EnvVariable {
                name: entry.names.as_str().to_owned(),
                value,
            })
        });
        let inherited = host
            .into_iter()
            .filter(|(name, _)| self.inherits(name))
            .map(|(name, value)| EnvVariable {
                name,
                value: EnvValue(value),
            });
        let mut variables: Vec<EnvVariable> = Vec::new();
        for variable in inherited.chain(set) {
            match variables
                .iter_mut()
                .find(|known| known.name == variable.name)
            {
                Some(known) => known.value = variable.value,
                None => variables.push(variable),
            }
        }
        variables
    }

    fn inherits(&self, name: &str) -> bool {
        let named = |entry: &EnvEntry| entry.value.is_none() && entry.names.matches(name);
        self.open || self.entries.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(entries: &[&str]) -> Environment {
        let entries = entries
            .iter()
            .map(|text| EnvEntry::parse(text).unwrap())
            .collect();
        Environment {
            entries,
            open: false,
        }
    }

    fn host() -> Vec<(String, String)> {
        [
            ("HOME", "/root"),
            ("LC_ALL", "C"),
            ("LC_TIME", "de"),
            ("SECRET", "s"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    fn names_and_values(environment: &Environment) -> Vec<(String, String)> {
        let variables = environment.resolve(host()).into_iter();
        variables.map(|v| (v.name, v.value.into_inner())).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn only_what_is_named_is_inherited() {
        assert_eq!(
            names_and_values(&environment(&["HOME"])),
            [pair("HOME", "/root")]
        );
        assert_eq!(
            names_and_values(&environment(&["LC_*"])),
            [pair("LC_ALL", "C"), pair("LC_TIME", "de")]
        );
        assert_eq!(names_and_values(&environment(&[])), []);
        assert_eq!(names_and_values(&environment(&["home"])), []);
    }

    #[test]
    fn a_set_value_wins_over_an_inherited_one_and_the_last_over_the_first() {
        assert_eq!(
            names_and_values(&environment(&["HOME", "HOME=/a", "HOME=/b", "NEW="])),
            [pair("HOME", "/b"), pair("NEW", "")]
        );
    }

    #[test]
    fn odd_texts_are_refused() {
        assert_eq!(EnvEntry::parse("=v"), Err(EnvError::NoName));
        assert_eq!(EnvEntry::parse(""), Err(EnvError::NoName));
        assert_eq!(EnvEntry::parse("A\nB=1"), Err(EnvError::Control));
        assert_eq!(EnvEntry::parse("A=\0"), Err(EnvError::Control));
        assert_eq!(EnvEntry::parse("A*=1"), Err(EnvError::WildValue));
        assert_eq!(
            EnvEntry::parse("A=b=c").unwrap().value.unwrap().reveal(),
            "b=c"
        );
    }

    #[test]
    fn i68_a_value_is_shown_nowhere() {
        let entry = EnvEntry::parse("TOKEN=canary").unwrap();
        assert!(!format!("{entry:?}").contains("canary"));
        assert_eq!(without_value("TOKEN=canary"), "TOKEN=(hidden)");
    }
}
