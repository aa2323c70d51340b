//! `clippy.toml` against the table of bans: the same bans, seen by a tool that
//! knows types and expansions.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::bans::bans;
use crate::classes::Class;

/// The lists of `clippy.toml`, by the kind of thing that they refuse.
const LISTS: [&str; 3] = [
    "disallowed-methods",
    "disallowed-types",
    "disallowed-macros",
];

/// A list and a path in it.
type Entry = (&'static str, String);

/// What the table demands of `clippy.toml`.
fn demanded() -> BTreeMap<Entry, Class> {
    let mut demanded = BTreeMap::new();
    for ban in bans() {
        let lists = [ban.clippy.methods, ban.clippy.types, ban.clippy.macros];
        for (list, names) in LISTS.into_iter().zip(lists) {
            for name in names {
                demanded.insert((list, format!("{}::{name}", ban.path)), ban.class);
            }
        }
    }
    demanded
}

/// The line of `clippy.toml` that a ban demands. Outside the standard library
/// a path may be there in one build and not in the next, as the features of
/// its crate go, and is refused as soon as it is there.
fn line(path: &str, class: Class) -> String {
    let reason = format!("{}: {}", class.name(), class.instead());
    let invalid = if path.starts_with("std::") {
        ""
    } else {
        ", allow-invalid = true"
    };
    format!("{{ path = {path:?}, reason = {reason:?}{invalid} }}")
}

/// What `clippy.toml` holds: each entry as a line.
fn held(text: &str) -> BTreeMap<Entry, String> {
    let table: Table = text
        .parse()
        .unwrap_or_else(|error| panic!("clippy.toml: {error}"));
    let mut held = BTreeMap::new();
    for list in LISTS {
        for entry in table
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let keys = entry
                .as_table()
                .unwrap_or_else(|| panic!("{list}: {entry} is no table"));
            let line = keys
                .iter()
                .map(|(key, value)| format!("{key} = {value}"))
                .collect::<Vec<_>>()
                .join(", ");
            let path = keys
                .get("path")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let earlier = held.insert((list, path), format!("{{ {line} }}"));
            assert_eq!(earlier, None, "{list}: {entry} stands twice");
        }
    }
    held
}

/// Where the two differ.
fn differences(text: &str) -> Vec<String> {
    let (demanded, held) = (demanded(), held(text));
    let mut differences = Vec::new();
    for (entry, class) in &demanded {
        let (list, path) = entry;
        let wanted = line(path, *class);
        match held.get(entry) {
            None => differences.push(format!("{list} lacks {wanted}")),
            Some(found) if *found != wanted => {
                differences.push(format!("{list} should say {wanted}"))
            }
            Some(_) => {}
        }
    }
    for (list, path) in held.keys().filter(|entry| !demanded.contains_key(*entry)) {
        differences.push(format!("{list} refuses {path}, which the guards do not"));
    }
    differences
}

#[cfg(test)]
mod tests {
    use tollgate_tests::repository;

    use super::*;
    use crate::sources::read;

    fn ours() -> String {
        read(&repository().join("clippy.toml"))
    }

    #[test]
    fn clippy_and_the_guards_refuse_the_same() {
        let differences = differences(&ours());
        assert!(
            differences.is_empty(),
            "clippy.toml:\n{}",
            differences.join("\n")
        );
    }

    #[test]
    fn a_ban_that_clippy_lacks_is_found() {
        let ours = ours();
        let line = ours
            .lines()
            .find(|line| line.contains("\"std::fs::read\""))
            .expect("the ban stands");
        let lacking = differences(&ours.replace(line, ""));
        assert_eq!(lacking.len(), 1);
        assert!(
            lacking[0].starts_with("disallowed-methods lacks { path = \"std::fs::read\""),
            "{lacking:?}"
        );
    }

    #[test]
    fn a_ban_that_only_clippy_has_is_found() {
        let more = ours().replacen(
            "disallowed-types = [",
            "disallowed-types = [{ path = \"std::rc::Rc\" },",
            1,
        );
        assert_eq!(
            differences(&more),
            ["disallowed-types refuses std::rc::Rc, which the guards do not"]
        );
    }

    #[test]
    fn a_ban_of_another_class_is_found() {
        let ours = ours();
        let line = ours
            .lines()
            .find(|line| line.contains("\"std::fs::read\""))
            .expect("the ban stands");
        let other = differences(&ours.replace(line, &line.replace("fs: ", "net: ")));
        assert_eq!(other.len(), 1);
        assert!(
            other[0].starts_with("disallowed-methods should say { path = \"std::fs::read\""),
            "{other:?}"
        );
    }

    #[test]
    fn each_class_of_access_is_known_to_clippy() {
        let demanded = demanded();
        for class in Class::ALL
            .into_iter()
            .filter(|class| ![Class::Raw, Class::Hidden].contains(class))
        {
            assert!(
                demanded.values().any(|other| *other == class),
                "{}",
                class.name()
            );
        }
    }
}
