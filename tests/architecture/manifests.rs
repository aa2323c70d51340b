//! The manifests of the workspace, and what each crate depends on by name.

use std::collections::BTreeMap;

use tollgate_tests::repository;
use toml::{Table, Value};

use crate::sources::{folders, read};

/// The root manifest and that of every member, by the member's folder.
#[derive(Debug)]
pub(crate) struct Manifests {
    pub(crate) root: Table,
    pub(crate) members: BTreeMap<String, Table>,
}

/// One line of a dependency table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// What the crate calls it.
    pub(crate) key: String,
    /// What it is called where it comes from.
    pub(crate) package: String,
    /// Where it lies, below the root, if it is a member of the workspace.
    pub(crate) path: Option<String>,
    /// It is there only when tests are built.
    pub(crate) dev: bool,
    /// It is there only with a feature of the crate.
    pub(crate) optional: bool,
}

impl Manifests {
    /// The manifests of the repository that this test was built from.
    pub(crate) fn of_repository() -> Self {
        let root = parse(&read(&repository().join("Cargo.toml")));
        let members = texts(lookup(&root, &["workspace", "members"]))
            .map(|member| {
                (
                    member.clone(),
                    parse(&read(&repository().join(&member).join("Cargo.toml"))),
                )
            })
            .collect();
        Self { root, members }
    }

    /// Manifests that exist only in a test: the root, then folders and texts.
    pub(crate) fn planted(root: &str, members: &[(&str, &str)]) -> Self {
        let members = members
            .iter()
            .map(|(folder, text)| ((*folder).to_owned(), parse(text)))
            .collect();
        Self {
            root: parse(root),
            members,
        }
    }

    /// The members below `host/`, by the name of their folder there.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.members
            .iter()
            .filter_map(|(folder, manifest)| Some((folder.strip_prefix("host/")?, manifest)))
    }

    /// Everything that `manifest` depends on, in whichever table.
    pub(crate) fn dependencies(&self, folder: &str, manifest: &Table) -> Vec<Dependency> {
        let mut tables = vec![manifest];
        tables.extend(
            manifest
                .get("target")
                .and_then(Value::as_table)
                .into_iter()
                .flat_map(Table::values)
                .filter_map(Value::as_table),
        );
        let mut found = Vec::new();
        for table in tables {
            for (name, dev) in [
                ("dependencies", false),
                ("build-dependencies", false),
                ("dev-dependencies", true),
            ] {
                for (key, value) in table
                    .get(name)
                    .and_then(Value::as_table)
                    .into_iter()
                    .flatten()
                {
                    found.push(self.dependency(folder, key, value, dev));
                }
            }
        }
        found
    }

    /// The keys of the table that members inherit from.
    pub(crate) fn inherited(&self) -> impl Iterator<Item = (&String, &Value)> {
        lookup(&self.root, &["workspace", "dependencies"])
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
    }

    fn dependency(&self, folder: &str, key: &str, value: &Value, dev: bool) -> Dependency {
        let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
        let optional = value.get("optional").and_then(Value::as_bool) == Some(true);
        let (value, base) = if inherits {
            let inherited = lookup(&self.root, &["workspace", "dependencies", key]);
            (
                inherited
                    .unwrap_or_else(|| panic!("{folder}: {key} is not in the workspace's table")),
                "",
            )
        } else {
            (value, folder)
        };
        let text = |name| value.get(name).and_then(Value::as_str);
        Dependency {
            key: key.to_owned(),
            package: text("package").unwrap_or(key).to_owned(),
            path: text("path").map(|path| below_root(base, path)),
            dev,
            optional,
        }
    }
}

/// Where `path`, seen from `base`, lies below the root.
fn below_root(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The value at the end of `keys`.
pub(crate) fn lookup<'t>(table: &'t Table, keys: &[&str]) -> Option<&'t Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, key| value.get(*key))
}

/// The texts of a list; none if there is no list.
pub(crate) fn texts(list: Option<&Value>) -> impl Iterator<Item = String> + '_ {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
}

fn parse(text: &str) -> Table {
    text.parse()
        .unwrap_or_else(|error| panic!("a manifest does not parse: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_of_host_is_a_member_and_the_reverse() {
        let manifests = Manifests::of_repository();
        let members: Vec<_> = manifests
            .rooms()
            .map(|(folder, _)| folder.to_owned())
            .collect();
        assert_eq!(members, folders(&repository().join("host")));
    }
}
