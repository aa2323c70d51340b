//! The table of bans against the tree.

use std::collections::BTreeSet;
use std::fmt;

use crate::bans::{METHODS, bans};
use crate::classes::Class;
use crate::sanctioned::{SANCTIONS, Sanction};
use crate::tree::{Occurrence, Tree, What, Written};

/// One use of something that is banned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) class: Class,
    /// What was named, as the tree understands it.
    pub(crate) name: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            class,
            name,
        } = self;
        write!(
            out,
            "{file}:{line}: {}: {name} ({})",
            class.name(),
            class.instead()
        )
    }
}

/// Every use of something banned in production code, sanctioned or not.
pub(crate) fn findings(tree: &Tree) -> BTreeSet<Finding> {
    tree.occurrences
        .iter()
        .filter(|occurrence| !occurrence.test)
        .flat_map(|occurrence| {
            judge(tree, occurrence)
                .into_iter()
                .map(|(class, name)| Finding {
                    file: occurrence.file.clone(),
                    line: occurrence.line,
                    class,
                    name,
                })
        })
        .collect()
}

/// The findings that stand in none of the sanctioned folders.
pub(crate) fn violations(tree: &Tree, sanctions: &[Sanction]) -> Vec<Finding> {
    findings(tree)
        .into_iter()
        .filter(|finding| !sanctioned(finding, sanctions))
        .collect()
}

fn sanctioned(finding: &Finding, sanctions: &[Sanction]) -> bool {
    sanctions
        .iter()
        .any(|sanction| sanction.class == finding.class && sanction.covers(&finding.file))
}

fn judge(tree: &Tree, occurrence: &Occurrence) -> BTreeSet<(Class, String)> {
    let path = |written: &Written, whole| -> BTreeSet<_> {
        tree.meanings(&occurrence.module, written)
            .into_iter()
            .flat_map(|name| {
                bans()
                    .filter(|ban| ban.covers(&name, whole))
                    .map(|ban| (ban.class, name.join("::")))
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    match &occurrence.what {
        // Alone, an unknown name is a variable, and no crate.
        What::Path(written) if written.parts.len() == 1 => {
            let mut judged = path(written, false);
            judged.retain(|(_, name)| *name != written.parts[0]);
            judged
        }
        What::Path(written) | What::Import(written) => path(written, false),
        What::Glob(written) => path(written, true),
        What::Macro(written) => called(tree, occurrence, written, path(written, false)),
        What::Method(name) => METHODS
            .iter()
            .filter(|(_, banned)| banned == name)
            .map(|(class, name)| (*class, format!(".{name}()")))
            .collect(),
        What::Completed(written) => {
            let completed = tree.meanings(&occurrence.module, written).into_iter();
            let hidden = completed
                .filter(|name| bans().any(|ban| ban.lies_in(name)))
                .map(|name| (Class::Hidden, format!("{}::$…", name.join("::"))));
            path(written, true).into_iter().chain(hidden).collect()
        }
        What::Hidden(why) => BTreeSet::from([(Class::Hidden, (*why).to_owned())]),
        What::Foreign(why) => BTreeSet::from([(Class::Raw, (*why).to_owned())]),
        What::ClapEnvironment => BTreeSet::from([(Class::Env, "clap's `env`".to_owned())]),
        What::Exemption { .. } => BTreeSet::new(),
    }
}

/// A macro call. The prelude's macros have no path, and those that pull in
/// other sources, or machine code, have no meaning that a path could tell.
fn called(
    tree: &Tree,
    occurrence: &Occurrence,
    written: &Written,
    mut judged: BTreeSet<(Class, String)>,
) -> BTreeSet<(Class, String)> {
    for name in tree.meanings(&occurrence.module, written) {
        let [.., last] = name.as_slice() else {
            continue;
        };
        let of_the_language =
            matches!(name.as_slice(), [_]) || ["std", "core"].contains(&name[0].as_str());
        match last.as_str() {
            "print" | "println" | "eprint" | "eprintln" | "dbg" if of_the_language => {
                judged.insert((Class::Stdio, format!("{last}!")));
            }
            "include" if of_the_language => {
                judged.insert((
                    Class::Hidden,
                    "include! takes its source from elsewhere".to_owned(),
                ));
            }
            "asm" | "global_asm" | "naked_asm" => {
                judged.insert((Class::Raw, format!("{last}!")));
            }
            _ => {}
        }
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_tests::repository;

    use crate::sources::{Sources, folders};

    /// Fewer production files than this, and the scan looks in the wrong place.
    const AT_LEAST: usize = 30;

    fn listed<T: fmt::Display>(items: &[T]) -> String {
        items.iter().map(|item| format!("\n  {item}")).collect()
    }

    #[test]
    fn host_access_stands_only_in_sanctioned_folders() {
        let tree = Tree::of(&Sources::of_repository());
        let violations = violations(&tree, SANCTIONS);
        assert!(
            violations.is_empty(),
            "host access outside the sanctioned folders:{}",
            listed(&violations)
        );
    }

    #[test]
    fn every_sanction_is_of_a_folder_that_needs_it() {
        let findings = findings(&Tree::of(&Sources::of_repository()));
        for sanction in SANCTIONS {
            let Sanction {
                class,
                folder,
                reason,
            } = sanction;
            assert!(
                !reason.trim().is_empty(),
                "{folder} is sanctioned without a reason"
            );
            assert!(
                repository().join(folder).is_dir(),
                "{folder} is sanctioned, and is no folder"
            );
            assert!(
                findings
                    .iter()
                    .any(|finding| finding.class == *class && sanction.covers(&finding.file)),
                "{folder} is sanctioned for {}, and makes no use of it",
                class.name()
            );
        }
    }

    #[test]
    fn no_sanction_stands_twice_or_within_another() {
        for (index, sanction) in SANCTIONS.iter().enumerate() {
            for other in &SANCTIONS[index + 1..] {
                assert!(
                    sanction.class != other.class
                        || (sanction.folder != other.folder
                            && !sanction.covers(other.folder)
                            && !other.covers(sanction.folder)),
                    "{} and {} say the same",
                    sanction.folder,
                    other.folder
                );
            }
        }
    }

    #[test]
    fn the_scan_sees_every_production_source() {
        let sources = Sources::of_repository();
        let tree = Tree::of(&sources);
        let seen = sources.paths().count();
        assert!(seen >= AT_LEAST, "only {seen} files were found");
        for krate in folders(&repository().join("host")) {
            let prefix = format!("host/{krate}/src/");
            assert!(
                sources.paths().any(|path| path.starts_with(&prefix)),
                "nothing of host/{krate} was seen"
            );
        }
        assert_eq!(
            tree.orphans(&sources),
            Vec::<String>::new(),
            "no `mod` leads to these files"
        );
        assert_eq!(tree.dangling, Vec::<String>::new());
    }
}
