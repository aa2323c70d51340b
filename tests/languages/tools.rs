//! Tools in three languages, called with JSON: through the library ten thousand times, and by the command line, with the same
//! answers and the same records.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tollgate::Host;
use tollgate_plugins::Tools;
use tollgate_policy::PolicyBuilder;
use tollgate_tests::{Record, Scene, guests, scene};

use crate::build::built;
use crate::python;

/// Calls of each tool, of which the first tenth shows what a call leaves behind by right.
const CALLS: u32 = 10_000;

/// One call, what it gives, and whether that is an `err`.
struct Call {
    function: &'static str,
    input: Value,
    output: Value,
    is_err: bool,
}

fn call(function: &'static str, input: Value, output: Value) -> Call {
    let is_err = output.get("err").is_some();
    Call {
        function,
        input,
        output,
        is_err,
    }
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("this is Linux");
    let pages = statm.split(' ').nth(1).expect("it has fields");
    pages.parse::<u64>().expect("they are numbers") * 4096
}

/// What the records of the one run in a log say, apart from which run it is.
fn said(scene: &Scene, log: &str) -> Vec<Record> {
    scene.verify(log).expect(0);
    let records = scene.records(log).into_iter();
    let of_runs = records.filter(|record| !record.component.is_empty());
    of_runs.map(|record| Record { seq: 0, ..record }).collect()
}

/// A tool's file, and the cache that the library and the command share.
struct Held<'a> {
    scene: &'a Scene,
    cache: PathBuf,
    file: PathBuf,
}

impl<'a> Held<'a> {
    fn new(scene: &'a Scene, cache: Option<&Path>, file: &Path) -> Self {
        // Both call it what the file is called.
        let named = scene.path("tools/tool.wasm");
        std::fs::create_dir(scene.path("tools")).expect("a folder can be made");
        std::fs::copy(file, &named).expect("a file can be copied");
        Self {
            scene,
            cache: cache.map_or_else(|| scene.path("home/cache"), Path::to_path_buf),
            file: named,
        }
    }

    /// A registry with the tool, and a log.
    async fn registry(&self, log: &str) -> Tools {
        let host = Host::builder()
            .log_file(self.scene.path(log), self.scene.path("key"))
            .cache(self.cache.join("tollgate/compiled"))
            .compile_in_process()
            // What is wanted of the log is there when the host is gone.
            .end_without_flush()
            .build()
            .expect("there is a host");
        let mut policy = PolicyBuilder::new();
        policy.command_line_defaults();
        let bytes = std::fs::read(&self.file).expect("it was built");
        let tools = Tools::new(&host);
        let loaded = tools.load("tool", bytes, policy.build().expect("a policy"));
        loaded.await.expect("it is a tool");
        tools
    }

    async fn by_library(&self, one: &Call, log: &str) -> Vec<Record> {
        let tools = self.registry(log).await;
        let reply = tools.call("tool", one.function, one.input.clone()).await;
        let reply = reply.expect("it answers");
        assert_eq!((&reply.value, reply.is_err), (&one.output, one.is_err));
        drop(tools);
        said(self.scene, log)
    }

    fn by_command(&self, one: &Call, log: &str) -> Vec<Record> {
        let path = self.scene.path(log).display().to_string();
        let file = self.file.display().to_string();
        let input = one.input.to_string();
        let words = ["call", "--audit", &path, &file, one.function, &input];
        let program = self.scene.tollgate(words);
        let program = program.env("XDG_CACHE_HOME", &self.cache);
        let finished = program.patience(python::PATIENCE).run();
        finished.expect(i32::from(one.is_err));
        let given: Value = serde_json::from_str(&finished.stdout).expect("it is JSON");
        assert_eq!(given, one.output);
        said(self.scene, log)
    }

    async fn many_times(&self, one: &Call) {
        let tools = self.registry("many.log").await;
        let mut after_some = 0;
        for number in 1..=CALLS {
            let reply = tools.call("tool", one.function, one.input.clone()).await;
            assert_eq!(reply.expect("it answers").value, one.output);
            if number == CALLS / 10 {
                after_some = resident();
            }
        }
        let grown = resident().saturating_sub(after_some);
        assert!(grown < 16 << 20, "nine thousand calls left {grown} bytes");
    }
}

/// Holds a tool to its calls: by the library and by the command line, and the first of them many times.
fn hold(scene: &Scene, cache: Option<&Path>, file: &Path, calls: &[Call]) {
    let held = Held::new(scene, cache, file);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("there is a runtime");
    for (number, one) in calls.iter().enumerate() {
        let (library, command) = (
            format!("library-{number}.log"),
            format!("command-{number}.log"),
        );
        let by_library = runtime.block_on(held.by_library(one, &library));
        assert_eq!(
            by_library,
            held.by_command(one, &command),
            "{}",
            one.function
        );
    }
    runtime.block_on(held.many_times(calls.first().expect("there is a call")));
}

#[test]
fn a_tool_in_rust_is_called_ten_thousand_times() {
    let scene = scene!();
    let calls = [
        call("echo", json!({"text": "hello"}), json!("hello")),
        call(
            "area",
            json!({"of": {"circle": 1}, "how": ["rounded"]}),
            json!({"ok": 3.0}),
        ),
        call(
            "area",
            json!({"of": "nothing", "how": []}),
            json!({"err": "nothing has no area"}),
        ),
        call("variable", json!({"name": "HOME"}), Value::Null),
    ];
    hold(&scene, None, Path::new(guests::TOOL), &calls);
}

#[test]
fn a_tool_in_javascript_is_called_ten_thousand_times() {
    let scene = scene!();
    scene.write(
        "app/tool.mjs",
        "export const greet = ({ name }) => ({ text: `hello ${name}`, at: typeof Date.now() });
         export const fails = () => { throw new TypeError('no way'); };",
    );
    let component = built(&scene, "app/tool.mjs", &["--world", "plugin"]);
    hold(&scene, None, &component, &greetings("TypeError: no way"));
}

#[test]
fn a_tool_in_python_is_called_ten_thousand_times() {
    let Some(cache) = python::cache() else {
        return;
    };
    let scene = scene!();
    scene.write(
        "app/tool.py",
        "import time\n\
         def greet(value):\n    return {'text': 'hello ' + value['name'], 'at': 'number' if time.time() > 0 else ''}\n\
         def fails(value):\n    raise ValueError('no way')\n",
    );
    let component: PathBuf =
        python::build::built(&scene, cache, "app/tool.py", &["--world", "plugin"]);
    hold(
        &scene,
        Some(cache),
        &component,
        &greetings("ValueError: no way"),
    );
}

fn greetings(thrown: &str) -> [Call; 2] {
    [
        call(
            "greet",
            json!({"name": "you"}),
            json!({"text": "hello you", "at": "number"}),
        ),
        call("fails", json!(5), json!({ "err": thrown })),
    ]
}
