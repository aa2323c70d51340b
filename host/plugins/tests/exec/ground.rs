//! A host with a folder of programs.

use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate::{Grants, Host};
use tollgate_plugins::exec::Transport;
use tollgate_tests::commands::{self, Then};

/// A policy that lets programs talk, and nothing else.
pub(crate) const TALK: &str = "version = 1\n[stdio]\ndefault = \"allow\"\n";

pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) host: Host,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tools")).unwrap();
        // The engine of JavaScript is compiled once for all tests.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exec");
        let host = Host::builder()
            .compile_in_process()
            .cache(cache)
            .log_file(folder.path().join("audit.log"), folder.path().join("key"))
            .build()
            .unwrap();
        Self { folder, host }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn put_saying(&self, name: &str, stdout: &[u8], then: Then) {
        self.put(name, saying(stdout, then));
    }

    pub(crate) fn grants(&self, policy: &str) -> Grants {
        self.host.grants_from_toml("test.toml", policy).unwrap()
    }

    /// A transport for programs in `tools`, which requests call `/tools`.
    pub(crate) fn transport(&self, policy: &str) -> Transport {
        let dir = Dir::open_ambient_dir(self.path("tools"), ambient_authority()).unwrap();
        Transport::builder(&self.host, &self.grants(policy))
            .prefix("/tools", dir)
            .build()
            .unwrap()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("audit.log")).unwrap()
    }
}

pub(crate) fn saying(stdout: &[u8], then: Then) -> Vec<u8> {
    wat::parse_str(commands::saying(stdout, b"", then)).unwrap()
}

pub(crate) fn request(path: &str) -> Value {
    json!({"kind": "run_program_v1", "program_path": path})
}
