//! Who may know whom: the table of rooms, and what each must not know.

use crate::manifests::{Manifests, lookup};

/// A crate below `host/`.
struct Room {
    folder: &'static str,
    /// Packages that it must not depend on; a final `*` stands for any ending.
    not: &'static [&'static str],
}

/// A package that a room must not know and may have with a feature, which is off where nobody asks for it: the room, the
/// package, and why. By no other way, and not for its tests.
const WITH_A_FEATURE: &[(&str, &str, &str)] = &[
    (
        "protocol",
        "wasmtime",
        "derives, so that a message of a frame and one of a call are one type",
    ),
    (
        "contract",
        "wasmtime",
        "derives, so that a bridge may be a component",
    ),
];

/// The rooms of the house, upper ones first: a crate may depend only on
/// crates above its own.
const ROOMS: &[Room] = &[
    Room {
        folder: "policy",
        // Pure: a decision is a function of grants and operation, and nothing
        // that it could wait for or be told from outside may enter it.
        not: &[
            "wasmtime*",
            "tokio*",
            "futures*",
            "async-*",
            "rustix",
            "cap-*",
            "getrandom",
            "libc",
            "jiff",
        ],
    },
    Room {
        folder: "audit",
        not: &["wasmtime*"],
    },
    Room {
        folder: "vfs",
        not: &["wasmtime*", "tollgate-audit"],
    },
    Room {
        folder: "capability",
        not: &["wasmtime*", "tollgate-audit", "tollgate-vfs"],
    },
    Room {
        folder: "contract",
        not: &["wasmtime*", "tollgate-*"],
    },
    Room {
        folder: "protocol",
        not: &["wasmtime*"],
    },
    Room {
        folder: "client",
        not: &["wasmtime*"],
    },
    Room {
        folder: "world",
        not: &["tollgate-*"],
    },
    Room {
        folder: "engine",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "bridge",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "modules",
        // Part of every program that is built, too.
        not: &[
            "wasmtime*",
            "tollgate-*",
            "tokio*",
            "cap-*",
            "rustix",
            "libc",
        ],
    },
    Room {
        folder: "languages",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "build",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "serve",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "tollgate",
        not: &[],
    },
    Room {
        folder: "plugins",
        not: &["tollgate-protocol", "tollgate-client"],
    },
    Room {
        folder: "sidecar",
        not: &[],
    },
    Room {
        folder: "cli",
        not: &[],
    },
];

/// Below these nothing sees the engine, by any way: not even through a
/// dependency of a dependency.
const NO_ENGINE: [&str; 8] = [
    "policy",
    "audit",
    "vfs",
    "capability",
    "contract",
    "protocol",
    "client",
    "modules",
];

/// Words that the name of no dependency holds. They belong to products that
/// are built on a host like this one, and a host that knows its products is
/// no host for others.
const BANNED_FAMILIES: [&str; 3] = ["agent", "acp", "session"];

/// Every arrow that may not be, and every room that is not in the table.
fn faults(manifests: &Manifests) -> Vec<String> {
    let mut faults = Vec::new();
    for (folder, manifest) in manifests.rooms() {
        let Some(height) = height(folder) else {
            faults.push(format!("host/{folder} is not in the table of rooms"));
            continue;
        };
        let name = lookup(manifest, &["package", "name"]).and_then(toml::Value::as_str);
        // The crate that others embed has the name that they look for.
        let wanted = match folder {
            "tollgate" => "tollgate".to_owned(),
            _ => format!("tollgate-{folder}"),
        };
        if name != Some(&wanted) {
            faults.push(format!(
                "host/{folder} is called {name:?}, and not {wanted}"
            ));
        }
        for dependency in manifests.dependencies(&format!("host/{folder}"), manifest) {
            let target = &dependency.package;
            let with_a_feature = dependency.optional
                && !dependency.dev
                && WITH_A_FEATURE
                    .iter()
                    .any(|(room, package, _)| *room == folder && package == target);
            if let Some(banned) = ROOMS[height]
                .not
                .iter()
                .find(|pattern| matches(pattern, target))
                .filter(|_| !with_a_feature)
            {
                faults.push(format!(
                    "host/{folder} must not know {target} (banned: {banned})"
                ));
            }
            // What tests stand on is above every room, and reaches no program that is shipped.
            if dependency.dev && target == "tollgate-tests" {
                continue;
            }
            // By path, too: a renamed package of the workspace is still below.
            let room = target.strip_prefix("tollgate-").or_else(|| {
                dependency
                    .path
                    .as_deref()
                    .and_then(|path| path.strip_prefix("host/"))
            });
            match room.map(|room| (room, self::height(room))) {
                Some((room, Some(other))) if other >= height => {
                    faults.push(format!(
                        "host/{folder} depends on host/{room}, which is not above it"
                    ));
                }
                Some((room, None)) => {
                    faults.push(format!("host/{folder} depends on {room}, which is no room"))
                }
                Some((_, Some(_))) | None => {}
            }
        }
    }
    faults
}

/// Every dependency whose name belongs to a banned family, in any manifest.
fn banned_families(manifests: &Manifests) -> Vec<String> {
    let of_members = manifests.members.iter().flat_map(|(folder, manifest)| {
        manifests
            .dependencies(folder, manifest)
            .into_iter()
            .map(|dependency| (folder.clone(), dependency.key, dependency.package))
    });
    let inherited = manifests.inherited().map(|(key, value)| {
        let package = value
            .get("package")
            .and_then(toml::Value::as_str)
            .unwrap_or(key);
        ("the workspace".to_owned(), key.clone(), package.to_owned())
    });
    of_members
        .chain(inherited)
        .filter(|(_, key, package)| {
            BANNED_FAMILIES.iter().any(|family| {
                [key, package]
                    .iter()
                    .any(|name| name.to_lowercase().contains(family))
            })
        })
        .map(|(at, key, package)| format!("{at} depends on {package} (as {key})"))
        .collect()
}

fn height(folder: &str) -> Option<usize> {
    ROOMS.iter().position(|room| room.folder == folder)
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use tollgate_tests::cargo_metadata;

    use super::*;

    const NONE: [&str; 0] = [];

    #[test]
    fn each_crate_knows_only_crates_above_it() {
        assert_eq!(faults(&Manifests::of_repository()), NONE);
    }

    #[test]
    fn no_dependency_is_of_a_banned_family() {
        assert_eq!(banned_families(&Manifests::of_repository()), NONE);
    }

    /// What cargo resolved for the lock file, without what only tests need:
    /// package identifiers, and what each depends on.
    fn resolved() -> BTreeMap<String, Vec<String>> {
        let metadata = cargo_metadata();
        let names: BTreeMap<_, _> = array(&metadata["packages"])
            .map(|package| (string(&package["id"]), string(&package["name"])))
            .collect();
        let mut graph = BTreeMap::new();
        for node in array(&metadata["resolve"]["nodes"]) {
            let needed = array(&node["deps"])
                .filter(|dependency| {
                    array(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev")
                })
                .map(|dependency| names[&string(&dependency["pkg"])].clone())
                .collect::<Vec<_>>();
            graph
                .entry(names[&string(&node["id"])].clone())
                .or_insert_with(Vec::new)
                .extend(needed);
        }
        graph
    }

    fn array(value: &Value) -> impl Iterator<Item = &Value> {
        value.as_array().expect("a list in cargo's metadata").iter()
    }

    fn string(value: &Value) -> String {
        value
            .as_str()
            .expect("a text in cargo's metadata")
            .to_owned()
    }

    #[test]
    fn nothing_below_the_engine_sees_it_by_any_way() {
        let mut graph = resolved();
        assert!(
            reaches(&graph, "tollgate-engine", "wasmtime"),
            "the search finds what is there"
        );
        // Whether anybody asks for the feature is not what is looked for here: there must be no other way.
        for (room, allowed, _) in WITH_A_FEATURE {
            let needed = graph.get_mut(&format!("tollgate-{room}"));
            needed
                .expect("a room of the workspace")
                .retain(|package| package != allowed);
        }
        for folder in NO_ENGINE {
            let package = format!("tollgate-{folder}");
            assert!(
                !reaches(&graph, &package, "wasmtime"),
                "{package} reaches wasmtime"
            );
        }
    }

    fn reaches(graph: &BTreeMap<String, Vec<String>>, from: &str, family: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.to_owned()];
        while let Some(package) = open.pop() {
            if seen.insert(package.clone()) {
                open.extend(graph.get(&package).into_iter().flatten().cloned());
            }
        }
        seen.iter().any(|package| package.starts_with(family))
    }

    const ROOT: &str = r#"
        [workspace]
        members = []
        [workspace.dependencies]
        tollgate-engine = { path = "host/engine" }
        tollgate-policy = { path = "host/policy" }
        borrowed = { package = "tollgate-bridge", path = "host/bridge" }
        tokio = "1"
        wasmtime = "48"
    "#;

    fn planted(folder: &str, name: &str, dependencies: &str) -> Vec<String> {
        let manifest = format!("[package]\nname = {name:?}\n{dependencies}");
        faults(&Manifests::planted(ROOT, &[(folder, &manifest)]))
    }

    #[test]
    fn an_arrow_downwards_is_found_in_every_spelling() {
        let below = "host/engine depends on host/bridge, which is not above it";
        for dependencies in [
            "[dependencies]\ntollgate-bridge = { path = \"../bridge\" }",
            "[dependencies]\nborrowed.workspace = true",
            "[dependencies]\ninnocent = { package = \"tollgate-bridge\", version = \"1\" }",
            "[dependencies]\ninnocent = { path = \"../bridge\" }",
            "[dev-dependencies]\ntollgate-bridge = \"1\"",
            "[build-dependencies]\ntollgate-bridge = \"1\"",
            "[target.'cfg(unix)'.dependencies]\ntollgate-bridge = \"1\"",
        ] {
            assert_eq!(
                planted("host/engine", "tollgate-engine", dependencies),
                [below],
                "{dependencies}"
            );
        }
    }

    #[test]
    fn an_arrow_upwards_is_none_of_our_business() {
        let dependencies =
            "[dependencies]\ntollgate-policy.workspace = true\nwasmtime.workspace = true";
        assert_eq!(
            planted("host/engine", "tollgate-engine", dependencies),
            NONE
        );
    }

    #[test]
    fn what_a_room_must_not_know_is_found() {
        for (folder, package, banned) in [
            ("policy", "tokio", "tokio*"),
            ("vfs", "wasmtime", "wasmtime*"),
            ("audit", "wasmtime", "wasmtime*"),
        ] {
            let dependencies = format!("[dependencies]\n{package}.workspace = true");
            assert_eq!(
                planted(
                    &format!("host/{folder}"),
                    &format!("tollgate-{folder}"),
                    &dependencies
                ),
                [format!(
                    "host/{folder} must not know {package} (banned: {banned})"
                )]
            );
        }
    }

    #[test]
    fn what_a_room_may_have_with_a_feature_it_has_by_no_other_way() {
        let with = "[dependencies]\nwasmtime = { workspace = true, optional = true }";
        assert_eq!(planted("host/protocol", "tollgate-protocol", with), NONE);
        assert_eq!(planted("host/vfs", "tollgate-vfs", with).len(), 1);
        for dependencies in [
            "[dependencies]\nwasmtime.workspace = true",
            "[dev-dependencies]\nwasmtime = { workspace = true, optional = true }",
            "[dependencies]\nwasmtime-wasi = { version = \"48\", optional = true }",
        ] {
            assert_eq!(
                planted("host/protocol", "tollgate-protocol", dependencies).len(),
                1,
                "{dependencies}"
            );
        }
    }

    #[test]
    fn a_crate_that_the_table_does_not_know_is_found() {
        assert_eq!(
            planted("host/attic", "tollgate-attic", ""),
            ["host/attic is not in the table of rooms"]
        );
        assert_eq!(
            planted("host/policy", "tollgate-attic", ""),
            [r#"host/policy is called Some("tollgate-attic"), and not tollgate-policy"#]
        );
    }

    #[test]
    fn a_dependency_of_a_banned_family_is_found_by_key_and_by_package() {
        for dependencies in [
            "[dependencies]\nfancy-agent = \"1\"",
            "[dependencies]\nx = { package = \"agent-client\", version = \"1\" }",
            "[dev-dependencies]\nacp = \"1\"",
            "[target.'cfg(unix)'.build-dependencies]\nweb-session = \"1\"",
            "[dependencies]\nmySESSION = \"1\"",
        ] {
            let manifests = Manifests::planted(ROOT, &[("tests", dependencies)]);
            assert_eq!(banned_families(&manifests).len(), 1, "{dependencies}");
        }
        let root = "[workspace.dependencies]\nagent = \"1\"";
        assert_eq!(
            banned_families(&Manifests::planted(root, &[])),
            ["the workspace depends on agent (as agent)"]
        );
        assert_eq!(banned_families(&Manifests::planted(ROOT, &[])), NONE);
    }
}
