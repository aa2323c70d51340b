//! `tollgate build` of programs in Python: as components of their own, under Tollgate and under any host.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tollgate_tests::{Finished, Program, Scene, scene};

use super::{PATIENCE, cache, needs};
use crate::any_host::{AnyHost, interfaces};

/// `tollgate`, with the runner, the tools and the Python of this machine, and nothing left behind but in the scene.
fn tollgate(scene: &Scene, cache: &Path, arguments: &[&str]) -> Program {
    std::fs::create_dir_all(scene.path("temporary")).expect("a folder can be made");
    scene
        .tollgate(arguments)
        .env("XDG_CACHE_HOME", cache)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TMPDIR", scene.path("temporary"))
        .patience(PATIENCE)
}

fn build(scene: &Scene, cache: &Path, file: &str, flags: &[&str]) -> (PathBuf, Finished) {
    let output = scene.path("built.wasm");
    let path = output.display().to_string();
    let arguments = [&["build", file, "-o", &path], flags].concat();
    let finished = tollgate(scene, cache, &arguments).run();
    let left = std::fs::read_dir(scene.path("temporary")).expect("it was made");
    assert_eq!(left.count(), 0, "the work of the build is still there");
    (output, finished)
}

pub(crate) fn built(scene: &Scene, cache: &Path, file: &str, flags: &[&str]) -> PathBuf {
    let (output, finished) = build(scene, cache, file, flags);
    finished.expect(0);
    output
}

/// Runs what was built. It is compiled into the scene's own cache, and goes with it.
pub(super) fn run(scene: &Scene, component: &Path, arguments: &[&str]) -> Finished {
    scene
        .run(component)
        .flags(&["--limit", "compile-time=180s"])
        .args(arguments)
        .patience(PATIENCE)
        .finish()
}

/// Calls an export of what was built.
fn invoke(scene: &Scene, component: &Path, call: &str) -> Finished {
    let finished = scene
        .run(component)
        .flags(&["--limit", "compile-time=180s", "--invoke", call])
        .patience(PATIENCE)
        .finish();
    finished.expect(0);
    finished
}

fn python(text: &str, folder: &Path) {
    let done = Command::new("python3")
        .args(["-c", text])
        .current_dir(folder)
        .output()
        .expect("python3 is on this machine");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Two wheels in `wheels`: one in Python, with data, that asks for the other, which has a part of machine code and can do
/// without it.
fn wheels(scene: &Scene) {
    std::fs::create_dir_all(scene.path("app/wheels")).expect("a folder can be made");
    python(
        r#"
import zipfile
def wheel(name, tag, files, needs=""):
    home = f"{name}-1.2.dist-info"
    files = {**files, f"{home}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n{needs}",
             f"{home}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"}
    record = f"{home}/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    with zipfile.ZipFile(f"{name}-1.2-{tag}.whl", "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
wheel("greeting", "py3-none-any", {"greeting/__init__.py": "import importlib\ndef greet(who):\n    return importlib.import_module('.words', __name__).word + ' ' + who\n",
                                   "greeting/words.py": "from fast import word\n", "greeting/data/text.txt": "data"}, "Requires-Dist: fast\n")
wheel("fast", "cp314-cp314-manylinux2014_x86_64", {"fast/__init__.py": "try:\n    from fast._speed import word\nexcept ImportError:\n    word = 'hello'\n", "fast/_speed.cpython-314-x86_64-linux-gnu.so": "\x7fELF"})
"#,
        &scene.path("app/wheels"),
    );
    scene.write(
        "app/requirements.txt",
        "--no-index\n--find-links wheels\ngreeting\n",
    );
}

/// A program that finds others in every way, and ends as its first argument says.
fn program(scene: &Scene) {
    wheels(scene);
    scene.write("app/pyproject.toml", "");
    scene.write(
        "app/src/main.py",
        "\
import importlib, importlib.metadata, importlib.resources, os, pkgutil, random, secrets, sys, tempfile, time, uuid
import greeting, own, parcel.tool, portion.part, queue, installed
from parcel import named

if sys.argv[1:2] == ['raise']:
    own.fails()
if sys.argv[1:2] == ['exit']:
    sys.exit(int(sys.argv[2]))
if sys.argv[1:2] == ['draw']:
    print(own.DRAWN, random.random(), random.Random().random(), secrets.token_hex(8), uuid.uuid4(), uuid.uuid1(),
          os.urandom(8).hex(), next(tempfile._get_candidate_names()), id(object()) and 'x' + str(time.time_ns()))
    sys.exit()
print(__name__, __file__, __spec__, sys.path, sys.argv[1:])
print(greeting.greet('you'), greeting.__file__, own.word, named, parcel.tool.word, portion.part.word, queue.word, installed.word)
print(importlib.metadata.version('greeting'), importlib.metadata.version('installed'))
print(importlib.resources.files('parcel').joinpath('words/list.txt').read_text(), pkgutil.get_data('greeting', 'data/text.txt'))
print(importlib.import_module('parcel.' + 'made_up').word, [module.name for module in pkgutil.iter_modules(parcel.__path__)])
print(sum(name.startswith('.') for name in os.listdir(os.path.dirname(__file__))) if os.path.exists(__file__) else 'no files')
try:
    import json.tool, nowhere
except ImportError as error:
    print(error)
for hidden in ('.env', 'code.so'):
    print(importlib.resources.files('parcel').joinpath(hidden).is_file())
def down(n):
    return down(n + 1)
try:
    down(0)
except RecursionError:
    print('deep')
",
    );
    scene.write(
        "app/src/own.py",
        b"# coding: latin-1\nimport secrets\nword, DRAWN = '\xe9', secrets.token_hex(8)\ndef fails():\n    raise ValueError('here')\n",
    );
    scene.write("app/src/queue.py", "word = 'mine'");
    scene.write("app/src/unused.py", "this is no Python");
    scene.write("app/src/parcel/__init__.py", "named = 'named'");
    scene.write(
        "app/src/parcel/tool.py",
        "from .inner.leaf import word\ntry:\n    from . import gone\nexcept ImportError:\n    pass",
    );
    scene.write("app/src/parcel/made_up.py", "word = 'by name'");
    scene.write("app/src/parcel/inner/__init__.py", "");
    scene.write("app/src/parcel/inner/leaf.py", "word = 'leaf'");
    scene.write("app/src/parcel/words/list.txt", "listed");
    scene.write("app/src/parcel/.env", "SECRET=1");
    scene.write("app/src/parcel/code.so", "\x7fELF");
    scene.write("app/src/portion/part.py", "word = 'part'");
    let packages = "app/.venv/lib/python3.14/site-packages";
    scene.write(
        &format!("{packages}/installed.py"),
        "import helper\nword = helper.word",
    );
    scene.write(&format!("{packages}/helper.py"), "word = 'installed'");
    scene.write(
        &format!("{packages}/installed-3.0.dist-info/METADATA"),
        "Name: installed\nVersion: 3.0\n",
    );
    scene.write(
        &format!("{packages}/installed-3.0.dist-info/RECORD"),
        "installed.py,,\n",
    );
}

const PRINTED: &str = "\
__main__ /program/src/main.py None ['/program/src', '/python', '/program/.venv/lib/python3.14/site-packages', '/program/.requirements'] ['a', 'b']
hello you /program/.requirements/greeting/__init__.py é named leaf part mine installed
1.2 3.0
listed b'data'
by name ['inner', 'made_up', 'tool']
no files
No module named 'nowhere'
False
False
deep
";

#[test]
fn a_program_with_its_packages_runs_in_any_host_of_wasi() {
    let cache = needs!(cache());
    let scene = scene!();
    program(&scene);
    let requirements = scene.path("app/requirements.txt").display().to_string();
    let flags = ["--json", "-r", &requirements];
    let (component, finished) = build(&scene, cache, "app/src/main.py", &flags);
    finished.expect(0);
    let told: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    let bytes = std::fs::read(&component).expect("it was written");
    assert_eq!(told["bytes"], bytes.len());
    assert_eq!(
        told["component"],
        tollgate_engine::Digest::of(&bytes).to_string()
    );
    assert_eq!(told["file"], component.display().to_string());
    // Ten of the program's own, four of the environment, thirteen of the wheels without machine code.
    assert_eq!(told["files"], 27, "{told}");
    let code = "it is machine code, which no guest can run";
    assert_eq!(
        told["missing"],
        serde_json::json!([
            {"from": "/program/.requirements/fast/_speed.cpython-314-x86_64-linux-gnu.so", "reason": code},
            {"from": "/program/src/main.py", "reason": "No module named 'nowhere'"},
            {"from": "/program/src/parcel/code.so", "reason": code},
        ])
    );
    assert!(tollgate_engine::has_deep_stack(&bytes));

    let exports = exported(&component);
    assert_eq!(exports, ["wasi:cli/run@0.2.12"]);
    let host = AnyHost::load(&component);
    let (succeeded, printed) = host.run(&["app", "a", "b"]);
    assert!(succeeded, "{printed}");
    assert_eq!(printed, PRINTED);
    assert!(!host.run(&["app", "exit", "3"]).0);
    let drawn = host.run(&["app", "draw"]).1;
    differ(&drawn, &host.run(&["app", "draw"]).1);

    let run = |arguments: &[&str]| run(&scene, &component, arguments);
    assert_eq!(run(&["a", "b"]).expect(0).stdout, PRINTED);
    run(&["exit", "3"]).expect(3);
    let raised = run(&["raise"]);
    raised.expect(1);
    assert_eq!(
        raised.stderr,
        "Traceback (most recent call last):
  File \"/program/src/main.py\", line 6, in <module>
    own.fails()
    ~~~~~~~~~^^
  File \"/program/src/own.py\", line 5, in fails
    raise ValueError('here')
ValueError: here
"
    );
    differ(&run(&["draw"]).stdout, &run(&["draw"]).stdout);
    differ(&run(&["draw"]).stdout, &drawn);
}

/// What is exported beside componentize-py's own interface, by which it has initialised the component.
fn exported(component: &Path) -> Vec<String> {
    let (imports, mut exports) = interfaces(component);
    assert!(
        imports.iter().all(|name| name.starts_with("wasi:")),
        "{imports:?}"
    );
    exports.retain(|name| name != "exports");
    exports
}

/// Nothing of what two runs drew is the same.
fn differ(one: &str, other: &str) {
    let words = |text: &str| {
        let words = text.split_whitespace().map(str::to_owned);
        words.collect::<Vec<_>>()
    };
    let (one, other) = (words(one), words(other));
    assert_eq!((one.len(), other.len()), (9, 9));
    for (one, other) in one.iter().zip(&other) {
        assert_ne!(one, other);
    }
}

const WEB: &str = "\
from urllib.parse import parse_qs
import sys
COUNT = 0

def parts():
    yield b'part 1;'
    yield b'part 2;'

def app(environ, start_response):
    global COUNT
    COUNT += 1
    path = environ['PATH_INFO']
    if path == '/echo':
        start_response('200 OK', [('X-Type', environ['CONTENT_TYPE'])])
        return [environ['wsgi.input'].read()]
    if path == '/stream':
        start_response('200 OK', [])
        return parts()
    if path == '/none':
        start_response('204 No Content', [])
        return []
    if path == '/boom':
        raise ValueError('secret')
    if path == '/exit':
        sys.exit(0)
    if path == '/headless':
        return [b'text']
    start_response('201 Created', [('Content-Type', 'text/plain'), ('X-Two', '1'), ('X-Two', '2')])
    query = parse_qs(environ['QUERY_STRING'])
    line = [environ['REQUEST_METHOD'], path, query, environ['HTTP_HOST'], environ['SERVER_NAME'], environ['SERVER_PORT']]
    return [repr(line).encode(), b' ', environ['wsgi.input'].read(), b' ', str(COUNT).encode(), __name__.encode()]

if __name__ == '__main__':
    raise SystemExit('it is served, and not run')
";

#[test]
fn a_program_that_answers_requests_does_so_in_any_host() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/web.py", WEB);
    let component = built(&scene, cache, "app/web.py", &["--world", "http"]);
    let exports = exported(&component);
    assert_eq!(exports, ["wasi:http/incoming-handler@0.2.12"]);
    let host = AnyHost::load(&component);
    let answer = host.ask("POST", "http://example.com/echo", &"x".repeat(200_000));
    assert_eq!((answer.status, answer.body.len()), (200, 200_000));
    let has = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert!(answer.headers.contains(&has("x-type", "text/x-test")));
    let answer = host.ask("PUT", "http://example.com:8080/a%20b?q=1&q=2", "text");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (
            201,
            "['PUT', '/a b', {'q': ['1', '2']}, 'example.com:8080', 'example.com', '8080'] text 1web"
        )
    );
    let two = answer.headers.iter().filter(|(name, _)| name == "x-two");
    assert_eq!(two.count(), 2);
    let answer = host.ask("GET", "http://example.com/stream", "");
    assert_eq!(answer.body, "part 1;part 2;");
    let answer = host.ask("GET", "http://example.com/none", "");
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    for failing in ["/boom", "/exit", "/headless"] {
        let answer = host.ask("GET", &format!("http://example.com{failing}"), "");
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (500, "Internal Server Error\n")
        );
    }
}

#[test]
fn a_class_that_speaks_the_bindings_of_wasi_http_answers_by_itself() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write(
        "app/own.py",
        "from componentize_py_types import Ok
from wit_world.imports import types
class IncomingHandler:
    def handle(self, request, response_out):
        response = types.OutgoingResponse(types.Fields.from_list([('x-own', b'1')]))
        response.set_status_code(202)
        body = response.body()
        types.ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream: stream.blocking_write_and_flush(b'own')
        types.OutgoingBody.finish(body, None)
",
    );
    let component = built(&scene, cache, "app/own.py", &["--world", "http"]);
    let answer = AnyHost::load(&component).ask("GET", "http://example.com/", "");
    assert_eq!((answer.status, answer.body.as_str()), (202, "own"));
    assert!(
        answer
            .headers
            .contains(&("x-own".to_owned(), "1".to_owned()))
    );
}

const PLUGIN: &str = "\
import asyncio, json
from json import loads
describe = {'name': 'demo', 'version': '1.0.0'}
def greet(given):
    return {'text': f\"hello {given['name']}\"}
async def slow(seconds):
    await asyncio.sleep(seconds)
    return 'slept'
def fails(given):
    raise TypeError('no way')
def big(given):
    return {1, 2}
def nothing(given):
    pass
def _hidden(given):
    return 'hidden'
class Thing:
    pass
print('loaded')
";

#[test]
fn a_plugin_is_described_and_called_with_json() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/plugin.py", PLUGIN);
    let component = built(&scene, cache, "app/plugin.py", &["--world", "plugin"]);
    assert_eq!(exported(&component), ["tollgate:bridge/plugin@0.1.0"]);
    let called = |call: &str| {
        let finished = invoke(&scene, &component, call);
        let said = finished.stdout.strip_prefix("loaded\n");
        (
            said.expect("it was loaded").trim_end().to_owned(),
            finished.stderr,
        )
    };
    let call = |call: &str| called(call).0;
    assert_eq!(
        call("describe()"),
        r#"ok("{\"name\":\"demo\",\"version\":\"1.0.0\",\"functions\":[\"big\",\"fails\",\"greet\",\"nothing\",\"slow\"]}")"#
    );
    assert_eq!(
        call(r#"call("greet", "{\"name\": \"you\"}")"#),
        r#"ok("{\"text\":\"hello you\"}")"#
    );
    assert_eq!(call(r#"call("slow", "0.01")"#), r#"ok("\"slept\"")"#);
    assert_eq!(call(r#"call("nothing", "5")"#), r#"ok("null")"#);
    let (answer, said) = called(r#"call("fails", "5")"#);
    assert_eq!(answer, r#"err(failed("TypeError: no way"))"#);
    assert_eq!(
        said,
        "Traceback (most recent call last):
  File \"/program/plugin.py\", line 10, in fails
    raise TypeError('no way')
TypeError: no way
"
    );
    assert_eq!(
        call(r#"call("big", "5")"#),
        r#"err(invalid-json("TypeError: Object of type set is not JSON serializable"))"#
    );
    assert!(call(r#"call("greet", "{")"#).starts_with("err(invalid-json("));
    assert!(call(r#"call("greet", "NaN")"#).starts_with("err(invalid-json("));
    let deep = format!(r#"call("nothing", "{}")"#, "[".repeat(20_000));
    assert_eq!(
        call(&deep),
        r#"err(invalid-json("ValueError: more than 1000 brackets in each other"))"#
    );
    for hidden in [
        "_hidden",
        "loads",
        "Thing",
        "describe",
        "json",
        "greet.__call__",
    ] {
        let answer = call(&format!(r#"call("{hidden}", "1")"#));
        assert_eq!(answer, format!(r#"err(unknown-function("{hidden}"))"#));
    }
}

#[test]
fn a_world_of_the_programs_own_is_built_too() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write(
        "wit/world.wit",
        "package test:adding@1.0.0;
         interface sums { record pair { a: s32, b: s32 } add: func(of: pair) -> s32; }
         world adder { export sums; export shout: func(text: string) -> result<string, string>; export draw: func() -> string; }",
    );
    // What it does when it is imported it does in the build: nothing that the build then writes through is where it says.
    let victim = scene.path("victim").display().to_string();
    let plant = format!(
        "import os\n\
         for name in ('made.wasm', 'program.wasm', 'index.wasm'):\n\
         \x20   os.symlink('../../../../../..{victim}', '/0/' + name)\n\
         try: open('/etc/passwd')\n\
         except OSError: pass\n\
         else: raise SystemExit('it reached the machine')\n"
    );
    scene.write(
        "app/helper.py",
        format!("{plant}def upper(text): return text.upper()"),
    );
    scene.write(
        "app/thing.py",
        "import wit_world
from componentize_py_types import Err
from helper import upper
class Sums:
    def add(self, of): return of.a + of.b
class WitWorld(wit_world.WitWorld):
    def shout(self, text):
        if not text: raise Err('nothing')
        import colorsys, textwrap
        return textwrap.fill(upper(text)) + str(colorsys.rgb_to_hsv(0, 0, 1)[2])
    def draw(self):
        import os, random
        return f'{random.random()} {os.urandom(8).hex()}'
",
    );
    let wit = scene.path("wit").display().to_string();
    let flags = ["--wit", &wit, "--world", "adder"];
    let component = built(&scene, cache, "app/thing.py", &flags);
    let exports = exported(&component);
    assert!(!scene.path("victim").exists());
    assert!(
        exports.contains(&"test:adding/sums@1.0.0".to_owned()),
        "{exports:?}"
    );
    let call = |call: &str| invoke(&scene, &component, call).stdout;
    assert_eq!(call("add({a: 2, b: 40})"), "42\n");
    assert_eq!(call(r#"shout("you")"#), "ok(\"YOU1\")\n");
    assert_eq!(call(r#"shout("")"#), "err(\"nothing\")\n");
    assert_ne!(call("draw()"), call("draw()"));
    let (_, finished) = build(
        &scene,
        cache,
        "app/thing.py",
        &["--wit", &wit, "--world", "none"],
    );
    finished.expect(126);
    assert!(finished.stderr.contains("none"), "{}", finished.stderr);
}

#[test]
fn what_cannot_be_built_is_refused() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/broken.py", "print('one')\na = = 1\n");
    scene.write("app/main.py", "print('one')");
    scene.write("app/main.js", "console.log('one')");
    let no = scene.path("app/no.txt").display().to_string();
    for (file, flags, code, said) in [
        (
            "app/broken.py",
            &[][..],
            126,
            "the program cannot be compiled\n    File \"/program/broken.py\", line 2",
        ),
        ("app/missing.py", &[], 127, "there is no file"),
        (
            "app/main.py",
            &["--world", "other"],
            2,
            "there is no world `other`",
        ),
        ("app/main.py", &["-r", &no], 127, "there is no file"),
        (
            "app/main.py",
            &["--wit", &no, "--world", "own"],
            127,
            "there is no file",
        ),
        ("app/main.js", &["-r", "app/main.py"], 2, "`node_modules`"),
        (
            "app/main.js",
            &["--wit", "app", "--world", "own"],
            126,
            "no `package` header was found",
        ),
    ] {
        let (output, finished) = build(&scene, cache, file, flags);
        finished.expect(code);
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
        assert!(!output.exists());
    }
}

/// A folder for the cache with the runner in it, compiled, and without tools.
fn without_tools(scene: &Scene, cache: &Path) -> PathBuf {
    let own = scene.path("home/cache");
    for name in ["runners", "compiled"] {
        let to = own.join("tollgate").join(name);
        super::folder(&to);
        for entry in std::fs::read_dir(cache.join("tollgate").join(name)).expect("it is there") {
            let entry = entry.expect("it can be listed");
            match std::fs::copy(entry.path(), to.join(entry.file_name())) {
                // Another test has given it its name, or dropped it, meanwhile: it is not what this one runs by.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                copied => {
                    copied.expect("it can be copied");
                }
            }
        }
    }
    own
}

#[test]
fn without_the_tools_the_one_command_that_makes_them_is_named() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/main.py", "print('one')");
    let (_, finished) = build(&scene, &scene.path("home/cache"), "app/main.py", &[]);
    finished.expect(126);
    assert!(
        finished.stderr.contains("`just python`"),
        "{}",
        finished.stderr
    );
    let own = without_tools(&scene, cache);
    let (_, finished) = build(&scene, &own, "app/main.py", &[]);
    finished.expect(126);
    assert!(
        finished.stderr.contains("no componentize-py") && finished.stderr.contains("`just python`"),
        "{}",
        finished.stderr
    );
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
}

#[test]
fn a69_tools_that_others_may_choose_are_not_run() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/main.py", "print('one')");
    let own = without_tools(&scene, cache);
    let tools = std::fs::read_dir(cache.join("tollgate/python")).expect("it is there");
    let tools = tools
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("tools-"));
    for name in tools {
        let code = format!("tollgate/python/{name}/componentize_py/__init__.py",);
        scene.write(
            &format!("home/cache/{code}"),
            format!(
                "open({:?}, 'w').close()",
                scene.path("mark").display().to_string()
            ),
        );
        super::open(&own.join("tollgate/python").join(name));
    }
    let (_, finished) = build(&scene, &own, "app/main.py", &[]);
    finished.expect(126);
    assert!(
        finished.stderr.contains("is not its user's alone"),
        "{}",
        finished.stderr
    );
    assert!(!scene.path("mark").exists());
}

/// The ways in which a file of requirements asks for code of a package to be run on the machine that builds.
#[test]
fn a_package_runs_no_code_of_its_own_when_it_is_installed() {
    let cache = needs!(cache());
    let scene = scene!();
    let mark = scene.path("mark");
    let text = format!(
        "open({:?}, 'w').close()\nfrom setuptools import setup\nsetup(name='evil', version='1.0')\n",
        mark.display().to_string()
    );
    scene.write("evil/setup.py", &text);
    scene.write(
        "evil/pyproject.toml",
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
    );
    scene.write("evil/backend.py", &text);
    scene.write("old/setup.py", &text);
    scene.write("sitecustomize.py", &text);
    scene.write("pip.py", &text);
    python(
        "import tarfile\nwith tarfile.open('evil-1.0.tar.gz', 'w:gz') as archive: archive.add('evil', 'evil-1.0')",
        scene.root(),
    );
    scene.write("app/main.py", "print('one')");
    let root = scene.root().display().to_string();
    for requirements in [
        format!("{root}/evil-1.0.tar.gz"),
        format!("evil @ file://{root}/evil-1.0.tar.gz"),
        format!("{root}/evil"),
        format!("{root}/old"),
        format!("-e {root}/evil"),
        format!("-e {root}/old"),
        format!("--no-index\n--find-links {root}\n--no-binary evil\nevil"),
        format!("--no-index\n--find-links {root}\nevil"),
        format!("git+file://{root}/evil"),
    ] {
        let file = scene.write("requirements.txt", &requirements);
        let file = file.display().to_string();
        let (output, finished) = build(&scene, cache, "app/main.py", &["-r", &file]);
        finished.expect(126);
        assert!(!mark.exists(), "{requirements} ran code");
        assert!(!output.exists(), "{requirements} was built");
        assert!(
            finished
                .stderr
                .contains("the requirements could not be installed"),
            "{requirements}: {}",
            finished.stderr
        );
    }
}

#[test]
fn what_the_operator_denies_to_programs_is_not_built_in() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write(
        "app/main.py",
        "try:\n    import denied\nexcept ImportError:\n    print('denied')",
    );
    scene.write("app/denied.py", "print('loaded')");
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[program]\nallow = [\"/program/**\"]\ndeny = [\"/program/denied.py\"]\n",
    );
    let ceiling = ceiling.display().to_string();
    let log = scene.path("built.jsonl").display().to_string();
    let flags = ["--json", "--ceiling", &ceiling, "--audit", &log];
    let (_, finished) = build(&scene, cache, "app/main.py", &flags);
    finished.expect(0);
    let records = scene.records("built.jsonl");
    let loads = |name: &str| {
        let path = format!("/program/{name}");
        let of_it = records.iter().filter(move |record| {
            (&*record.operation, &*record.resource) == ("program.load", path.as_str())
        });
        of_it.collect::<Vec<_>>()
    };
    let read = loads("main.py");
    let length = std::fs::metadata(scene.path("app/main.py")).expect("it was written");
    assert!(
        read.iter().any(|record| record.bytes_in == length.len()),
        "{read:#?}"
    );
    assert!(read.iter().all(|record| record.outcome == "ok"));
    let refused = loads("denied.py");
    assert!(
        refused.iter().all(|record| record.decision == "deny") && !refused.is_empty(),
        "{refused:#?}"
    );
    scene.verify("built.jsonl").expect(0);
    // What it is made of is what runs a program that is not built.
    tollgate(
        &scene,
        cache,
        &["run", "--audit", "run.jsonl", "app/main.py"],
    )
    .run()
    .expect(0);
    let run = scene.records("run.jsonl");
    assert_eq!(records[0].component, run[0].component);
    let told: serde_json::Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(told["files"], 1, "{told}");
    assert_eq!(
        told["missing"][0]["reason"],
        "the policy does not let '/program/denied.py' be loaded"
    );
    let denied = scene.write("none.toml", "version = 1\n[program]\ndefault = \"deny\"\n");
    let denied = denied.display().to_string();
    let (_, finished) = build(&scene, cache, "app/main.py", &["--ceiling", &denied]);
    finished.expect(126);
    assert!(
        finished
            .stderr
            .contains("the policy does not let '/program/main.py' be loaded"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_tool_that_hangs_ends_with_the_build() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/main.py", "print('one')");
    let file = scene.write("requirements.txt", "nothing");
    let mark = format!("{}", 1_000_000 + std::process::id());
    let tool = scene.write(
        "bin/python3",
        format!(
            "#!/bin/sh\necho started > {}\nsleep {mark} &\nsleep {mark}\n",
            scene.path("started").display()
        ),
    );
    super::executable(&tool);
    let arguments = ["build", "app/main.py", "-r", &file.display().to_string()];
    let path = format!("{}:/usr/bin:/bin", scene.path("bin").display());
    let running = tollgate(&scene, cache, &arguments)
        .env("PATH", path)
        .start();
    let wait = |what: &str, until: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !until() {
            assert!(Instant::now() < deadline, "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    wait("it never started", &|| scene.path("started").exists());
    running.signal(Signal::TERM);
    running.wait().expect(143);
    let left = || {
        let found = Command::new("pgrep")
            .args(["-f", &format!("sleep {mark}")])
            .output();
        found.expect("pgrep is on this machine").status.success()
    };
    wait("what the tool started is still there", &|| !left());
    let left = std::fs::read_dir(scene.path("temporary")).expect("it was made");
    assert_eq!(left.count(), 0);
}

#[test]
fn requirements_that_change_are_installed_anew_where_they_are_watched() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/main.py", "print('one')");
    let file = scene.write("requirements.txt", "one");
    let calls = scene.path("calls");
    let tool = scene.write(
        "bin/python3",
        format!("#!/bin/sh\necho call >> {}\nexit 1\n", calls.display()),
    );
    super::executable(&tool);
    let file = file.display().to_string();
    let arguments = ["build", "--watch", "app/main.py", "-r", &file];
    let path = format!("{}:/usr/bin:/bin", scene.path("bin").display());
    let running = tollgate(&scene, cache, &arguments)
        .env("PATH", path)
        .start();
    let called = |times: usize| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::fs::read_to_string(&calls).map_or(0, |text| text.lines().count()) < times {
            assert!(Instant::now() < deadline, "it is not called {times} times");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    called(1);
    // Two writes within one tick of the file system's clock would have one time.
    std::thread::sleep(Duration::from_millis(50));
    scene.write("requirements.txt", "two");
    called(2);
    running.signal(Signal::TERM);
    running.wait().expect(143);
}

#[test]
fn what_is_watched_is_built_and_run_again_when_it_changes() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/main.py", "import helper");
    let text =
        |number: u32| format!("import os\nprint('run {number}', len(os.environ), flush=True)");
    scene.write("app/helper.py", text(1));
    let output = scene.path("built.wasm").display().to_string();
    let arguments = [
        &["build", "--watch", "-o", &output, "app/main.py", "--"][..],
        &["--limit", "compile-time=180s", "--env", "NAME=value"],
    ]
    .concat();
    let running = tollgate(&scene, cache, &arguments).start();
    let next = || loop {
        let line = running.line();
        if line.starts_with("run ") {
            return line;
        }
    };
    assert_eq!(next(), "run 1 1");
    scene.write("app/helper.py", text(2));
    assert_eq!(next(), "run 2 1");
    running.signal(Signal::TERM);
    running.wait().expect(143);
}
