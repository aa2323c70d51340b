//! Artifacts that are not this host's own. The bait is a real artifact, of another component, in the place of the one that
//! is wanted: were it mapped, the wrong program would run, and say so.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use tollgate_engine::cache::Cache;
use tollgate_engine::{Engine, Origin, RunProfile, Source};
use tollgate_tests::{Scene, guests, scene};

/// A scene whose cache holds `calls` under the key of `hello`.
struct Baited {
    scene: Scene,
    /// The file that is mapped when `hello` is run.
    artifact: PathBuf,
}

impl Baited {
    fn new() -> Self {
        let scene = scene!();
        let artifact = Self::cached(&scene, guests::HELLO);
        let other = Self::cached(&scene, guests::CALLS);
        fs::write(&artifact, fs::read(other).unwrap()).unwrap();
        Self { scene, artifact }
    }

    /// Compiles, and gives the artifact that came of it.
    fn cached(scene: &Scene, guest: &str) -> PathBuf {
        let before = artifacts(scene);
        scene.tollgate(["compile", guest]).run().expect(0);
        artifacts(scene)
            .into_iter()
            .find(|file| !before.contains(file))
            .expect("an artifact was kept")
    }

    /// Whether running `hello` takes the bait.
    fn taken(&self) -> bool {
        let finished = self.scene.run(guests::HELLO).finish();
        assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
        !finished.stdout.starts_with("hello")
    }
}

fn folder(scene: &Scene) -> PathBuf {
    scene.path("home/cache/tollgate/compiled")
}

fn artifacts(scene: &Scene) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder(scene)) else {
        return Vec::new();
    };
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "cwasm")
        })
        .collect()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The control: with everything in order the bait is taken, so that the other tests can fail.
#[test]
fn the_bait_is_taken_where_nothing_is_wrong_with_the_file() {
    assert!(Baited::new().taken());
}

#[test]
fn a69_an_artifact_that_others_may_write_is_not_mapped() {
    for open in [0o620, 0o602, 0o666, 0o640, 0o604, 0o700, 0o4600] {
        let baited = Baited::new();
        mode(&baited.artifact, open);
        assert!(!baited.taken(), "{open:o}");
    }
}

#[test]
fn a69_a_folder_that_others_may_enter_is_not_used() {
    for open in [0o720, 0o702, 0o777, 0o750, 0o705, 0o1777] {
        let baited = Baited::new();
        mode(&folder(&baited.scene), open);
        assert!(!baited.taken(), "{open:o}");
    }
}

/// Only root can give a file away, which is what the machines of CI are.
#[test]
fn a69_what_belongs_to_somebody_else_is_not_used() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can make a file somebody else's");
        return;
    }
    let baited = Baited::new();
    chown(&baited.artifact, Some(65_534), None).unwrap();
    assert!(!baited.taken(), "the artifact is another user's");
    let baited = Baited::new();
    chown(folder(&baited.scene), Some(65_534), None).unwrap();
    assert!(!baited.taken(), "the folder is another user's");
}

#[test]
fn a69_an_artifact_with_a_second_name_is_not_mapped() {
    let baited = Baited::new();
    fs::hard_link(&baited.artifact, baited.scene.path("second")).unwrap();
    assert!(!baited.taken());
}

#[test]
fn a69_a_link_in_the_place_of_an_artifact_is_not_followed() {
    let baited = Baited::new();
    let moved = baited.scene.path("moved.cwasm");
    fs::rename(&baited.artifact, &moved).unwrap();
    symlink(&moved, &baited.artifact).unwrap();
    let before = fs::read(&moved).unwrap();
    assert!(!baited.taken());
    assert!(
        fs::read(&moved).unwrap() == before,
        "what the link leads to was written"
    );
}

#[test]
fn a69_a_link_in_the_place_of_the_folder_is_not_followed() {
    let baited = Baited::new();
    let (folder, moved) = (folder(&baited.scene), baited.scene.path("moved"));
    fs::rename(&folder, &moved).unwrap();
    symlink(&moved, &folder).unwrap();
    let before = fs::read_dir(&moved).unwrap().count();
    assert!(!baited.taken());
    assert_eq!(
        fs::read_dir(&moved).unwrap().count(),
        before,
        "something was put where the link leads"
    );

    let scene = scene!();
    let elsewhere = scene.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::create_dir_all(self::folder(&scene).parent().unwrap()).unwrap();
    symlink(&elsewhere, self::folder(&scene)).unwrap();
    scene.run(guests::HELLO).finish().expect(0);
    assert_eq!(
        fs::read_dir(&elsewhere).unwrap().count(),
        0,
        "a link that was planted first is followed"
    );
    for command in [
        &["compile", guests::HELLO][..],
        &["cache", "show"],
        &["cache", "verify"],
        &["cache", "clear"],
    ] {
        let finished = scene.tollgate(command).run();
        assert_ne!(finished.code, Some(0), "{command:?}: {}", finished.stdout);
    }
}

#[test]
fn a69_what_is_no_file_in_the_place_of_an_artifact_is_neither_mapped_nor_waited_for() {
    let baited = Baited::new();
    fs::remove_file(&baited.artifact).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg("-m600")
        .arg(&baited.artifact)
        .status()
        .unwrap();
    assert!(made.success());
    assert!(!baited.taken(), "a pipe");
    let baited = Baited::new();
    fs::remove_file(&baited.artifact).unwrap();
    fs::create_dir(&baited.artifact).unwrap();
    mode(&baited.artifact, 0o600);
    assert!(!baited.taken(), "a folder");
}

#[test]
fn a69_clearing_removes_names_and_follows_none() {
    let baited = Baited::new();
    let kept = baited.scene.write("kept.txt", "kept");
    symlink(&kept, folder(&baited.scene).join("link.cwasm")).unwrap();
    symlink(baited.scene.work(), folder(&baited.scene).join("folder")).unwrap();
    baited.scene.tollgate(["cache", "clear"]).run().expect(0);
    assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    assert!(baited.scene.work().is_dir());
    assert_eq!(fs::read_dir(folder(&baited.scene)).unwrap().count(), 0);
}

#[test]
fn a72_checking_the_cache_finds_the_bait() {
    let baited = Baited::new();
    let finished = baited.scene.tollgate(["cache", "verify"]).run();
    finished.expect(1);
    assert!(
        finished.stdout.contains("its digest is"),
        "{}",
        finished.stdout
    );
    assert!(!baited.taken(), "and it is gone");
}

/// A cache of the library, with `hello` in it.
struct Kept {
    _folder: tempfile::TempDir,
    engine: Engine<RunProfile>,
    cache: Cache,
    source: Source,
    artifact: PathBuf,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("compiled");
        let engine: Engine<RunProfile> = Engine::new().unwrap();
        let cache = Cache::open(&path).unwrap();
        let source = Source::new(fs::read(guests::HELLO).unwrap()).unwrap();
        let mut kept = Self {
            _folder: folder,
            engine,
            cache,
            source,
            artifact: PathBuf::new(),
        };
        assert!(!kept.found(), "the cache is new");
        let mut files = fs::read_dir(&path)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        kept.artifact = files
            .find(|file| {
                file.extension()
                    .is_some_and(|extension| extension == "cwasm")
            })
            .unwrap();
        assert!(kept.found(), "what was just compiled is found");
        kept
    }

    /// Whether the artifact is taken from the cache. If it is not, it is made anew.
    fn found(&self) -> bool {
        let warn = |error| panic!("the cache cannot be written: {error}");
        self.engine
            .compile_in_process(&self.source, Some(&self.cache), warn)
            .unwrap()
            .1
            == Origin::Cached
    }

    /// Whether these bytes are taken in the artifact's place.
    fn takes(&self, bytes: &[u8]) -> bool {
        // A file that is mapped somewhere must not change beneath the mapping.
        fs::remove_file(&self.artifact).unwrap();
        fs::write(&self.artifact, bytes).unwrap();
        mode(&self.artifact, 0o600);
        self.found()
    }
}

type Change = fn(&mut wasmtime::Config);

#[test]
fn a36_an_artifact_of_another_configuration_is_compiled_anew() {
    let kept = Kept::new();
    let component = fs::read(guests::HELLO).unwrap();
    let ours = fs::read(&kept.artifact).unwrap();
    let same = crate::engine::configuration();
    let others: [(&str, Change); 5] = [
        ("without interruption", |config| {
            config.epoch_interruption(false);
        }),
        ("with fuel", |config| {
            config.consume_fuel(true);
        }),
        ("with 64-bit memories", |config| {
            config.wasm_memory64(true);
        }),
        ("with small reservations", |config| {
            config.memory_reservation(1 << 20);
        }),
        ("without guards", |config| {
            config.memory_guard_size(0);
        }),
    ];
    for (name, change) in others {
        let mut config = same.clone();
        change(&mut config);
        let artifact = wasmtime::Engine::new(&config)
            .unwrap()
            .precompile_component(&component)
            .unwrap();
        assert!(!kept.takes(&artifact), "{name}");
    }
    let module = kept
        .engine
        .wasmtime()
        .precompile_module(&crate::make::command(""))
        .unwrap();
    assert!(!kept.takes(&module), "a module");
    assert!(kept.takes(&ours), "the control: its own is taken again");
}

#[test]
fn a36_an_artifact_of_another_version_is_compiled_anew() {
    let kept = Kept::new();
    let ours = fs::read(&kept.artifact).unwrap();
    // A byte for the format, the length of the version, the version.
    let at = ours
        .windows(4)
        .position(|bytes| matches!(bytes, [0, 1..=16, b'4', b'8']))
        .expect("the artifact names its version");
    for (offset, byte) in [(0, 1), (1, 3), (2, b'5'), (3, b'9')] {
        let mut other = ours.clone();
        other[at + offset] = byte;
        assert!(!kept.takes(&other), "byte {offset}");
    }
}

#[test]
fn a36_a_part_of_an_artifact_is_compiled_anew() {
    let kept = Kept::new();
    let ours = fs::read(&kept.artifact).unwrap();
    for length in [
        0,
        1,
        4,
        16,
        63,
        64,
        1_000,
        ours.len() / 2,
        ours.len() - 4_096,
        ours.len() - 1,
    ] {
        assert!(
            !kept.takes(&ours[..length]),
            "{length} bytes of {}",
            ours.len()
        );
    }
}
