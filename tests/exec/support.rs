//! A folder of programs, and requests about them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_tests::commands::{self, Then};
use tollgate_tests::{Finished, Owned, Scene, parse_owned, scene};

/// What every request of these tests has in its input and its variables, and every program in its output.
pub(crate) const SECRET: &str = "canary-7d1f0c";

/// A scene with the folder `tools`.
pub(crate) struct Tools {
    pub(crate) scene: Scene,
    cache: PathBuf,
}

/// What came of a request.
pub(crate) struct Answered {
    pub(crate) finished: Finished,
    pub(crate) answer: Value,
    pub(crate) records: Vec<Owned>,
}

impl Tools {
    pub(crate) fn new() -> Self {
        let scene = scene!();
        std::fs::create_dir(scene.path("tools")).unwrap();
        // Every scene would compile the same programs anew.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sidecar");
        Self { scene, cache }
    }

    pub(crate) fn with_cache(mut self, cache: &Path) -> Self {
        cache.clone_into(&mut self.cache);
        self
    }

    /// Puts a program into the folder, and says what requests call it.
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        self.scene.write(&format!("tools/{name}"), content);
        self.named(name)
    }

    /// A WASI 0.1 command.
    pub(crate) fn put_wat(&self, name: &str, text: &str) -> String {
        self.put(name, wat::parse_str(text).unwrap())
    }

    /// A command that writes JSON, and the secret to standard error.
    pub(crate) fn put_saying(&self, name: &str, stdout: &[u8], then: Then) -> String {
        let text = commands::saying(stdout, SECRET.as_bytes(), then);
        self.put_wat(name, &text)
    }

    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    pub(crate) fn folder(&self) -> String {
        self.scene.path("tools").display().to_string()
    }

    pub(crate) fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.folder())
    }

    /// `tollgate exec` with the folder allowed.
    pub(crate) fn program(&self, flags: &[&str], input: impl Into<Vec<u8>>) -> Program {
        let folder = self.folder();
        let mut words = vec!["--allow-prefix", &folder];
        words.extend(flags);
        self.bare(&words, input)
    }

    /// The same, with these flags alone.
    pub(crate) fn bare(&self, flags: &[&str], input: impl Into<Vec<u8>>) -> Program {
        let words = ["exec", "--audit", "audit.log"].iter().chain(flags);
        self.scene
            .tollgate(words)
            .env("XDG_CACHE_HOME", &self.cache)
            .input(input)
            .patience(Duration::from_secs(200))
    }

    /// Asks with these flags, and looks that the secret is nowhere but in an answer of the program's own.
    pub(crate) fn asked(&self, flags: &[&str], request: &Value) -> Answered {
        self.answered(&self.program(flags, request.to_string()).run())
    }

    pub(crate) fn ask(&self, request: &Value) -> Answered {
        self.asked(&[], request)
    }

    /// Reads what came of one request.
    pub(crate) fn answered(&self, finished: &Finished) -> Answered {
        let lines = finished.lines();
        assert_eq!(lines.len(), 1, "{finished:?}");
        let answer: Value = serde_json::from_str(lines[0]).unwrap();
        assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
        let code = i32::from(answer.get("error").is_some());
        finished.expect(code);
        if code == 1 {
            assert!(!finished.stdout.contains(SECRET), "{answer}");
        }
        assert!(!finished.stderr.contains(SECRET), "{}", finished.stderr);
        Answered {
            finished: finished.clone(),
            answer,
            records: self.records(),
        }
    }

    /// The log, which verifies, and has no secret and no path of the host in it.
    pub(crate) fn records(&self) -> Vec<Owned> {
        self.scene.verify("audit.log").expect(0);
        let log = self.scene.read("audit.log");
        assert!(!log.contains(SECRET), "the secret is in the log");
        let root = self.scene.root().display().to_string();
        assert!(!log.contains(&root), "the log names a folder of the host");
        let records = parse_owned(&self.scene.path("audit.log"));
        // Those of the last command.
        let resumed = |owned: &Owned| owned.record.operation == "log.resume";
        let from = records.iter().rposition(resumed).unwrap_or_default();
        records.into_iter().skip(from).collect()
    }
}

pub(crate) use tollgate_tests::Program;

impl Answered {
    pub(crate) fn ok(&self) -> &Value {
        self.answer
            .get("ok")
            .unwrap_or_else(|| panic!("{}", self.answer))
    }

    /// That the request was refused, with exactly this.
    #[track_caller]
    pub(crate) fn refused(&self, code: &str, category: &str, message: &str, details: Value) {
        let expected = json!({"error": {
            "code": code,
            "category": category,
            "retryable": false,
            "message": message,
            "details": details,
        }});
        assert_eq!(self.answer, expected);
    }

    /// The code of the refusal.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        self.answer["error"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", self.answer))
    }

    /// Whether a run began, and ended as the log says with `outcome`.
    pub(crate) fn ended(&self, outcome: &str) -> bool {
        let is = |owned: &&Owned, operation: &str| owned.record.operation == operation;
        let begun: Vec<_> = self
            .records
            .iter()
            .filter(|owned| is(owned, "run.start"))
            .collect();
        let ended = |run: &str| {
            self.records.iter().any(|owned| {
                owned.run == run && is(&owned, "run.end") && owned.record.outcome == outcome
            })
        };
        begun.len() == 1 && ended(&begun[0].run)
    }
}

/// A request with the secret in all that a program gets.
pub(crate) fn request(path: &str) -> Value {
    json!({
        "kind": "run_program_v1",
        "program_path": path,
        "argv": [SECRET],
        "stdin_json": {"secret": SECRET},
        "env": {"SECRET": SECRET},
    })
}

/// The same with other members.
pub(crate) fn request_with(path: &str, members: &Value) -> Value {
    let mut request = request(path);
    for (name, value) in members.as_object().unwrap() {
        request[name] = value.clone();
    }
    request
}
