//! Modules of a crate that need each other, directly or in a ring.
//!
//! In a ring no module can be read, tested or moved without the others, and
//! one more import makes it larger without anyone deciding that. So there are
//! none, but for those that are written down below, and that list must be
//! exactly true: a ring that is gone must be struck from it, and a ring that
//! grows is a new one.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Name, Tree, What};

/// The rings that stand, each as the sorted names of its modules.
const STANDING: &[&[&str]] = &[];

/// Modules, and for each the ones that it uses, with a place where it does.
type Graph = BTreeMap<Name, BTreeMap<Name, String>>;

/// Which module uses something of which other one. The nodes are files: what
/// is written in one file is read as one. Re-exports (`pub use`) are left out:
/// a façade that names what is within does not need it. So are definitions of
/// macros, whose paths are those of whoever calls them.
fn graph(tree: &Tree) -> Graph {
    let mut graph = Graph::new();
    for module in tree
        .modules
        .iter()
        .filter(|(_, module)| !module.test)
        .map(|(name, _)| name)
    {
        graph.entry(file_module(tree, module)).or_default();
    }
    for occurrence in &tree.occurrences {
        let (What::Path(written)
        | What::Import(written)
        | What::Glob(written)
        | What::Macro(written)) = &occurrence.what
        else {
            continue;
        };
        if occurrence.test || occurrence.reexport || occurrence.defining {
            continue;
        }
        let from = file_module(tree, &occurrence.module);
        for meaning in tree.meanings(&occurrence.module, written) {
            if let Some(to) = module_of(tree, &meaning)
                && to != from
                && to[0] == from[0]
            {
                let place = format!(
                    "{}:{}: {}",
                    occurrence.file,
                    occurrence.line,
                    meaning.join("::")
                );
                graph
                    .entry(from.clone())
                    .or_default()
                    .entry(to)
                    .or_insert(place);
            }
        }
    }
    graph
}

/// The module of the workspace that `name` is, or is defined in.
fn module_of(tree: &Tree, name: &Name) -> Option<Name> {
    let inside = |length: usize| tree.modules.get(&name[..length]);
    let length = (1..=name.len())
        .rev()
        .find(|length| inside(*length).is_some())?;
    let module = inside(length)?;
    // A longer name that the module does not define is a guess of the search.
    let defined = name
        .get(length)
        .is_none_or(|item| module.items.contains(item));
    (defined && !module.test).then(|| file_module(tree, &name[..length].to_vec()))
}

/// The module that is the whole file in which `name` stands.
fn file_module(tree: &Tree, name: &Name) -> Name {
    let file = &tree.modules[name].file;
    let length = (1..=name.len())
        .find(|length| {
            tree.modules
                .get(&name[..*length])
                .is_some_and(|module| module.file == *file)
        })
        .expect("a module stands in its own file");
    name[..length].to_vec()
}

/// The groups of more than one module that all reach each other.
fn rings(graph: &Graph) -> BTreeSet<Vec<String>> {
    let reach: BTreeMap<_, _> = graph
        .keys()
        .map(|name| (name, reachable(graph, name)))
        .collect();
    graph
        .keys()
        .map(|name| {
            reach[name]
                .iter()
                .filter(|other| reach.get(other).is_some_and(|back| back.contains(name)))
                .map(|member| member.join("::"))
                .collect::<Vec<_>>()
        })
        .filter(|ring| ring.len() > 1)
        .collect()
}

fn reachable(graph: &Graph, from: &Name) -> BTreeSet<Name> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(name) = open.pop() {
        for next in graph.get(&name).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen
}

/// The arrows within `ring`, each with a place to begin taking it apart.
fn arrows(graph: &Graph, ring: &[String]) -> String {
    let within = |name: &Name| ring.contains(&name.join("::"));
    graph
        .iter()
        .filter(|(from, _)| within(from))
        .flat_map(|(from, targets)| targets.iter().map(move |(to, place)| (from, to, place)))
        .filter(|(_, to, _)| within(to))
        .map(|(from, to, place)| {
            format!("\n  {} needs {} ({place})", from.join("::"), to.join("::"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Sources;

    fn rings_in(files: &[(&str, &str)]) -> BTreeSet<Vec<String>> {
        rings(&graph(&Tree::of(&Sources::planted(files))))
    }

    fn ring(names: &[&str]) -> BTreeSet<Vec<String>> {
        BTreeSet::from([names.iter().map(|name| (*name).to_owned()).collect()])
    }

    #[test]
    fn the_rings_of_modules_are_exactly_those_that_are_written_down() {
        let graph = graph(&Tree::of(&Sources::of_repository()));
        let found = rings(&graph);
        let standing: BTreeSet<Vec<String>> = STANDING
            .iter()
            .map(|ring| ring.iter().map(|name| (*name).to_owned()).collect())
            .collect();
        let grown: Vec<_> = found
            .difference(&standing)
            .map(|ring| arrows(&graph, ring))
            .collect();
        let gone: Vec<_> = standing.difference(&found).collect();
        let lines: String = found
            .iter()
            .map(|ring| format!("\n    &{ring:?},"))
            .collect();
        assert!(
            grown.is_empty(),
            "modules that need each other:{}\nWith these, the list would be:{lines}",
            grown.join("\nand")
        );
        assert!(
            gone.is_empty(),
            "rings that are gone and still listed: {gone:#?}"
        );
    }

    #[test]
    fn the_graph_is_of_something() {
        let graph = graph(&Tree::of(&Sources::of_repository()));
        let arrows: usize = graph.values().map(BTreeMap::len).sum();
        assert!(
            graph.len() >= 30 && arrows >= 30,
            "{} modules, {arrows} arrows",
            graph.len()
        );
    }

    const LIB: (&str, &str) = ("host/x/src/lib.rs", "mod a; mod b; mod c;");

    #[test]
    fn a_ring_of_two_is_found() {
        let files = [
            LIB,
            ("host/x/src/a.rs", "use crate::b::B; pub struct A(B);"),
            (
                "host/x/src/b.rs",
                "pub struct B; fn f() -> Option<super::a::A> { None }",
            ),
            (
                "host/x/src/c.rs",
                "use crate::a::A; use crate::b::B; fn f(_: A, _: B) {}",
            ),
        ];
        assert_eq!(rings_in(&files), ring(&["tollgate_x::a", "tollgate_x::b"]));
    }

    #[test]
    fn a_ring_is_found_through_re_exports_macros_and_globs() {
        let files = [
            (
                "host/x/src/lib.rs",
                "mod a; mod b; mod c; pub use a::A; pub use c::C as Renamed;",
            ),
            (
                "host/x/src/a.rs",
                "use crate::b::*; pub struct A; fn f() { g() }",
            ),
            ("host/x/src/b.rs", "pub fn g() { vec![crate::Renamed]; }"),
            (
                "host/x/src/c.rs",
                "pub struct C; mod inner { use super::super::A; fn f(_: A) {} }",
            ),
        ];
        assert_eq!(
            rings_in(&files),
            ring(&["tollgate_x::a", "tollgate_x::b", "tollgate_x::c"])
        );
    }

    #[test]
    fn a_parent_and_a_child_that_need_each_other_are_a_ring() {
        let files = [
            (
                "host/x/src/lib.rs",
                "mod a; pub struct Root; fn f() { a::g() }",
            ),
            ("host/x/src/a.rs", "pub fn g() {} fn h(_: crate::Root) {}"),
        ];
        assert_eq!(rings_in(&files), ring(&["tollgate_x", "tollgate_x::a"]));
    }

    #[test]
    fn a_facade_and_what_is_within_are_no_ring() {
        let files = [
            (
                "host/x/src/lib.rs",
                "mod a; mod b; pub use a::A; pub use b::*; pub const LIMIT: u32 = 1;",
            ),
            (
                "host/x/src/a.rs",
                "pub struct A; fn f() -> u32 { crate::LIMIT }",
            ),
            ("host/x/src/b.rs", "pub fn g(_: crate::A) {}"),
        ];
        assert_eq!(rings_in(&files), BTreeSet::new());
    }

    #[test]
    fn a_macro_does_not_need_what_its_callers_are() {
        let files = [
            ("host/x/src/lib.rs", "#[macro_use] mod a; mod b;"),
            (
                "host/x/src/a.rs",
                "macro_rules! m { () => { $crate::b::B } } pub struct A;",
            ),
            (
                "host/x/src/b.rs",
                "pub struct B; fn f(_: crate::a::A) { m!(); }",
            ),
        ];
        assert_eq!(rings_in(&files), BTreeSet::new());
    }

    #[test]
    fn tests_may_look_where_they_like() {
        let files = [
            LIB,
            ("host/x/src/a.rs", "use crate::b::B; pub struct A(B);"),
            (
                "host/x/src/b.rs",
                "pub struct B; #[cfg(test)] mod tests { use crate::a::A; fn f(_: A) {} }",
            ),
            ("host/x/src/c.rs", ""),
        ];
        assert_eq!(rings_in(&files), BTreeSet::new());
    }
}
