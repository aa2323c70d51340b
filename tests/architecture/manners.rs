//! `unsafe`, and exemptions from lints.

use proc_macro2::{TokenStream, TokenTree};

use crate::sanctioned::Sanction;
use crate::sources::Sources;
use crate::tree::{Tree, What};

/// Where `unsafe` may stand: one folder, for loading artifacts that this very
/// host compiled.
const UNSAFE: Option<&str> = Some("host/engine/src/cache/artifact");

/// The lints that `clippy.toml` fills with the guards' own bans.
const BANS: [&str; 3] = [
    "clippy::disallowed_methods",
    "clippy::disallowed_types",
    "clippy::disallowed_macros",
];

/// Every `unsafe` in any source, tests included, outside the folder for it:
/// the word as code, wherever it stands, within macros too.
fn unsafe_code(sources: &Sources, folder: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources.iter() {
        if folder.is_some_and(|folder| path.starts_with(&format!("{folder}/"))) {
            continue;
        }
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        for line in lines_of(tokens, "unsafe") {
            found.push(format!("{path}:{line}"));
        }
    }
    found
}

fn lines_of(tokens: TokenStream, word: &str) -> Vec<usize> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) if ident == word => vec![ident.span().start().line],
            TokenTree::Group(group) => lines_of(group.stream(), word),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
        })
        .collect()
}

/// Exemptions that say no reason, and those from `unsafe_code` outside the
/// folder for it.
fn exemptions(tree: &Tree, folder: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for occurrence in &tree.occurrences {
        let What::Exemption { lint, reason } = &occurrence.what else {
            continue;
        };
        let at = format!("{}:{}", occurrence.file, occurrence.line);
        if !reason {
            found.push(format!("{at}: {lint} without a reason"));
        }
        if lint == "unsafe_code"
            && !folder.is_some_and(|folder| occurrence.file.starts_with(&format!("{folder}/")))
        {
            found.push(format!("{at}: {lint} outside the one place"));
        }
    }
    found
}

/// Exemptions from the bans themselves, where there is nothing to be exempt
/// from: in production code outside every sanctioned folder.
fn exempt_from_bans(tree: &Tree, sanctions: &[Sanction]) -> Vec<String> {
    tree.occurrences
        .iter()
        .filter(|occurrence| !occurrence.test)
        .filter_map(|occurrence| match &occurrence.what {
            What::Exemption { lint, .. } if BANS.contains(&lint.as_str()) => {
                Some((occurrence, lint))
            }
            _ => None,
        })
        .filter(|(occurrence, _)| {
            !sanctions
                .iter()
                .any(|sanction| sanction.covers(&occurrence.file))
        })
        .map(|(occurrence, lint)| format!("{}:{}: {lint}", occurrence.file, occurrence.line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::{Manifests, lookup};
    use crate::sanctioned::SANCTIONS;
    use tollgate_tests::repository;

    use crate::sources::{files_named, relative};

    const NONE: [&str; 0] = [];

    fn planted(text: &str) -> Sources {
        Sources::planted(&[("host/x/src/lib.rs", text)])
    }

    #[test]
    fn unsafe_stands_nowhere_but_in_its_one_place() {
        assert_eq!(unsafe_code(&Sources::of_repository(), UNSAFE), NONE);
    }

    #[test]
    fn every_exemption_from_a_lint_says_why() {
        assert_eq!(
            exemptions(&Tree::of(&Sources::of_repository()), UNSAFE),
            NONE
        );
    }

    #[test]
    fn only_sanctioned_folders_are_exempt_from_the_bans() {
        assert_eq!(
            exempt_from_bans(&Tree::of(&Sources::of_repository()), SANCTIONS),
            NONE
        );
    }

    #[test]
    fn every_crate_takes_the_lints_of_the_workspace() {
        let manifests = Manifests::of_repository();
        for (folder, manifest) in &manifests.members {
            // Guests are written against other rules: their panics are tests.
            if folder == "components" {
                continue;
            }
            let inherits = lookup(manifest, &["lints", "workspace"]).and_then(toml::Value::as_bool);
            assert_eq!(inherits, Some(true), "{folder} has lints of its own");
        }
    }

    /// Clippy reads the nearest `clippy.toml`: one in a crate would hide ours.
    #[test]
    fn no_crate_brings_its_own_clippy_configuration() {
        let host = repository().join("host");
        for name in ["clippy.toml", ".clippy.toml"] {
            let found: Vec<_> = files_named(&host, name)
                .iter()
                .map(|path| relative(&host, path))
                .collect();
            assert_eq!(found, NONE);
        }
    }

    #[test]
    fn planted_unsafe_is_found_in_every_spelling() {
        for text in [
            "fn f() { unsafe { g() } }",
            "unsafe fn f() {}",
            "unsafe impl Send for X {}",
            "unsafe trait T {}",
            "unsafe extern \"C\" { fn f(); }",
            "#[unsafe(no_mangle)] fn f() {}",
            "macro_rules! m { () => { unsafe { g() } } }",
            "fn f() { m!(unsafe { g() }) }",
            "#[cfg(test)] mod tests { fn f() { unsafe { g() } } }",
        ] {
            assert_eq!(
                unsafe_code(&planted(text), None),
                ["host/x/src/lib.rs:1"],
                "{text}"
            );
            assert_eq!(
                unsafe_code(&planted(text), Some("host/x/src")),
                NONE,
                "{text}"
            );
        }
    }

    #[test]
    fn the_word_unsafe_in_text_is_no_unsafe() {
        let text = "//! unsafe\n/// unsafe { }\n// unsafe\nfn f() { g(\"unsafe { }\") }\n#![allow(unsafe_code)]";
        assert_eq!(unsafe_code(&planted(text), None), NONE);
    }

    #[test]
    fn planted_exemptions_without_a_reason_are_found() {
        for text in [
            "#[allow(dead_code)] fn f() {}",
            "#![allow(dead_code)]",
            "#[expect(dead_code)] fn f() {}",
            "#[allow(dead_code, reason = \"\")] fn f() {}",
            "#[allow(dead_code, reason = \" \")] fn f() {}",
            "#[cfg_attr(unix, allow(dead_code))] fn f() {}",
            "fn f() { #[allow(dead_code)] let x = 1; }",
            "#[cfg(test)] mod tests { #![allow(dead_code)] }",
            "struct S { #[allow(dead_code)] field: u8 }",
            "impl S { #[allow(dead_code)] fn f() {} }",
        ] {
            assert_eq!(
                exemptions(&Tree::of(&planted(text)), None),
                ["host/x/src/lib.rs:1: dead_code without a reason"],
                "{text}"
            );
        }
        let reasoned = "#[expect(dead_code, reason = \"used by the next release\")] fn f() {}";
        assert_eq!(exemptions(&Tree::of(&planted(reasoned)), None), NONE);
    }

    #[test]
    fn a_planted_exemption_from_the_lint_on_unsafe_is_found() {
        let text = "#![expect(unsafe_code, reason = \"fast\")]";
        let tree = Tree::of(&planted(text));
        assert_eq!(
            exemptions(&tree, None),
            ["host/x/src/lib.rs:1: unsafe_code outside the one place"]
        );
        assert_eq!(exemptions(&tree, Some("host/x/src")), NONE);
    }

    #[test]
    fn a_planted_exemption_from_the_bans_is_found_outside_the_sanctioned_folders() {
        let text = "#![expect(clippy::disallowed_methods, reason = \"in a hurry\")]";
        let tree = Tree::of(&planted(text));
        assert_eq!(
            exempt_from_bans(&tree, &[]),
            ["host/x/src/lib.rs:1: clippy::disallowed_methods"]
        );
        let sanction = Sanction {
            class: crate::classes::Class::Fs,
            folder: "host/x/src",
            reason: "for this test",
        };
        assert_eq!(exempt_from_bans(&tree, &[sanction]), NONE);
        let in_test = "#[cfg(test)] mod tests { #![expect(clippy::disallowed_methods, reason = \"files of a test\")] }";
        assert_eq!(exempt_from_bans(&Tree::of(&planted(in_test)), &[]), NONE);
    }
}
