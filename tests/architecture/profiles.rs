//! How the program is built that people get: with no flag that no test was run under.
//!
//! A flag that changes how code is made, and that no test was run under, has hidden undefined behaviour before. So the
//! release profile is cargo's own, but for what lies beside the code, and for how it is linked, which CI runs the tests of
//! the binary on: the binary's own ones, Node's, and those of the protocol.

use toml::{Table, Value};

use tollgate_tests::repository;

use crate::sources::read;

/// What a profile of the release may say: it changes what is in the file beside the code.
const BESIDE_THE_CODE: [&str; 2] = ["debug", "strip"];
/// What the profile `release` may say beside that, because CI tests what comes of it.
const TESTED_AS_RELEASED: [&str; 2] = ["codegen-units", "lto"];
/// Profiles that are built for people, or that numbers are published about.
const PUBLISHED: [&str; 2] = ["release", "bench"];

/// Each key of a published profile that changes the code, and each place that passes flags to the compiler by itself.
fn untested(root: &Table, configuration: &Table) -> Vec<String> {
    let mut found = Vec::new();
    let profiles = root.get("profile").and_then(Value::as_table);
    for (name, profile) in profiles.into_iter().flatten() {
        let inherits = profile.get("inherits").and_then(Value::as_str);
        let published = PUBLISHED.contains(&name.as_str())
            || inherits.is_some_and(|name| PUBLISHED.contains(&name));
        for key in profile.as_table().into_iter().flat_map(Table::keys) {
            let harmless = BESIDE_THE_CODE.contains(&key.as_str())
                || key == "inherits"
                || name == "release" && TESTED_AS_RELEASED.contains(&key.as_str());
            if published && !harmless {
                found.push(format!("profile.{name}.{key}"));
            }
        }
        // Reading hostile bytes relies on a panic that can be caught, in whatever profile.
        if profile.get("panic").is_some() && !published {
            found.push(format!("profile.{name}.panic"));
        }
    }
    flags(configuration, "", &mut found);
    found
}

fn flags(table: &Table, place: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        let place = format!("{place}.{key}");
        if ["rustflags", "rustc", "rustc-wrapper", "profile"].contains(&key.as_str()) {
            found.push(format!("cargo's configuration{place}"));
        } else if let Value::Table(table) = value {
            flags(table, &place, found);
        }
    }
}

/// Cargo's configuration in the repository, where there is one.
fn configuration() -> Table {
    let file = repository().join(".cargo/config.toml");
    if file.exists() {
        parse(&read(&file))
    } else {
        Table::new()
    }
}

fn parse(text: &str) -> Table {
    text.parse().expect("TOML")
}

#[test]
fn a53_the_release_is_built_with_no_flag_that_no_test_was_run_under() {
    let root = parse(&read(&repository().join("Cargo.toml")));
    assert_eq!(untested(&root, &configuration()), Vec::<String>::new());
}

#[test]
fn a53_ci_runs_the_tests_of_the_binary_on_the_release() {
    let ci = read(&repository().join(".ci/test"));
    let at = |text: &str| ci.find(text).expect("a line of CI");
    let released = at("\nstage release release\n");
    assert!(
        at("TOLLGATE_BINARY=$(.ci/release) && export TOLLGATE_BINARY && just test-release")
            < released
    );
    // What they run is the binary of that stage, as long as they come behind it.
    for tests in ["conformance", "differential", "published"] {
        assert!(released < at(&format!("\nstage {tests} ")), "{tests}");
    }
    assert!(read(&repository().join(".ci/release")).contains("cargo build --release --locked"));
}

/// One compiler for all: an exact release.
#[test]
fn a53_the_toolchain_is_one_exact_release() {
    let file = parse(&read(&repository().join("rust-toolchain.toml")));
    let channel = file["toolchain"]["channel"].as_str().expect("a channel");
    assert!(
        channel.split('.').count() == 3
            && channel
                .split('.')
                .all(|number| number.parse::<u32>().is_ok()),
        "{channel}"
    );
}

#[test]
fn a53_what_changes_the_code_is_found_wherever_it_stands() {
    let none = Table::new();
    for (text, key) in [
        ("[profile.bench]\nlto = \"fat\"", "profile.bench.lto"),
        (
            "[profile.release]\npanic = \"abort\"",
            "profile.release.panic",
        ),
        ("[profile.dev]\npanic = \"abort\"", "profile.dev.panic"),
        (
            "[profile.release]\nopt-level = \"z\"",
            "profile.release.opt-level",
        ),
        (
            "[profile.release.package.wasmtime]\nopt-level = 1",
            "profile.release.package",
        ),
        (
            "[profile.dist]\ninherits = \"release\"\ncodegen-units = 1",
            "profile.dist.codegen-units",
        ),
        (
            "[profile.bench]\ndebug-assertions = true",
            "profile.bench.debug-assertions",
        ),
    ] {
        assert_eq!(untested(&parse(text), &none), [key]);
    }
    let allowed = "[profile.release]\ndebug = 1\nstrip = true\nlto = true\n[profile.bench]\ninherits = \"release\"\n[profile.dev]\nopt-level = 1";
    assert!(untested(&parse(allowed), &none).is_empty());
    for text in [
        "[build]\nrustflags = [\"-Ctarget-cpu=native\"]",
        "[target.x86_64-unknown-linux-gnu]\nrustflags = \"\"",
        "[profile.release]\nlto = true",
    ] {
        assert_eq!(untested(&none, &parse(text)).len(), 1, "{text}");
    }
    assert!(untested(&none, &parse("[build]\ntarget-dir = \"elsewhere\"")).is_empty());
}
