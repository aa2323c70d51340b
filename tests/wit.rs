//! `wit/` resolves, says what the host links, and holds WASI exactly as the
//! engine of the lock file ships it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read the repository has nothing else to say"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tollgate_tests::{cargo_metadata, repository};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// One release of WASI, pinned.
struct Release {
    /// Where it lies in the repository: the worlds, and in `deps` the pinned files.
    folder: &'static str,
    /// What every package of its `deps` declares.
    version: &'static str,
    /// Which crate of the engine ships each pinned file, and in which folder.
    pinned: &'static [(&'static str, &'static str, &'static str)],
    /// Every interface that the host links, which is what `everything` imports.
    linked: &'static [&'static str],
}

const RELEASES: [Release; 2] = [
    Release {
        folder: "wit",
        version: "0.2.12",
        pinned: &PINNED,
        linked: &LINKED,
    },
    Release {
        folder: "wit/p3",
        version: "0.3.0",
        pinned: &PINNED_P3,
        linked: &LINKED_P3,
    },
];

const PINNED: [(&str, &str, &str); 7] = [
    ("cli.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("clocks.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("filesystem.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("io.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("random.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("sockets.wit", "wasmtime-wasi", "src/p2/wit/deps"),
    ("http.wit", "wasmtime-wasi-http", "wit/deps"),
];

const PINNED_P3: [(&str, &str, &str); 5] = [
    ("cli.wit", "wasmtime-wasi", "src/p3/wit/deps"),
    ("clocks.wit", "wasmtime-wasi", "src/p3/wit/deps"),
    ("filesystem.wit", "wasmtime-wasi", "src/p3/wit/deps"),
    ("random.wit", "wasmtime-wasi", "src/p3/wit/deps"),
    ("sockets.wit", "wasmtime-wasi", "src/p3/wit/deps"),
];

/// What the host links of 0.3: neither sockets nor HTTP, which it does not serve.
const LINKED_P3: [&str; 19] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/types",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/system-clock",
    "wasi:clocks/types",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];

/// What the host links of 0.2.
const LINKED: [&str; 33] = [
    "tollgate:bridge/module-loading",
    "tollgate:bridge/program",
    "tollgate:host/http-server",
    "tollgate:host/signals",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// The packages of a release, with the unstable features as `bindgen!` has them
/// (all on) or as a guest's tool chain has them (all off).
fn resolved(release: &Release, all_features: bool) -> (Resolve, wit_parser::PackageId) {
    let mut resolve = Resolve {
        all_features,
        ..Resolve::default()
    };
    if release.folder == "wit" {
        resolve
            .push_dir(repository().join("wit/bridge"))
            .unwrap_or_else(|error| panic!("wit/bridge does not resolve: {error:?}"));
    }
    let (package, _) = resolve
        .push_dir(repository().join(release.folder))
        .unwrap_or_else(|error| panic!("{}/ does not resolve: {error:?}", release.folder));
    (resolve, package)
}

fn world(resolve: &Resolve, package: wit_parser::PackageId, name: &str) -> WorldId {
    resolve
        .select_world(&[package], Some(name))
        .unwrap_or_else(|error| panic!("no world {name}: {error:?}"))
}

/// The interfaces among `items`, as `namespace:package/name`; anything that
/// is not an interface of a package fails the test that asks.
fn interfaces<'a>(
    (resolve, release): (&Resolve, &Release),
    items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> BTreeSet<String> {
    items
        .map(|(key, item)| {
            assert!(
                matches!(item, WorldItem::Interface { .. }),
                "{key:?} is no interface"
            );
            let full = resolve.name_world_key(key);
            let (name, version) = full
                .split_once('@')
                .unwrap_or_else(|| panic!("{full} carries no version"));
            // Our own interfaces have versions of their own.
            if !name.starts_with("tollgate:") {
                assert_eq!(
                    version, release.version,
                    "{full} is of another release of WASI"
                );
            }
            name.to_owned()
        })
        .collect()
}

#[test]
fn the_worlds_name_exactly_what_the_host_links() {
    for (release, all_features) in RELEASES
        .iter()
        .flat_map(|release| [(release, false), (release, true)])
    {
        let (resolve, package) = resolved(release, all_features);
        let expected: BTreeSet<String> =
            release.linked.iter().map(|&name| name.to_owned()).collect();

        let everything = &resolve.worlds[world(&resolve, package, "everything")];
        assert_eq!(
            interfaces((&resolve, release), everything.imports.iter()),
            expected
        );
        assert_eq!(
            everything.exports.len(),
            0,
            "the host's offer exports nothing"
        );

        let command = &resolve.worlds[world(&resolve, package, "command")];
        assert_eq!(
            interfaces((&resolve, release), command.imports.iter()),
            expected
        );
        assert_eq!(
            interfaces((&resolve, release), command.exports.iter()),
            BTreeSet::from(["wasi:cli/run".to_owned()])
        );
    }
}

#[test]
fn every_package_of_wasi_is_of_the_one_pinned_release() {
    for release in &RELEASES {
        let (resolve, _) = resolved(release, false);
        let wasi: BTreeMap<_, _> = resolve
            .packages
            .iter()
            .map(|(_, package)| &package.name)
            .filter(|name| name.namespace == "wasi")
            .map(|name| {
                (
                    name.name.as_str(),
                    name.version.as_ref().map(ToString::to_string),
                )
            })
            .collect();
        let names: BTreeSet<_> = wasi.keys().map(|name| format!("{name}.wit")).collect();
        let pinned: BTreeSet<_> = release
            .pinned
            .iter()
            .map(|(file, _, _)| (*file).to_owned())
            .collect();
        assert_eq!(
            names, pinned,
            "a package without a pinned file, or the reverse"
        );
        for (name, version) in wasi {
            assert_eq!(version.as_deref(), Some(release.version), "wasi:{name}");
        }
    }
}

/// Where cargo unpacked each crate of the lock file, by crate name. `--locked`
/// makes a stale lock file an error here instead of a quiet update.
fn unpacked_crates() -> BTreeMap<String, Vec<PathBuf>> {
    let metadata = cargo_metadata();
    let mut crates: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("a list of packages") {
        let name = package["name"].as_str().expect("a package has a name");
        let manifest = package["manifest_path"].as_str().expect("and a manifest");
        let folder = Path::new(manifest).parent().expect("in a folder");
        crates
            .entry(name.to_owned())
            .or_default()
            .push(folder.to_owned());
    }
    crates
}

#[test]
fn the_pinned_files_are_those_of_the_engine_in_the_lock_file() {
    let crates = unpacked_crates();
    for (release, (file, crate_name, folder)) in RELEASES
        .iter()
        .flat_map(|release| release.pinned.iter().map(move |pinned| (release, pinned)))
    {
        let [unpacked] = crates.get(*crate_name).map_or(&[][..], Vec::as_slice) else {
            panic!(
                "the lock file should hold {crate_name} exactly once: {:?}",
                crates.get(*crate_name)
            );
        };
        let read = |path: PathBuf| {
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let ours = repository().join(release.folder).join("deps").join(file);
        assert!(
            read(ours.clone()) == read(unpacked.join(folder).join(file)),
            "{} is not what {crate_name} ships in {folder}: copy that file over it, and raise the \
             release in this test and in the worlds beside it where it changed",
            ours.display()
        );
    }
}

#[test]
fn nothing_but_the_pinned_files_lies_in_deps() {
    for release in &RELEASES {
        let folder = repository().join(release.folder).join("deps");
        let mut found: Vec<_> = std::fs::read_dir(folder)
            .expect("deps exists")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        found.sort();
        let mut pinned: Vec<_> = release
            .pinned
            .iter()
            .map(|(file, _, _)| (*file).to_owned())
            .collect();
        pinned.sort();
        assert_eq!(found, pinned);
    }
}
