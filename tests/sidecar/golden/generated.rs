//! The recorded conversations once more, said by a client that knows of the protocol what its schema says: a generator of
//! others makes it, in another language (`tests/sidecar/generated`). What this side and ours both read wrong is seen here.
//!
//! The generator is fetched with `tests/languages/npm/fetch tests/sidecar/generated`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tollgate_tests::packages::fetched;
use tollgate_tests::scene;

use super::{beside, judged};
use crate::support::{python_cache, sidecar};

const PINS: &[u8] = include_bytes!("../generated/package-lock.json");
const PROGRAM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/sidecar/generated/main.mjs"
);

/// The variables that a command sets.
fn environment(command: &Command) -> Value {
    command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn a_client_generated_from_the_schema_gets_through_the_recorded_conversations() {
    let places = (
        beside("TOLLGATE_GOLDEN", "golden"),
        beside("TOLLGATE_SCHEMA", "seeds/sidecar-protocol.md"),
    );
    let (Some(golden), Some(schema)) = places else {
        return;
    };
    let Some(modules) = fetched("package-lock.json", PINS) else {
        eprintln!(
            "SKIPPED: the generator is not in the cache (`tests/languages/npm/fetch tests/sidecar/generated` brings it)"
        );
        return;
    };
    let scene = scene!();
    let mut command = sidecar(&scene, &[]);
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_str().unwrap().to_owned())
        .collect();
    let env = environment(&command);
    let python = python_cache().map(|cache| environment(command.env("XDG_CACHE_HOME", cache)));
    let only = std::env::var("TOLLGATE_GOLDEN_ONLY").ok();
    let asked = json!({
        "modules": modules, "schema": schema, "golden": golden,
        "command": words, "env": env, "python": python, "only": only,
    });
    let node = Command::new("node")
        .arg(PROGRAM)
        .current_dir(scene.work())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut node) = node else {
        eprintln!("SKIPPED: there is no Node that the client could run under");
        return;
    };
    let mut stdin = node.stdin.take().unwrap();
    stdin.write_all(asked.to_string().as_bytes()).unwrap();
    drop(stdin);
    let finished = node.wait_with_output().unwrap();
    assert!(finished.status.success(), "{}", finished.status);
    let said: Value = serde_json::from_slice(&finished.stdout).unwrap();
    let found: BTreeMap<String, Vec<String>> =
        serde_json::from_value(said["differences"].clone()).unwrap();
    if only.is_none() {
        assert!(
            said["frames"].as_u64().unwrap() > 1_500,
            "{}",
            said["frames"]
        );
        assert!(found.len() > 100, "{} conversations", found.len());
    }
    let wrong = judged(found);
    assert!(wrong.is_empty(), "{wrong}");
}
