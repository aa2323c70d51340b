//! The cache of compiled components: what is in it is native code, so nothing is taken from it that somebody else could
//! have put there.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use tollgate_tests::{Scene, guests, scene};

fn folder(scene: &Scene) -> PathBuf {
    scene.path("home/cache/tollgate/compiled")
}

/// The files of the cache, after a run that filled it.
fn filled(scene: &Scene) -> Vec<PathBuf> {
    scene.run(guests::HELLO).finish().expect(0);
    let files: Vec<PathBuf> = fs::read_dir(folder(scene))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!files.is_empty(), "nothing was kept");
    files
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn runs(scene: &Scene) -> String {
    let finished = scene.run(guests::HELLO).finish();
    assert!(
        finished
            .expect(0)
            .stdout
            .starts_with("hello from hello.wasm"),
        "{}",
        finished.stdout
    );
    finished.stderr
}

#[test]
fn a69_a72_the_cache_is_its_owners_alone() {
    let scene = scene!();
    let files = filled(&scene);
    assert_eq!(
        fs::metadata(folder(&scene)).unwrap().permissions().mode() & 0o7777,
        0o700
    );
    for file in &files {
        assert_eq!(
            fs::metadata(file).unwrap().permissions().mode() & 0o7777,
            0o600,
            "{}",
            file.display()
        );
    }
    mode(&folder(&scene), 0o777);
    assert!(
        runs(&scene).contains("without a cache"),
        "a folder that others can write to is not used"
    );
    mode(&folder(&scene), 0o700);
    assert!(!runs(&scene).contains("warning"));
}

#[test]
fn a69_a72_files_that_others_could_have_written_are_made_anew() {
    let scene = scene!();
    let files = filled(&scene);
    for file in &files {
        // What others could write may be anything by now: were it mapped, this would crash.
        let size = fs::metadata(file).unwrap().len();
        fs::write(file, vec![0xcc; usize::try_from(size).unwrap()]).unwrap();
        mode(file, 0o666);
    }
    runs(&scene);
    for file in &files {
        fs::rename(file, scene.path("moved")).unwrap();
        symlink(scene.path("moved"), file).unwrap();
    }
    runs(&scene);
    for file in &files {
        fs::hard_link(file, scene.path("second-name")).unwrap();
        fs::remove_file(scene.path("second-name")).unwrap();
        fs::File::options()
            .write(true)
            .open(file)
            .unwrap()
            .set_len(50)
            .unwrap();
    }
    runs(&scene);
    scene.tollgate(["cache", "verify"]).run().expect(0);
}

#[test]
fn a72_a_compiled_artifact_is_not_run_when_it_is_given_as_a_component() {
    let scene = scene!();
    let artifact = filled(&scene).into_iter().find(|file| {
        file.extension()
            .is_some_and(|extension| extension == "cwasm")
    });
    let finished = scene.run(artifact.expect("an artifact was kept")).finish();
    finished.expect(126);
    assert!(
        finished.stderr.contains("precompiled"),
        "{}",
        finished.stderr
    );
}

#[test]
fn i41_runs_at_the_same_time_share_the_cache_and_nothing_else() {
    let scene = scene!();
    let started: Vec<_> = (0..12)
        .map(|number| {
            let log = scene.path(&format!("{number}.log")).display().to_string();
            let given = format!("GREETING={number}");
            scene
                .tollgate(["run", "--audit", &log, "--env", &given, guests::HELLO])
                .start()
        })
        .collect();
    for (number, running) in started.into_iter().enumerate() {
        let finished = running.wait();
        assert!(
            finished.expect(0).says(&format!("greeting {number}")),
            "{}",
            finished.stdout
        );
        scene.verify(&format!("{number}.log")).expect(0);
    }
    let artifacts = fs::read_dir(folder(&scene)).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|extension| extension == "cwasm")
    });
    assert_eq!(artifacts.count(), 1);
}
