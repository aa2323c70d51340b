//! A scene: a folder of its own for one test, with a home, a folder to give away, and the binary.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::log::{Record, parse_log};
use crate::process::{Finished, Program, Running};

/// The binary that a test is about: at `$TOLLGATE_BINARY` where that is said, or else the one that cargo built for it.
#[must_use]
pub fn chosen_binary(built: &str) -> PathBuf {
    std::env::var_os("TOLLGATE_BINARY").map_or_else(|| built.into(), PathBuf::from)
}

/// A test's own place. Nothing of the user's is seen or touched: home, configuration and cache lie in it.
#[derive(Debug)]
pub struct Scene {
    folder: TempDir,
    binary: PathBuf,
}

impl Scene {
    /// An empty scene around the [`chosen_binary`]. Its folder `work` is there.
    ///
    /// # Panics
    ///
    /// When no folder can be made.
    #[must_use]
    pub fn new(binary: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("tollgate-")
            .tempdir()
            .expect("a folder can be made");
        let scene = Self {
            folder,
            binary: chosen_binary(binary),
        };
        for name in ["home", "work"] {
            fs::create_dir(scene.path(name)).expect("a folder can be made");
        }
        scene
    }

    /// A place in the scene.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The scene's own folder, which no guest and no record should ever name.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that tests give away.
    #[must_use]
    pub fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// A `--dir` that gives the folder `work` as `/work`; `tail` is for `:ro`.
    #[must_use]
    pub fn dir(&self, tail: &str) -> String {
        format!("{}::/work{tail}", self.work().display())
    }

    /// Writes a file, with the folders above it.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("a folder can be made");
        }
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// The content of a file.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The binary with these arguments, in the scene's folder.
    #[must_use]
    pub fn tollgate(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Program {
        Program::new(&self.binary)
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("home/config"))
            .env("XDG_CACHE_HOME", self.path("home/cache"))
            .env("PATH", "/usr/bin:/bin")
            .args(arguments)
    }

    /// As [`Scene::tollgate`], for who talks to it over its streams.
    #[must_use]
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("home/config"))
            .env("XDG_CACHE_HOME", self.path("home/cache"))
            .env("PATH", "/usr/bin:/bin")
            .args(arguments);
        command
    }

    /// A run of the component at `file`.
    #[must_use]
    pub fn run(&self, file: impl AsRef<OsStr>) -> GuestRun<'_> {
        GuestRun {
            scene: self,
            file: file.as_ref().to_owned(),
            flags: Vec::new(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Vec::new(),
            log: "audit.log".to_owned(),
            patience: Duration::from_secs(120),
        }
    }

    /// A run of `fs-ops` over `operations`, one a line, with the folder `work` given under `flags` as well.
    #[must_use]
    pub fn operations(&self, operations: &[&str], flags: &[&str]) -> Vec<String> {
        let (finished, _) = self.operations_logged(operations, flags);
        finished
    }

    /// As [`Scene::operations`], with the log.
    ///
    /// # Panics
    ///
    /// When the guest does not answer each line.
    #[must_use]
    pub fn operations_logged(
        &self,
        operations: &[&str],
        flags: &[&str],
    ) -> (Vec<String>, Vec<Record>) {
        let mut input = operations.join("\n");
        input.push('\n');
        let (finished, records) = self
            .run(crate::guests::FS_OPS)
            .flags(flags)
            .input(input)
            .logged();
        finished.expect(0);
        let answers: Vec<String> = finished.stdout.lines().map(str::to_owned).collect();
        assert_eq!(answers.len(), operations.len(), "{}", finished.stdout);
        assert!(
            !answers.iter().any(|answer| answer.starts_with("bad-line")),
            "{answers:?}"
        );
        (answers, records)
    }

    /// The records of the log `name`.
    #[must_use]
    pub fn records(&self, name: &str) -> Vec<Record> {
        parse_log(&self.path(name))
    }

    /// Holds the log `name` against its head, as anybody can.
    #[must_use]
    pub fn verify(&self, name: &str) -> Finished {
        self.tollgate([
            OsStr::new("audit"),
            OsStr::new("verify"),
            OsStr::new("--json"),
            self.path(name).as_os_str(),
        ])
        .run()
    }
}

/// A run that is about to begin: `tollgate run --audit LOG FLAGS FILE ARGUMENTS`.
#[derive(Debug)]
pub struct GuestRun<'a> {
    scene: &'a Scene,
    file: OsString,
    flags: Vec<OsString>,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    input: Vec<u8>,
    log: String,
    patience: Duration,
}

impl GuestRun<'_> {
    /// Adds flags before the file.
    #[must_use]
    pub fn flags(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(OsString::from));
        self
    }

    /// Gives the folder `work` as `/work`.
    #[must_use]
    pub fn work(self) -> Self {
        let dir = self.scene.dir("");
        self.flags(&["--dir", &dir])
    }

    /// Writes a policy file, and takes it.
    #[must_use]
    pub fn policy(self, text: &str) -> Self {
        let file = self.scene.write("tollgate.toml", text);
        let file = file.display().to_string();
        self.flags(&["--policy", &file])
    }

    /// Adds arguments for the guest.
    #[must_use]
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(OsString::from));
        self
    }

    /// Sets a variable of the host's environment.
    #[must_use]
    pub fn host_env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets standard input.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Sets how long it may take.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn program(&self) -> Program {
        let audit = [
            OsString::from("--audit"),
            self.scene.path(&self.log).into_os_string(),
        ];
        let words = std::iter::once(OsString::from("run"))
            .chain(audit)
            .chain(self.flags.iter().cloned())
            .chain(std::iter::once(self.file.clone()))
            .chain(self.arguments.iter().cloned());
        let program = self
            .scene
            .tollgate(words)
            .input(self.input.clone())
            .patience(self.patience);
        self.environment
            .iter()
            .fold(program, |program, (name, value)| program.env(name, value))
    }

    /// Runs it to its end.
    #[must_use]
    pub fn finish(&self) -> Finished {
        self.program().run()
    }

    /// Runs it to its end, verifies the log as every reader can, and reads it. Every test that looks at a log comes
    /// through here, so that no run leaves one that does not verify, names a folder of the host, or is not a chain.
    ///
    /// # Panics
    ///
    /// When the log does not verify or says what it must not.
    #[must_use]
    pub fn logged(&self) -> (Finished, Vec<Record>) {
        let finished = self.finish();
        self.scene.verify(&self.log).expect(0);
        let text = self.scene.read(&self.log);
        let root = self.scene.root().display().to_string();
        assert!(!text.contains(&root), "the log names a folder of the host");
        (finished, self.scene.records(&self.log))
    }

    /// Starts it.
    #[must_use]
    pub fn start(&self) -> Running {
        self.program().start()
    }
}
