//! Which runner is trusted, and what is said where there is none.

use std::collections::HashSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tollgate_languages::RUNNER_INPUTS;
use tollgate_tests::{Finished, Scene, scene};
use wasmparser::{ComponentAlias, Parser, Payload};

use super::{cache, files, needs};

fn runners(scene: &Scene) -> PathBuf {
    let folder = scene.path("home/cache/tollgate/runners");
    super::folder(&folder);
    folder
}

fn put(scene: &Scene, name: &str, content: &[u8], mode: u32) {
    let file = runners(scene).join(name);
    fs::write(&file, content).expect("a file can be written");
    fs::set_permissions(file, Permissions::from_mode(mode)).expect("a file has a mode");
}

fn finished(scene: &Scene) -> Finished {
    let file = scene.write("app/main.py", "print('it ran')");
    let finished = scene.run(&file).finish();
    assert_eq!(finished.stdout, "");
    finished
}

#[test]
fn without_a_runner_the_one_command_that_makes_it_is_named() {
    let scene = scene!();
    let finished = finished(&scene);
    finished.expect(126);
    assert!(
        finished.stderr.contains("`just python`"),
        "{}",
        finished.stderr
    );
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
}

#[test]
fn a_runner_of_other_sources_is_not_used() {
    let scene = scene!();
    let other = RUNNER_INPUTS.chars().rev().collect::<String>();
    let pointer = format!(r#"{{"component": "sha256:{}"}}"#, "0".repeat(64));
    put(
        &scene,
        &format!("python-{other}.json"),
        pointer.as_bytes(),
        0o600,
    );
    finished(&scene).expect(126);
    // One that is not what its pointer says is none.
    put(
        &scene,
        &format!("python-{RUNNER_INPUTS}.json"),
        pointer.as_bytes(),
        0o600,
    );
    put(
        &scene,
        &format!("python-{RUNNER_INPUTS}.wasm"),
        b"\0asm\x0d\0\x01\0",
        0o600,
    );
    finished(&scene).expect(126);
}

#[test]
fn a69_a_runner_that_others_may_choose_is_not_trusted() {
    let scene = scene!();
    let pointer = format!(r#"{{"component": "sha256:{}"}}"#, "0".repeat(64));
    let name = format!("python-{RUNNER_INPUTS}.json");
    put(&scene, &name, pointer.as_bytes(), 0o666);
    let open = finished(&scene);
    open.expect(1);
    assert!(
        open.stderr.contains("cache of runners has mode 0666"),
        "{}",
        open.stderr
    );
    let folder = runners(&scene);
    fs::remove_file(folder.join(&name)).expect("it was there");
    std::os::unix::fs::symlink("elsewhere", folder.join(&name)).expect("a link can be made");
    finished(&scene).expect(1);
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("a folder has a mode");
    finished(&scene).expect(1);
}

#[test]
fn what_was_compiled_is_found_without_reading_the_runner() {
    let cache = needs!(cache());
    let scene = scene!();
    let own = runners(&scene);
    let compiled = scene.path("home/cache/tollgate/compiled");
    super::folder(&compiled);
    let [runner, pointer] = files();
    for (from, to) in [
        (cache.join("tollgate/compiled"), &compiled),
        (cache.join("tollgate/runners"), &own),
    ] {
        for entry in fs::read_dir(from).expect("it is there").flatten() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a file can be copied");
        }
    }
    assert!(own.join(pointer).is_file());
    fs::remove_file(own.join(runner)).expect("the runner was there");
    let file = scene.write("app/main.py", "print('it ran')");
    assert_eq!(scene.run(&file).finish().expect(0).stdout, "it ran\n");
    fs::remove_dir_all(compiled).expect("it was there");
    scene.run(&file).finish().expect(126);
}

#[test]
fn a_guest_may_not_be_given_the_runners_to_change() {
    let scene = scene!();
    let folder = runners(&scene).display().to_string();
    let file = scene.write("app/main.js", "");
    let finished = scene.run(&file).flags(&["--dir", &folder]).finish();
    finished.expect(126);
    assert!(finished.stderr.contains("runners"), "{}", finished.stderr);
}

#[test]
fn the_runner_says_of_itself_that_it_needs_the_stack_of_languages() {
    let cache = needs!(cache());
    let [runner, _] = files();
    let runner = fs::read(cache.join("tollgate/runners").join(runner)).expect("the runner");
    assert!(tollgate_engine::has_deep_stack(&runner));
    assert!(tollgate_engine::has_deep_stack(tollgate_languages::ENGINE));
}

/// Loads the build's own script, and lets it drop what is too much in the folder that is its argument.
const DROPS: &str = "
import importlib.machinery, importlib.util, pathlib, sys
loader = importlib.machinery.SourceFileLoader('build', sys.argv[1])
build = importlib.util.module_from_spec(importlib.util.spec_from_loader('build', loader))
sys.dont_write_bytecode = True
loader.exec_module(build)
place = pathlib.Path(sys.argv[2])
build.drop_old(place, place / 'python-new.json')
";

#[test]
fn runners_that_nobody_used_for_longest_are_dropped_and_others_stay() {
    let scene = scene!();
    let folder = runners(&scene);
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let mut names = vec!["new".to_owned()];
    names.extend((0..10).map(|number| number.to_string()));
    for (age, name) in names.iter().enumerate() {
        for suffix in ["json", "wasm"] {
            put(&scene, &format!("python-{name}.{suffix}"), b"", 0o600);
        }
        let pointer = folder.join(format!("python-{name}.json"));
        let file = fs::File::options()
            .write(true)
            .open(pointer)
            .expect("it is there");
        let used = long_ago + std::time::Duration::from_secs(1000 - age as u64);
        file.set_modified(used).expect("a file has a time");
    }
    put(&scene, "python-orphan.wasm", b"", 0o600);
    put(&scene, "lock", b"", 0o600);
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest-shims/python/build");
    let Ok(done) = std::process::Command::new("python3")
        .args(["-B", "-c", DROPS])
        .arg(script)
        .arg(&folder)
        .output()
    else {
        eprintln!("SKIPPED: there is no python3");
        return;
    };
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let mut left: Vec<_> = fs::read_dir(&folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    let mut expected = vec!["lock".to_owned()];
    for name in ["0", "1", "2", "3", "4", "5", "6", "new"] {
        expected.extend([format!("python-{name}.json"), format!("python-{name}.wasm")]);
    }
    assert_eq!(left, expected);
}

/// A host reads every symbol of a component before the first instruction of each run.
#[test]
fn the_runner_offers_no_symbol_that_nothing_in_it_asks_for_and_names_no_function() {
    let Some(cache) = cache() else { return };
    let [runner, _] = files();
    let bytes = fs::read(cache.join("tollgate/runners").join(runner)).expect("the runner is there");
    let (mut asked, mut offered) = (HashSet::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.expect("the runner is a component") {
            Payload::ImportSection(imports) => {
                asked.extend(
                    imports
                        .into_imports()
                        .map(|import| import.expect("an import").name),
                );
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases {
                    if let ComponentAlias::CoreInstanceExport { name, .. } =
                        alias.expect("an alias")
                    {
                        asked.insert(name);
                    }
                }
            }
            Payload::ExportSection(exports) => {
                offered.extend(
                    exports
                        .into_iter()
                        .map(|export| export.expect("an export").name),
                );
            }
            Payload::CustomSection(section) => assert_ne!(section.name(), "name"),
            _ => {}
        }
    }
    assert!(offered.len() > 100, "{}", offered.len());
    offered.retain(|name| !asked.contains(name));
    assert_eq!(offered, Vec::<&str>::new());
}
