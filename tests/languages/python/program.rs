//! The files of a program and how they are found, what a policy says to them, and what is recorded.

use tollgate_tests::{Record, scene};

use super::{cache, needs, run, run_text};

fn loads<'a>(records: &'a [Record], path: &str) -> Option<&'a Record> {
    records
        .iter()
        .find(|record| record.is("program.load", path))
}

#[test]
fn modules_of_every_kind_find_each_other() {
    let scene = scene!();
    scene.write("app/pyproject.toml", "");
    scene.write("app/src/own.py", "from sub import leaf\nword = leaf.word");
    scene.write("app/src/sub/__init__.py", "");
    scene.write("app/src/sub/leaf.py", "word = 'leaf'");
    scene.write(
        "app/src/portion/inner.py",
        "from . import other\nword = other.word",
    );
    scene.write(
        "app/src/portion/other.py",
        b"# coding: latin-1\nword = '\xe9'",
    );
    scene.write("app/src/queue.py", "word = 'mine'");
    scene.write("app/src/bom.py", b"\xef\xbb\xbfword = '\xc3\xa4'");
    scene.write("app/site-packages/installed.py", "word = 'installed'");
    scene.write("app/.venv/lib/python3.9/site-packages/older.py", "");
    scene.write(
        "app/.venv/lib/python3.14/site-packages/venv_module/__init__.py",
        "word = 'venv'",
    );
    let file = scene.write(
        "app/src/main.py",
        "import sys, json, queue, own, bom, portion.inner, installed, venv_module\n\
         from importlib import import_module\n\
         print(own.word, portion.inner.word, queue.word, bom.word, installed.word, venv_module.word)\n\
         print(__name__, __file__, __spec__, sys.path[0], own.__file__, portion.__path__._path)\n\
         try: import_module('older')\n\
         except ModuleNotFoundError as error: print(error)",
    );
    let (finished, records) = needs!(run(&scene, &file)).logged();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "leaf é mine ä installed venv",
            "__main__ /program/src/main.py None /program/src /program/src/own.py ['/program/src/portion']",
            "No module named 'older'",
        ]
    );
    for path in [
        "main.py",
        "own.py",
        "sub/leaf.py",
        "portion/other.py",
        "queue.py",
    ] {
        let path = format!("/program/src/{path}");
        assert!(loads(&records, &path).is_some(), "{path} in {records:#?}");
    }
    let path = "/program/.venv/lib/python3.14/site-packages/venv_module/__init__.py";
    assert_eq!(
        loads(&records, path).map(|record| record.decision.as_str()),
        Some("allow")
    );
}

#[test]
fn the_data_of_a_package_is_part_of_the_program() {
    let scene = scene!();
    scene.write("app/words/__init__.py", "");
    scene.write("app/words/list.txt", "one");
    scene.write("app/words/deep/bytes.bin", b"\0\xff");
    scene.write("app/words/plug.py", "");
    scene.write(
        "app/site-packages/thing-1.2.dist-info/METADATA",
        "Name: thing\nVersion: 1.2\n",
    );
    scene.write(
        "app/site-packages/thing-1.2.dist-info/entry_points.txt",
        "[group]\nname = words.plug:f\n",
    );
    let text = "import pkgutil, words\n\
         from importlib import metadata, resources\n\
         files = resources.files('words')\n\
         print(files.joinpath('list.txt').read_text(), (files / 'deep' / 'bytes.bin').read_bytes())\n\
         print(sorted(item.name for item in files.iterdir()), files.joinpath('deep').is_dir(), files.joinpath('no').is_file())\n\
         print(pkgutil.get_data('words', 'list.txt'), [module.name for module in pkgutil.iter_modules(words.__path__)])\n\
         print(metadata.version('thing'), [point.value for point in metadata.entry_points(group='group')])\n\
         try: files.joinpath('gone.txt').read_bytes()\n\
         except FileNotFoundError as error: print(error)";
    let (finished, records) = needs!(run_text(&scene, text)).logged();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "one b'\\x00\\xff'",
            "['__init__.py', 'deep', 'list.txt', 'plug.py'] True False",
            "b'one' ['plug']",
            "1.2 ['words.plug:f']",
            "[Errno 44] No such file or directory: '/program/words/gone.txt'",
        ]
    );
    assert!(
        loads(&records, "/program/words/list.txt").is_some(),
        "{records:#?}"
    );
}

#[test]
fn nothing_else_of_the_folder_can_be_opened() {
    let scene = scene!();
    scene.write("app/data.txt", "secret");
    let text = "import os\n\
         for name in (__file__, 'data.txt', '/program/data.txt', '../data.txt'):\n\
         \x20   try: print(open(name).read())\n\
         \x20   except OSError as error: print(type(error).__name__)\n\
         try: print(os.listdir('/program'))\n\
         except OSError as error: print(type(error).__name__)";
    let finished = needs!(run_text(&scene, text)).finish();
    finished.expect(0);
    assert!(
        finished.lines().iter().all(|line| line.ends_with("Error")),
        "{}",
        finished.stdout
    );
    assert_eq!(finished.lines().len(), 5);
}

#[test]
fn a_granted_folder_shows_the_program_where_a_person_expects_it() {
    let cache = needs!(cache());
    let scene = scene!();
    scene.write("app/data.txt", "data");
    scene.write("app/near.py", "");
    scene.write(
        "app/main.py",
        "import os, near\n\
         print(open('data.txt').read(), open(os.path.join(os.path.dirname(__file__), 'data.txt')).read(), near.__file__)\n\
         open('written.txt', 'w').write('w')\n\
         print(sorted(os.listdir('.')))",
    );
    let finished = scene
        .tollgate(["run", "--dir", ".", "main.py"])
        .env("XDG_CACHE_HOME", cache)
        .current_dir(&scene.path("app"))
        .run();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "data data /near.py",
            "['data.txt', 'main.py', 'near.py', 'written.txt']"
        ]
    );
}

#[test]
fn a67_a_link_out_of_the_package_is_refused() {
    let scene = scene!();
    let secret = scene.write("elsewhere/secret.py", "print('secret')");
    scene.write("elsewhere/package/__init__.py", "print('secret')");
    scene.write("elsewhere/site-packages/stolen.py", "print('secret')");
    scene.write("app/words/__init__.py", "");
    let text = "import importlib, pkgutil\n\
         for name in ('linked', 'package', 'stolen'):\n\
         \x20   try: importlib.import_module(name)\n\
         \x20   except ImportError as error: print(error)\n\
         try: print(pkgutil.get_data('words', 'data.txt'))\n\
         except OSError as error: print(error.strerror)";
    scene.write("app/main.py", text);
    for (target, link) in [
        (secret.clone(), "app/linked.py"),
        (scene.path("elsewhere/package"), "app/package"),
        (scene.path("elsewhere/site-packages"), "app/site-packages"),
        (secret, "app/words/data.txt"),
    ] {
        std::os::unix::fs::symlink(target, scene.path(link)).expect("a link can be made");
    }
    let finished = needs!(run(&scene, &scene.path("app/main.py"))).finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "'/program/linked.py': a link leads out of the program's folder",
            "'/program/package': a link leads out of the program's folder",
            "No module named 'stolen'",
            "'/program/words/data.txt': a link leads out of the program's folder",
        ]
    );
    assert!(
        !finished.stderr.contains("elsewhere"),
        "{}",
        finished.stderr
    );
}

#[test]
fn a72_machine_code_and_bytecode_are_refused() {
    let scene = scene!();
    scene.write("app/fast.cpython-314-x86_64-linux-gnu.so", "");
    scene.write("app/old.pyc", "");
    let text = "for name in ('fast', 'old'):\n\
         \x20   try: __import__(name)\n\
         \x20   except ImportError as error: print(error)";
    let finished = needs!(run_text(&scene, text)).finish();
    finished.expect(0);
    assert_eq!(
        finished.lines(),
        [
            "'/program/fast.cpython-314-x86_64-linux-gnu.so' is machine code, which no guest can run",
            "'/program/old.pyc' is bytecode without its source, which is not loaded",
        ]
    );
}

const DENYING: &str = "version = 1\n[stdio]\ndefault = \"allow\"\n[program]\nallow = [\"**\"]\n";

#[test]
fn a_policy_can_keep_a_part_of_a_program_from_being_loaded() {
    let scene = scene!();
    scene.write("app/evil/__init__.py", "print('evil')");
    let text = "try: import evil\nexcept ImportError as error: print(error)";
    let (finished, records) = needs!(run_text(&scene, text))
        .policy(&format!("{DENYING}deny = [\"/program/evil/**\"]\n"))
        .logged();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "[Errno 2] Permission denied: '/program/evil/__init__.py'\n"
    );
    let record = loads(&records, "/program/evil/__init__.py").expect("a record of it");
    assert_eq!(record.decision, "deny");
}

#[test]
fn a_policy_that_denies_the_entry_runs_nothing() {
    let scene = scene!();
    let (finished, records) = needs!(run_text(&scene, "print('it ran')"))
        .policy(&format!("{DENYING}deny = [\"/program/main.py\"]\n"))
        .logged();
    finished.expect(2);
    assert_eq!(finished.stdout, "");
    assert!(
        finished
            .stderr
            .contains("the policy does not let '/program/main.py' be loaded")
    );
    let record = loads(&records, "/program/main.py").expect("a record of it");
    assert_eq!(record.decision, "deny");
}

#[test]
fn the_digest_of_what_was_loaded_is_recorded() {
    let digest = |used: &str, unused: &str| {
        let scene = scene!();
        scene.write("app/used.py", used);
        scene.write("app/unused.py", unused);
        let (finished, records) = run_text(&scene, "import used")?.logged();
        finished.expect(0);
        let record = records
            .into_iter()
            .find(|record| record.operation == "run.program")
            .expect("a record of the program");
        Some(record.resource)
    };
    let one = needs!(digest("1", "1"));
    assert!(one.starts_with("sha256:"));
    assert_eq!(digest("1", "2").as_ref(), Some(&one));
    assert_ne!(digest("2", "1").as_ref(), Some(&one));
}

#[test]
fn a_module_that_changes_while_it_is_loaded_is_refused() {
    let scene = scene!();
    let text = "import importlib, changing\n\
         open('/work/changing.py', 'w').write('word = 2')\n\
         try: importlib.reload(changing)\n\
         except ImportError as error: print(error)";
    scene.write("work/pyproject.toml", "");
    scene.write("work/changing.py", "word = 1");
    let file = scene.write("work/main.py", text);
    let finished = needs!(run(&scene, &file)).work().finish();
    finished.expect(0);
    assert!(
        finished.stdout.contains("/work/changing.py changed while"),
        "{}",
        finished.stdout
    );
}

#[test]
fn flags_of_components_and_languages_are_refused_where_they_mean_nothing() {
    let scene = scene!();
    let file = scene.write("app/main.py", "print('it ran')");
    for flags in [["--invoke", "f()"], ["--lang", "py"]] {
        let finished = scene.run(&file).flags(&flags).finish();
        finished.expect(2);
        assert_eq!(finished.stdout, "");
    }
}

/// What gets out of sandboxes that are made of Python, where a filter of names or syntax is all that there is: here each
/// leads to the whole interpreter, and that to nothing that was not granted.
const ESCAPES: &str = r#"
import sys
classes = ().__class__.__base__.__subclasses__()
wrapped = [it for it in classes if it.__name__ == "_wrap_close"][0].__init__.__globals__
frame = (_ for _ in ()).gi_frame or sys._getframe()
try:
    raise AttributeError(name="x", obj=sys)
except AttributeError as error:
    modules = error.obj.modules
reached = [wrapped, vars(modules["os"]), vars(frame.f_builtins["__import__"]("posix"))]
for names in reached:
    for name, arguments in (
        ("system", ("id",)),
        ("popen", ("id",)),
        ("fork", ()),
        ("execv", ("/bin/sh", ["sh"])),
        ("posix_spawn", ("/bin/sh", ["sh"], {})),
        ("listdir", ("/",)),
        ("open", ("/etc/passwd", 0)),
    ):
        try:
            print("reached", name, names[name](*arguments))
        except (KeyError, OSError, AttributeError):
            print("nothing")
for text in ("open('/etc/passwd').read()", "open('/proc/self/environ').read()", "__import__('ctypes').CDLL(None)",
             "__import__('subprocess').check_output('id')", "__import__('_posixsubprocess')"):
    try:
        print("reached", eval(text))
    except (ImportError, OSError, AttributeError):
        print("nothing")
print(sorted(modules["os"].environ))
"#;

#[test]
fn a71_what_escapes_from_sandboxes_of_python_reaches_nothing_here() {
    let scene = scene!();
    let finished = needs!(run_text(&scene, ESCAPES)).finish();
    finished.expect(0);
    let lines = finished.lines();
    let (last, attempts) = lines.split_last().expect("it says something");
    assert_eq!(*last, "[]");
    assert_eq!(attempts.len(), 26, "{lines:?}");
    assert!(attempts.iter().all(|line| *line == "nothing"), "{lines:?}");
}
