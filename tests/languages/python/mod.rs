//! Programs in Python, through the built binary. The runner that they need is made by `just python`, as CI does before its
//! tests; without it each says so and passes.

mod behaviour;
pub(crate) mod build;
mod ends;
mod limits;
mod packages;
mod program;
mod runner;
mod runs;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use tollgate_languages::RUNNER_INPUTS;
use tollgate_tests::{GuestRun, Scene};

/// The first run on a busy machine waits for another that compiles the runner.
pub(crate) const PATIENCE: Duration = Duration::from_secs(200);

/// Files that the runner is: the pointer comes last.
fn files() -> [String; 2] {
    ["wasm", "json"].map(|suffix| format!("python-{RUNNER_INPUTS}.{suffix}"))
}

/// Where the user's own runner lies, if there is one for this build.
fn own_runner() -> Option<PathBuf> {
    let stated = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty());
    let cache = stated
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
    let folder = cache.join("tollgate/runners");
    files()
        .iter()
        .all(|file| folder.join(file).is_file())
        .then_some(folder)
}

fn folder(path: &Path) {
    fs::create_dir_all(path).expect("a folder can be made");
    fs::set_permissions(path, Permissions::from_mode(0o700)).expect("a folder can be closed");
}

fn executable(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o700)).expect("a file can be made to run");
}

fn open(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o777)).expect("a folder can be opened");
}

/// A folder for `XDG_CACHE_HOME` with the runner in it, which all tests share: compiling it takes longer than they do. None
/// without a runner.
pub(crate) fn cache() -> Option<&'static Path> {
    static CACHE: OnceLock<Option<PathBuf>> = OnceLock::new();
    CACHE.get_or_init(prepared).as_deref()
}

fn prepared() -> Option<PathBuf> {
    let Some(own) = own_runner() else {
        eprintln!(
            "\n!! SKIPPED: there is no Python runner on this machine; `just python` makes it\n"
        );
        return None;
    };
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-cache");
    let runners = cache.join("tollgate/runners");
    folder(&runners);
    // One test after the other, each a process of its own, so that the runner is copied and compiled once.
    let lock = File::create(cache.join("lock")).expect("a lock can be made");
    lock.lock().expect("a lock can be had");
    let library = format!("python-{RUNNER_INPUTS}.library");
    for file in std::iter::once(library).chain(files()) {
        if !runners.join(&file).is_file() {
            let partial = runners.join(format!("{file}.partial"));
            fs::copy(own.join(&file), &partial).expect("the runner can be copied");
            fs::set_permissions(&partial, Permissions::from_mode(0o600)).expect("it can be closed");
            fs::rename(&partial, runners.join(&file)).expect("it can be named");
        }
    }
    // What builds components is large, and no test changes it.
    let tools = cache.join("tollgate/python");
    if !tools.exists() {
        let own = own.parent().expect("it has a folder").join("python");
        std::os::unix::fs::symlink(own, tools).expect("a link can be made");
    }
    let scene = tollgate_tests::scene!();
    // On a machine that compiles other things too, this takes as long as it takes.
    scene
        .tollgate([
            "run",
            "--limit",
            "compile-time=180s",
            "--lang",
            "py",
            "-e",
            "",
        ])
        .env("XDG_CACHE_HOME", &cache)
        .patience(PATIENCE)
        .run()
        .expect(0);
    Some(cache)
}

/// A run of the program at `file`; none without a runner.
pub(super) fn run<'a>(scene: &'a Scene, file: &Path) -> Option<GuestRun<'a>> {
    let cache = cache()?
        .to_str()
        .expect("the target folder has a name in UTF-8");
    Some(
        scene
            .run(file)
            .host_env("XDG_CACHE_HOME", cache)
            .patience(PATIENCE),
    )
}

/// A run of a program that is only this text.
pub(super) fn run_text<'a>(scene: &'a Scene, text: &str) -> Option<GuestRun<'a>> {
    run(scene, &scene.write("app/main.py", text))
}

/// Ends a test that needs the runner where there is none, which was said.
macro_rules! needs {
    ($run:expr) => {
        match $run {
            Some(run) => run,
            None => return,
        }
    };
}
use needs;
