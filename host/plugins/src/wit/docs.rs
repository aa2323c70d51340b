//! What a component's authors say of its functions and types.
//!
//! A component's own types have no room for comments. The tools keep those of a WIT package in a custom section,
//! `package-docs`: one byte of version, then JSON; what `tollgate build` makes has the same under a name of its own. It says no
//! name of the package, and names of worlds that the component does not have any more; so it is looked into for what there
//! is, and what does not fit is not an error.

use serde_json::Value;

use super::limits::{MAX_DOCS_BYTES, MAX_SECTION_BYTES};

/// The custom sections.
pub(crate) const SECTIONS: [&str; 2] = ["package-docs", tollgate_engine::DOCS_SECTION];
/// Worlds that are looked into.
const MAX_WORLDS: usize = 16;

/// The contents of the section, as far as they are of use.
#[derive(Debug, Default)]
pub(crate) struct Docs(Value);

/// Where something was declared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Within<'a> {
    /// At the top of the component.
    Top,
    /// In an interface, by the name that the component has it under.
    Interface(&'a str),
}

impl Docs {
    /// Nothing, where the section is not of a form that is known.
    pub(crate) fn read(section: &[u8]) -> Self {
        match section {
            [0 | 1, json @ ..] if json.len() <= MAX_SECTION_BYTES => {
                Self(serde_json::from_slice(json).unwrap_or_default())
            }
            _ => Self::default(),
        }
    }

    /// What holds the comments of an interface, or of the worlds.
    fn places(&self, within: Within<'_>) -> Vec<&Value> {
        let worlds = || {
            let worlds = self.0.get("worlds").and_then(Value::as_object);
            worlds
                .into_iter()
                .flat_map(|worlds| worlds.values())
                .take(MAX_WORLDS)
        };
        match within {
            Within::Top => worlds().collect(),
            // Interfaces of WASI are never of the package that a component is of.
            Within::Interface(name) if name.starts_with("wasi:") => Vec::new(),
            Within::Interface(name) => match interface_of(name) {
                Some(interface) => self
                    .0
                    .get("interfaces")
                    .and_then(|all| all.get(interface))
                    .into_iter()
                    .collect(),
                // One that was declared within a world.
                None => worlds()
                    .flat_map(|world| {
                        let kinds = ["interface_exports", "interfaces"];
                        kinds
                            .into_iter()
                            .filter_map(|kind| world.get(kind)?.get(name))
                    })
                    .collect(),
            },
        }
    }

    /// Of a function.
    pub(crate) fn function(&self, within: Within<'_>, name: &str) -> Option<String> {
        let kinds: &[&str] = match within {
            Within::Top => &["func_exports", "funcs"],
            Within::Interface(_) => &["funcs"],
        };
        let mut places = self.places(within).into_iter();
        places.find_map(|place| {
            let found = kinds.iter().find_map(|kind| place.get(kind)?.get(name))?;
            // The first version had the text alone.
            text(found).or_else(|| text(found.get("docs")?))
        })
    }

    /// Of a type.
    pub(crate) fn of_type(&self, within: Within<'_>, name: &str) -> Option<String> {
        text(self.found_type(within, name)?.get("docs")?)
    }

    /// Of a field, a case, or a flag.
    pub(crate) fn of_member(&self, within: Within<'_>, name: &str, member: &str) -> Option<String> {
        text(self.found_type(within, name)?.get("items")?.get(member)?)
    }

    fn found_type(&self, within: Within<'_>, name: &str) -> Option<&Value> {
        let mut places = self.places(within).into_iter();
        places.find_map(|place| place.get("types")?.get(name))
    }
}

/// `iface` of `ns:pkg/iface@1.0.0`.
fn interface_of(name: &str) -> Option<&str> {
    let (_, rest) = name.split_once('/')?;
    Some(
        rest.split_once('@')
            .map_or(rest, |(interface, _)| interface),
    )
}

/// A text that says something, of no more than its limit.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    if text.is_empty() {
        return None;
    }
    match text.get(..text.floor_char_boundary(MAX_DOCS_BYTES)) {
        Some(start) if start.len() < text.len() => Some(format!("{start}…")),
        _ => Some(text.to_owned()),
    }
}
