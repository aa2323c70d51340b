use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// Files by path, links by path with where they lead, and paths behind links that lead out.
#[derive(Default)]
struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    links: BTreeMap<String, String>,
    outside: BTreeSet<String>,
    asked: std::cell::Cell<u32>,
}

impl Tree {
    fn of(files: &[(&str, &str)]) -> Self {
        Self {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
            ..Self::default()
        }
    }

    fn followed(&self, path: &str) -> String {
        self.asked.set(self.asked.get() + 1);
        assert!(
            path.starts_with('/') && path::resolve("/", path) == path,
            "{path}"
        );
        self.links
            .get(path)
            .cloned()
            .unwrap_or_else(|| path.to_owned())
    }
}

impl Files for Tree {
    fn kind(&self, path: &str) -> Kind {
        if self.outside.contains(path) {
            return Kind::Outside;
        }
        let path = self.followed(path);
        if self.files.contains_key(&path) {
            Kind::File
        } else if self.files.keys().any(|file| path::is_beneath(file, &path)) {
            Kind::Directory
        } else {
            Kind::Missing
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        let bytes = self
            .files
            .get(&self.followed(path))
            .ok_or(FileError::Missing)?;
        if bytes.len() > max {
            return Err(FileError::TooLong { max });
        }
        Ok(bytes.clone())
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        Ok(self.followed(path))
    }
}

fn resolver(tree: Tree) -> Resolver<Tree> {
    let settings = Settings {
        root: "/program/".to_owned(),
        builtins: ["fs", "node:test", "tollgate:bridge"]
            .map(str::to_owned)
            .into(),
        conditions: BTreeSet::new(),
    };
    Resolver::new(tree, settings)
}

fn path_of(found: Result<Resolved, ResolveError>) -> String {
    match found {
        Ok(Resolved::File(module)) => module.path,
        Ok(Resolved::Builtin(name)) => name,
        Err(error) => error.code().to_owned(),
    }
}

const FROM: &str = "/program/a.ts";

#[test]
fn a_missing_file_of_javascript_is_the_typescript_that_it_is_made_from() {
    let mut resolver = resolver(Tree::of(&[
        (
            "/program/package.json",
            r##"{"name":"p","type":"module","imports":{"#d/*":"./src/*.js"},"exports":{"./*":"./src/*.js"}}"##,
        ),
        ("/program/src/one.ts", ""),
        ("/program/src/two.mts", ""),
        ("/program/src/three.cts", ""),
        ("/program/src/four.js", ""),
        ("/program/src/four.ts", ""),
        ("/program/src/five/index.ts", ""),
        (
            "/program/node_modules/m/package.json",
            r#"{"main":"./main.js"}"#,
        ),
        ("/program/node_modules/m/main.ts", ""),
    ]));
    for (specifier, expected) in [
        ("./src/one.js", "/program/src/one.ts"),
        ("./src/one.ts", "/program/src/one.ts"),
        ("./src/two.mjs", "/program/src/two.mts"),
        ("./src/three.cjs", "/program/src/three.cts"),
        ("./src/four.js", "/program/src/four.js"),
        ("./src/four.ts", "/program/src/four.ts"),
        ("#d/one", "/program/src/one.ts"),
        ("p/one", "/program/src/one.ts"),
        ("m", "/program/node_modules/m/main.ts"),
    ] {
        assert_eq!(
            path_of(resolver.import(specifier, FROM)),
            expected,
            "{specifier}"
        );
        assert_eq!(
            path_of(resolver.require(specifier, FROM, &[])),
            expected,
            "{specifier}"
        );
    }
    for specifier in ["./src/one", "./src/two.js", "./src/five", "./src/one.jsx"] {
        assert_eq!(
            path_of(resolver.require(specifier, FROM, &[])),
            "MODULE_NOT_FOUND",
            "{specifier}"
        );
    }
}

#[test]
fn a_name_and_its_package_say_how_it_is_read() {
    let mut resolver = resolver(Tree::of(&[
        ("/program/package.json", "{}"),
        ("/program/a.js", ""),
        ("/program/a.ts", ""),
        ("/program/a.mts", ""),
        ("/program/a.cts", ""),
        ("/program/a.wasm", ""),
        ("/program/a.tsx", ""),
        ("/program/a.json", ""),
        ("/program/m/package.json", r#"{"type":"module"}"#),
        ("/program/m/a.ts", ""),
        ("/program/m/a", ""),
    ]));
    for (specifier, format, typescript) in [
        ("./a.js", Format::Detect, false),
        ("./a.ts", Format::Detect, true),
        ("./a.mts", Format::Module, true),
        ("./a.cts", Format::CommonJs, true),
        ("./a.json", Format::Json, false),
        ("./m/a.ts", Format::Module, true),
        ("./m/a", Format::Module, false),
    ] {
        let Ok(Resolved::File(module)) = resolver.import(specifier, FROM) else {
            panic!("{specifier}")
        };
        assert_eq!(
            (module.format, module.typescript),
            (format, typescript),
            "{specifier}"
        );
    }
    assert_eq!(
        path_of(resolver.import("./a.wasm", FROM)),
        "ERR_UNKNOWN_FILE_EXTENSION"
    );
    assert_eq!(
        path_of(resolver.import("./a.tsx", FROM)),
        "ERR_UNKNOWN_FILE_EXTENSION"
    );
}

#[test]
fn a_link_that_leads_out_is_an_error_of_its_own() {
    let mut tree = Tree::of(&[
        ("/program/in.js", ""),
        ("/elsewhere/x.js", ""),
        ("/program/node_modules/ok/index.js", ""),
    ]);
    tree.links
        .insert("/program/link.js".into(), "/elsewhere/x.js".into());
    tree.links
        .insert("/program/inside.js".into(), "/program/in.js".into());
    tree.outside.insert("/program/node_modules/out".into());
    tree.outside.insert("/program/told.js".into());
    let mut resolver = resolver(tree);
    for specifier in ["./link.js", "./told.js", "out"] {
        assert_eq!(
            path_of(resolver.import(specifier, FROM)),
            "ERR_TOLLGATE_LINK_OUTSIDE",
            "{specifier}"
        );
        assert_eq!(
            path_of(resolver.require(specifier, FROM, &[])),
            "ERR_TOLLGATE_LINK_OUTSIDE",
            "{specifier}"
        );
    }
    assert_eq!(
        path_of(resolver.import("./inside.js", FROM)),
        "/program/in.js"
    );
    assert_eq!(
        path_of(resolver.import("/elsewhere/x.js", FROM)),
        "ERR_MODULE_NOT_FOUND"
    );
    assert_eq!(
        path_of(resolver.require("/elsewhere/x.js", FROM, &[])),
        "MODULE_NOT_FOUND"
    );
    assert_eq!(
        path_of(resolver.import("ok", FROM)),
        "/program/node_modules/ok/index.js"
    );
}

#[test]
fn machine_code_and_what_is_no_file_are_refused() {
    let mut resolver = resolver(Tree::of(&[
        ("/program/a.node", ""),
        ("/program/d/index.node", ""),
    ]));
    for specifier in ["./a.node", "./a", "./d"] {
        assert_eq!(
            path_of(resolver.require(specifier, FROM, &[])),
            "ERR_DLOPEN_FAILED",
            "{specifier}"
        );
    }
    for specifier in ["data:text/javascript,1", "https://x/y", "blob:x"] {
        assert_eq!(
            path_of(resolver.import(specifier, FROM)),
            "ERR_UNSUPPORTED_ESM_URL_SCHEME"
        );
    }
    assert_eq!(
        path_of(resolver.require("test", FROM, &[])),
        "MODULE_NOT_FOUND"
    );
    assert_eq!(path_of(resolver.require("node:test", FROM, &[])), "test");
    assert_eq!(path_of(resolver.import("fs", FROM)), "fs");
}

#[test]
fn errors_are_in_nodes_words() {
    let mut resolver = resolver(Tree::of(&[
        ("/program/lib/index.js", ""),
        ("/program/node_modules/p/lib.js", ""),
    ]));
    let stack = [FROM, "/program/main.js"];
    assert_eq!(
        resolver
            .require("./x", FROM, &stack)
            .unwrap_err()
            .to_string(),
        "Cannot find module './x'\nRequire stack:\n- /program/a.ts\n- /program/main.js"
    );
    for (specifier, expected) in [
        ("x", "Cannot find package 'x' imported from /program/a.ts"),
        (
            "./lib",
            "Directory import '/program/lib' is not supported resolving ES modules imported from /program/a.ts\nDid you mean to import \"./lib/index.js\"?",
        ),
        (
            "./lib/index",
            "Cannot find module '/program/lib/index' imported from /program/a.ts\nDid you mean to import \"./lib/index.js\"?",
        ),
        (
            "p/lib",
            "Cannot find module '/program/node_modules/p/lib' imported from /program/a.ts\nDid you mean to import \"p/lib.js\"?",
        ),
    ] {
        assert_eq!(
            resolver.import(specifier, FROM).unwrap_err().to_string(),
            expected
        );
    }
}

#[test]
fn an_entry_is_found_as_on_the_command_line() {
    let mut resolver = resolver(Tree::of(&[
        ("/program/package.json", r#"{"main":"lib/m.mjs"}"#),
        ("/program/lib/m.mjs", ""),
        ("/program/a.ts", ""),
    ]));
    for (path, expected) in [
        ("/program", "/program/lib/m.mjs"),
        ("/program/a.ts", "/program/a.ts"),
        ("/program/a.js", "/program/a.ts"),
        ("/program/lib/../a.ts", "/program/a.ts"),
    ] {
        assert_eq!(resolver.entry(path).unwrap().path, expected);
    }
    assert_eq!(
        resolver.entry("/program/x").unwrap_err().to_string(),
        "Cannot find module '/program/x'"
    );
}

#[test]
fn what_a_program_sizes_is_bounded() {
    let long = "x".repeat(LONGEST_SPECIFIER + 1);
    let deep = format!("/program{}/a.js", "/x".repeat(1500));
    let stars = format!(r#"{{"exports":{{"./*":"./{}"}}}}"#, "*".repeat(100_000));
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(LONGEST_PACKAGE_FILE));
    let mut resolver = resolver(Tree::of(&[
        ("/program/node_modules/stars/package.json", &stars),
        ("/program/node_modules/large/package.json", &large),
    ]));
    assert_eq!(
        path_of(resolver.import(&long, FROM)),
        "ERR_INVALID_MODULE_SPECIFIER"
    );
    assert_eq!(
        path_of(resolver.import(&format!("stars/{}", "y".repeat(3000)), FROM)),
        "ERR_TOLLGATE_RESOLUTION_LIMIT"
    );
    assert_eq!(
        path_of(resolver.import("large", FROM)),
        "ERR_INVALID_PACKAGE_CONFIG"
    );
    for found in [
        resolver.require("gone", &deep, &[]),
        resolver.import("gone", &deep),
    ] {
        assert!(found.is_err());
    }
    resolver.files().asked.set(0);
    assert!(resolver.require("gone", &deep, &[]).is_err());
    assert!(resolver.files().asked.get() <= MOST_LOOKUPS);
}

#[test]
fn a_folder_that_cannot_be_is_not_walked() {
    let mut resolver = resolver(Tree::default());
    let from = format!("{}b", "/a".repeat(1 << 20));
    for found in [
        resolver.require("c", &from, &[]),
        resolver.import("c", &from),
    ] {
        assert_eq!(path_of(found), "ERR_TOLLGATE_RESOLUTION_LIMIT");
    }
    assert_eq!(resolver.files().asked.get(), 0);
}

#[test]
fn a_package_is_read_once() {
    let mut resolver = resolver(Tree::of(&[
        ("/program/package.json", r#"{"type":"module"}"#),
        ("/program/a.js", ""),
    ]));
    assert!(resolver.import("./a.js", FROM).is_ok());
    resolver.files().asked.set(0);
    assert!(resolver.import("./a.js", FROM).is_ok());
    // One look at the file, one at its real path.
    assert_eq!(resolver.files().asked.get(), 2);
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1".to_owned()),
        "(\\./|\\.\\./|/|#)?[a*./%2e:]{0,8}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(
                ("(\\.|\\./|#)?[a*/]{0,4}|import|require|default|1", inner),
                0..4
            )
            .prop_map(|fields| {
                let fields: Vec<_> = fields
                    .into_iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_outside_of_the_root_is_ever_found(
        exports in json(),
        imports in json(),
        main in json(),
        specifier in "(\\.{0,2}/|#|a/?|file:///|node:|self/?)?[a*./%2e?#:@\\\\ \n]{0,10}",
        from in "/program(/a|/node_modules/a|/\\.\\.){0,3}/a\\.js",
    ) {
        let package = format!(r#"{{"name":"self","exports":{exports},"imports":{imports},"main":{main}}}"#);
        let mut resolver = resolver(Tree::of(&[
            ("/program/package.json", &package),
            ("/program/node_modules/a/package.json", &package),
            ("/program/a.js", ""), ("/program/a/a.js", ""), ("/program/node_modules/a/a", ""), ("/program/node_modules/a/index.js", ""),
            ("/a", ""), ("/a.js", ""), ("/package.json", r#"{"exports":"./a.js"}"#), ("/node_modules/a/index.js", ""),
        ]));
        let found = [resolver.require(&specifier, &from, &[&from]), resolver.import(&specifier, &from)];
        for found in found.into_iter().flatten() {
            if let Resolved::File(module) = found {
                prop_assert!(module.path.starts_with("/program/"), "{}", module.path);
            }
        }
    }
}

#[test]
fn a_module_of_the_runtimes_own_is_found_by_its_whole_name_alone() {
    let mut resolver = resolver(Tree::of(&[
        (
            "/program/node_modules/tollgate:bridge/index.js",
            "module.exports = 'taken'",
        ),
        ("/program/node_modules/tollgate/bridge.js", ""),
    ]));
    for (specifier, required, imported) in [
        ("tollgate:bridge", "tollgate:bridge", "tollgate:bridge"),
        (
            "tollgate/bridge",
            "/program/node_modules/tollgate/bridge.js",
            "ERR_MODULE_NOT_FOUND",
        ),
        (
            "node:tollgate:bridge",
            "ERR_UNKNOWN_BUILTIN_MODULE",
            "ERR_UNKNOWN_BUILTIN_MODULE",
        ),
        (
            "tollgate:other",
            "MODULE_NOT_FOUND",
            "ERR_UNSUPPORTED_ESM_URL_SCHEME",
        ),
        ("fs", "fs", "fs"),
    ] {
        assert_eq!(path_of(resolver.require(specifier, FROM, &[])), required);
        assert_eq!(path_of(resolver.import(specifier, FROM)), imported);
    }
}
