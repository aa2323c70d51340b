//! The code of a program's texts, which an earlier run left in the cache: a run that has it is as one that compiles, but for
//! the time.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tollgate_engine::code::Pack;
use tollgate_tests::{Finished, Record, Scene, scene};

/// Functions that nobody calls, for a text to be worth its code.
fn long(text: &str) -> String {
    let mut long = text.to_owned();
    for number in 0..150 {
        writeln!(
            long,
            "function filler{number}(a, b) {{ const list = [a, b, {number}]; return list.map((x) => x + {number}).join('-'); }}"
        )
        .expect("a string takes everything");
    }
    assert!(long.len() > 12 << 10);
    long
}

/// A run with what its report says of code: how many texts were asked for, and how many found.
struct Reported {
    finished: Finished,
    /// What the program said on standard error.
    said: String,
    asked: u64,
    found: u64,
    records: Vec<Record>,
}

fn reported(scene: &Scene, file: &Path) -> Reported {
    reported_with(scene, file, &[])
}

fn reported_with(scene: &Scene, file: &Path, flags: &[&str]) -> Reported {
    let (finished, mut records) = scene
        .run(file)
        .flags(&["--report=json"])
        .flags(flags)
        .logged();
    // The log has those of the runs before, too.
    let start = records
        .iter()
        .rposition(|record| record.operation == "run.start");
    let records = records.split_off(start.expect("the run's first record"));
    let is_report = |line: &&str| line.starts_with('{') && line.contains("\"exit_code\"");
    let report = finished.stderr.lines().find(is_report).expect("a report");
    let report_of: Value = serde_json::from_str(report).expect("JSON");
    let count = |key: &str| {
        let count = report_of.pointer(&format!("/code/{key}"));
        count.and_then(Value::as_u64).unwrap_or(0)
    };
    Reported {
        said: finished.stderr.replace(report, ""),
        asked: count("asked"),
        found: count("found"),
        records,
        finished,
    }
}

/// Runs it until a run finds all of its code: what a busy machine does not make in a run's time the next ones make.
fn compiled_before(scene: &Scene, file: &Path) -> Reported {
    (0..30)
        .map(|_| reported(scene, file))
        .find(|run| run.asked > 0 && run.found == run.asked)
        .expect("a run that finds the code of all of its texts")
}

/// The packs of the cache, as the command shows that there are.
fn packs(scene: &Scene) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(scene.path("home/cache/tollgate/compiled")) else {
        return Vec::new();
    };
    let mut packs: Vec<PathBuf> = folder
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "code")
        })
        .collect();
    packs.sort();
    packs
}

/// How often what was asked of whom, and what became of it.
fn sums(records: &[Record]) -> BTreeMap<Vec<String>, [u64; 3]> {
    let mut sums: BTreeMap<Vec<String>, [u64; 3]> = BTreeMap::new();
    // How often a clock is read hangs on the clock.
    for record in records
        .iter()
        .filter(|record| !record.operation.starts_with("clock"))
    {
        let key = [
            &record.import,
            &record.operation,
            &record.resource,
            &record.decision,
            &record.rule,
            &record.outcome,
        ];
        let sum = sums.entry(key.map(String::clone).to_vec()).or_default();
        for (sum, more) in sum
            .iter_mut()
            .zip([record.count, record.bytes_in, record.bytes_out])
        {
            *sum += more;
        }
    }
    sums
}

#[test]
fn a_second_run_takes_what_the_first_compiled() {
    let scene = scene!();
    let one = scene.write("one/main.mjs", long("console.log('one');\n"));
    let two = scene.write("two/main.mjs", long("console.log('two');\n"));
    let first = reported(&scene, &one);
    assert_eq!((first.asked, first.found), (1, 0));
    assert_eq!(compiled_before(&scene, &one).finished.stdout, "one\n");
    let of_one = packs(&scene);
    assert_eq!(of_one.len(), 1);
    assert_eq!(compiled_before(&scene, &two).finished.stdout, "two\n");
    let of_two: Vec<PathBuf> = packs(&scene)
        .into_iter()
        .filter(|pack| !of_one.contains(pack))
        .collect();
    assert_eq!(of_two.len(), 1);
    let shown = scene.tollgate(["cache", "show", "--json"]).run();
    assert_eq!(shown.expect(0).stdout.matches("\"bytecode\"").count(), 2);

    // That it is the code which runs, and not the text: under the name of the one the other's is found.
    let pack =
        |path: &Path| Pack::read(fs::read(path).expect("it can be done")).expect("it can be done");
    let (ones, twos) = (pack(&of_one[0]), pack(&of_two[0]));
    let name = *ones.names().next().expect("one text");
    let other = twos.names().next().expect("one text");
    let code = twos.code(other).expect("its code").to_vec();
    let swapped = ones.renewed(&BTreeSet::new(), &BTreeMap::from([(name, code)]));
    fs::write(&of_one[0], swapped.bytes()).expect("it can be done");
    assert_eq!(reported(&scene, &one).finished.stdout, "two\n");
    // Which the cache's own check finds.
    scene.tollgate(["cache", "verify"]).run().expect(1);
    assert_eq!(reported(&scene, &one).finished.stdout, "one\n");
}

/// Files, of which the first begins, and how it ends.
type Told = (&'static [(&'static str, &'static str)], i32);

/// What a text's meaning may hang on, apart from what it is.
const TOLD: &[Told] = &[
    // ES modules: in a circle, with attributes, each way to import, and a wait on top.
    (
        &[
            (
                "main.mjs",
                "import data from './data.json' with { type: 'json' };\n\
                 import again from './data.json' with { type: 'json' };\n\
                 import { b } from './b.mjs';\n\
                 import * as old from './old.cjs';\n\
                 export * as all from './b.mjs';\n\
                 import * as self from './main.mjs';\n\
                 export const a = () => 'a';\n\
                 export default class { #x = 1; static has(o) { return #x in o; } };\n\
                 const later = await import('./later.mjs?x=1');\n\
                 const bad = await import('./later.mjs', { with: { type: 'json' } }).catch((error) => error.code);\n\
                 console.log(import.meta.url, import.meta.filename, import.meta.resolve('./x'), data.v, data === again, b(), old.default.named, later.default, bad);\n\
                 console.log(self.all.b(), filler3.toString(), a.name);\n",
            ),
            (
                "b.mjs",
                "import { a } from './main.mjs';\nexport const b = () => a() + 'b';\n",
            ),
            (
                "old.cjs",
                "exports.named = require('./data.json').v + __dirname;\n",
            ),
            ("later.mjs", "export default import.meta.url;\n"),
            ("data.json", "{ \"v\": 7 }"),
        ],
        0,
    ),
    // CommonJS: a line for the system, circles, and all that makes constants of its own.
    (
        &[
            (
                "main.cjs",
                "#!/usr/bin/env node\n\
                 exports.early = 1;\n\
                 const other = require('./other.cjs');\n\
                 const tag = (strings) => strings;\n\
                 const same = () => tag`a${1}\\u{41}\\x`;\n\
                 const strings = same();\n\
                 console.log(strings === same(), Object.isFrozen(strings), Object.isFrozen(strings.raw), strings[1], strings.raw[1]);\n\
                 class Point { #x; static #made = 0; constructor(x) { this.#x = x; Point.#made++; } get x() { return this.#x; } static { this.label = 'P'; } #own() { return 1; } own() { return this.#own(); } static get made() { return Point.#made; } }\n\
                 console.log(new Point(3).x, Point.made, Point.label, new Point(1).own(), Point.toString().length, Object.getOwnPropertyDescriptor(Point.prototype, 'x').get.toString());\n\
                 console.log(/(?<year>\\d+)-\\u{1F600}/u.exec('12-\\u{1F600}').groups.year, 12345678901234567890n, -0, 1e400, 'gr\\u00fc\\u00df \\u{1F600} \\ud800'.length, 0x7fffffff + 1);\n\
                 console.log(arguments.length, arguments.callee.toString().slice(0, 90), __filename, module.id, require.main === module, other);\n\
                 function* counts() { try { yield 1; yield* [2, 3]; } finally { console.log('over'); } }\n\
                 for (const count of counts()) { if (count === 2) break; }\n\
                 outer: for (let i = 0; ; i++) { for (;;) { if (i > 2) break outer; continue outer; } }\n\
                 const fns = []; for (let i = 0; i < 3; i++) fns.push(() => i); console.log(fns.map((f) => f()));\n\
                 let hidden = 5; console.log(eval('hidden + (() => hidden)()'), new Function('a', 'return a * 2')(4), typeof undeclared);\n\
                 with ({ within: 1 }) console.log(within);\n\
                 const { a = 1, ...rest } = { b: 2, c: 3 }; console.log(a, rest, [...'ab'], ((x, y = x, ...z) => [x, y, z])(1), (function f(a, b = 2) {}).length);\n\
                 label(); function label() { console.log(new.target, label.name, (() => {}).name, (async () => {}).constructor.name); }\n\
                 var undefined_ = void 0, sum = 0; switch (3) { case 1: sum = 1; default: sum += 5; case 9: sum += 9; } console.log(sum, null ?? 1, undefined_?.x.y, 2 ** 10);\n\
                 (async () => { for await (const x of [1, Promise.resolve(2)]) console.log(x); })();\n\
                 console.log(new Error('seen').stack);\n",
            ),
            (
                "other.cjs",
                "module.exports = [require('./main.cjs').early, module.children.length, module.parent.filename];\n",
            ),
        ],
        0,
    ),
    // Errors that nobody catches: thrown deep, with the line that is shown.
    (
        &[
            (
                "main.cjs",
                "\n\n  function outer() { return require('./deep.cjs').fail(41); }\n\nouter();\n",
            ),
            (
                "deep.cjs",
                "'use strict';\nexports.fail = function named(n) {\n    const wide = '\u{e4}\u{1F600}'; throw new TypeError('it broke ' + n + wide);\n};\n",
            ),
        ],
        1,
    ),
    (
        &[(
            "main.mjs",
            "const later = async () => {\n  await null;\n    throw new RangeError('too late', { cause: new Error('why') });\n};\nawait later();\n",
        )],
        1,
    ),
    (&[("main.mjs", "null.x;\n")], 1),
    (
        &[(
            "main.mjs",
            "setTimeout(function tick() {\n  nowhere();\n}, 1);\n",
        )],
        1,
    ),
    // The same with a source map: from the first line's sixth column to the third of the original.
    (
        &[(
            "main.js",
            "const boom = () => { throw new Error('mapped'); }; boom();\n\
             //# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbIm9yaWdpbmFsLnRzIl0sInNvdXJjZXNDb250ZW50IjpbIm9uZVxudHdvXG50aHJlZVxuIl0sIm5hbWVzIjpbXSwibWFwcGluZ3MiOiJBQUVBLG9CQUFvQixzQkFBc0IsQ0FBQyxDQUFDIn0=\n",
        )],
        1,
    ),
    // TypeScript, whose types are gone before anything is compiled.
    (
        &[
            (
                "main.ts",
                "import { kind, type Kind } from './kind.ts';\nconst shown: Kind = kind as Kind;\nconsole.log(shown, ((x: number): string => `${x}`).toString());\nthrow new Error(`typed ${shown}`);\n",
            ),
            (
                "kind.ts",
                "export type Kind = 'a' | 'b';\nexport const kind: string = 'b';\n",
            ),
        ],
        1,
    ),
    // What does not link, or is not there.
    (
        &[
            (
                "main.mjs",
                "import { nothing } from './b.mjs';\nconsole.log(nothing);\n",
            ),
            ("b.mjs", "export const something = 1;\n"),
        ],
        1,
    ),
    (&[("main.mjs", "import './gone.mjs';\n")], 1),
    (
        &[
            (
                "main.mjs",
                "await import('./bad.mjs').catch((error) => console.log(error.name, error.message));\nawait import('./fine.mjs');\nconsole.log('on');\n",
            ),
            ("bad.mjs", "import './gone.mjs';\n"),
            ("fine.mjs", "import './leaf.mjs'; console.log('fine');\n"),
            ("leaf.mjs", "console.log('leaf');\n"),
        ],
        0,
    ),
    // One that ends by itself, and one whose promise never settles.
    (
        &[(
            "main.mjs",
            "process.on('exit', () => console.log('bye')); process.exit(9);\n",
        )],
        9,
    ),
    (&[("main.mjs", "await new Promise(() => {});\n")], 13),
];

#[test]
fn a_run_from_code_does_and_says_and_records_what_one_from_text_does() {
    let scene = scene!();
    for (at, (files, code)) in TOLD.iter().enumerate() {
        for (name, text) in files.iter() {
            let is_json = Path::new(name).extension().is_some_and(|it| it == "json");
            let text = if is_json {
                (*text).to_owned()
            } else {
                long(text)
            };
            scene.write(&format!("{at}/{name}"), text);
        }
        let file = scene.path(&format!("{at}/{}", files[0].0));
        let from_text = reported(&scene, &file);
        from_text.finished.expect(*code);
        assert!(from_text.asked > 0, "{}", file.display());
        assert_eq!(from_text.found, 0, "{}", file.display());
        let from_code = compiled_before(&scene, &file);
        from_code.finished.expect(*code);
        assert_eq!(from_code.asked, from_text.asked, "{}", file.display());
        assert_eq!(from_code.finished.stdout, from_text.finished.stdout);
        assert_eq!(from_code.said, from_text.said);
        assert_eq!(
            sums(&from_code.records),
            sums(&from_text.records),
            "{}",
            file.display()
        );
    }
}

#[test]
fn what_does_not_compile_says_so_each_time() {
    let scene = scene!();
    for name in ["bad.mjs", "bad.cjs"] {
        let file = scene.write(&format!("app/{name}"), long("const a = 1;\nconst = 2;\n"));
        let said = |run: &Reported| (run.finished.stdout.clone(), run.said.clone());
        let first = reported(&scene, &file);
        first.finished.expect(1);
        assert!(first.said.contains("SyntaxError"), "{}", first.said);
        for _ in 0..3 {
            let run = reported(&scene, &file);
            assert_eq!(run.found, 0);
            assert_eq!(said(&run), said(&first));
        }
    }
}

#[test]
fn a_text_that_has_changed_is_seen_at_once() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        long("import './part.mjs';\nconsole.log('a');\n"),
    );
    let part = |text: &str| scene.write("app/part.mjs", long(text));
    part("console.log('first');\n");
    assert_eq!(compiled_before(&scene, &file).finished.stdout, "first\na\n");
    part("console.log('other');\n");
    let run = reported(&scene, &file);
    assert_eq!(run.finished.stdout, "other\na\n");
    assert_eq!((run.asked, run.found), (2, 1));
    assert_eq!(compiled_before(&scene, &file).finished.stdout, "other\na\n");
    // What was there before is still known.
    part("console.log('first');\n");
    let run = reported(&scene, &file);
    assert_eq!(run.finished.stdout, "first\na\n");
    assert_eq!((run.asked, run.found), (2, 2));
    assert_eq!(packs(&scene).len(), 1);
    scene.write(
        "app/main.mjs",
        long("import './part.mjs';\nconsole.log('b');\n"),
    );
    let run = reported(&scene, &file);
    assert_eq!(run.finished.stdout, "first\nb\n");
    assert_eq!(run.found, 0);
}

#[test]
fn code_that_is_cut_off_or_changed_is_made_anew() {
    let scene = scene!();
    let file = scene.write("app/main.cjs", long("console.log('whole');\n"));
    compiled_before(&scene, &file);
    let pack = packs(&scene).pop().expect("a pack");
    let whole = fs::read(&pack).expect("it can be done");
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0x20;
    for bytes in [&whole[..whole.len() / 2], &[], &changed, &[0xcc; 9999]] {
        fs::write(&pack, bytes).expect("it can be done");
        let run = reported(&scene, &file);
        assert_eq!(run.finished.expect(0).stdout, "whole\n");
        assert_eq!((run.asked, run.found), (1, 0));
        assert_eq!(compiled_before(&scene, &file).finished.stdout, "whole\n");
    }
}

#[test]
fn a69_code_that_others_could_have_written_is_not_taken() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = scene!();
    let file = scene.write("app/main.mjs", long("console.log('own');\n"));
    compiled_before(&scene, &file);
    let pack = packs(&scene).pop().expect("a pack");
    assert_eq!(
        fs::metadata(&pack)
            .expect("it can be done")
            .permissions()
            .mode()
            & 0o7777,
        0o600
    );
    fs::set_permissions(&pack, fs::Permissions::from_mode(0o666)).expect("it can be done");
    let run = reported(&scene, &file);
    assert_eq!(
        (run.finished.expect(0).stdout.as_str(), run.found),
        ("own\n", 0)
    );
}

#[test]
fn a_program_that_compiles_another_text_under_a_files_name_gets_that() {
    let scene = scene!();
    scene.write("app/part.cjs", long("module.exports = 'part';\n"));
    let file = scene.write(
        "app/main.cjs",
        long(
            "const Module = require('module');\n\
             const { _compile } = Module.prototype;\n\
             const other = (content) => content.replace(\"'part'\", \"'taken'\");\n\
             Module.prototype._compile = function(content, filename) { return _compile.call(this, other(content), filename); };\n\
             console.log(require('./part.cjs'));\n\
             Module.prototype._compile = _compile;\n\
             delete require.cache[require.resolve('./part.cjs')];\n\
             console.log(require('./part.cjs'));\n\
             const made = new Module('/program/part.cjs');\n\
             made._compile(\"module.exports = 'made';\" + ' '.repeat(20000), '/program/part.cjs');\n\
             console.log(made.exports);\n\
             Module.wrapper[0] = '(function (exports, require, module, __filename, __dirname) { const wrapped = 1;';\n\
             Module.wrap = Module.wrap;\n\
             delete require.cache[require.resolve('./part.cjs')];\n\
             console.log(require('./part.cjs'));\n",
        ),
    );
    let first = reported(&scene, &file);
    assert_eq!(first.finished.expect(0).stdout, "taken\npart\nmade\npart\n");
    let second = compiled_before(&scene, &file);
    assert_eq!(
        second.finished.expect(0).stdout,
        "taken\npart\nmade\npart\n"
    );
    // The entry, and the one text that is a file's own and compiled as such.
    assert_eq!(second.asked, 2);
}

#[test]
fn first_runs_at_the_same_time_do_not_stand_in_each_others_way() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        long("import './part.mjs';\nconsole.log('main');\n"),
    );
    scene.write("app/part.mjs", long("console.log('part');\n"));
    let running: Vec<_> = (0..6)
        .map(|_| {
            scene
                .tollgate([OsStr::new("run"), file.as_os_str()])
                .start()
        })
        .collect();
    for run in running {
        assert_eq!(run.wait().expect(0).stdout, "part\nmain\n");
    }
    assert_eq!(
        compiled_before(&scene, &file).finished.stdout,
        "part\nmain\n"
    );
    assert_eq!(packs(&scene).len(), 1);
    scene.tollgate(["cache", "verify"]).run().expect(0);
}

#[test]
fn nothing_is_kept_of_what_is_short_or_in_no_file_or_runs_by_fuel() {
    let scene = scene!();
    let hello = scene.write("app/hello.mjs", "console.log('hello');\n");
    let run = reported(&scene, &hello);
    assert_eq!(
        (run.finished.expect(0).stdout.as_str(), run.asked),
        ("hello\n", 0)
    );
    let text = long("console.log('text');\n");
    let finished = scene
        .tollgate(["run", "-e", &text])
        .current_dir(&scene.work())
        .run();
    assert_eq!(finished.expect(0).stdout, "text\n");
    let file = scene.write("app/main.mjs", long("console.log('main');\n"));
    let fuel = ["--limit", "fuel=10000000000,compile-time=180s"];
    let run = reported_with(&scene, &file, &fuel);
    assert_eq!(
        (run.finished.expect(0).stdout.as_str(), run.asked),
        ("main\n", 0)
    );
    assert_eq!(packs(&scene), Vec::<PathBuf>::new());
    compiled_before(&scene, &file);
    let run = reported_with(&scene, &file, &fuel);
    assert_eq!(
        (run.finished.expect(0).stdout.as_str(), run.asked),
        ("main\n", 0)
    );
}

#[test]
fn a_denied_text_is_denied_whatever_is_kept_of_it() {
    let scene = scene!();
    let file = scene.write(
        "app/main.mjs",
        long("console.log(await import('./part.mjs').then((part) => part.value, (error) => error.code));\n"),
    );
    scene.write("app/part.mjs", long("export const value = 'part';\n"));
    assert_eq!(compiled_before(&scene, &file).finished.stdout, "part\n");
    let policy = scene.write(
        "deny.toml",
        "version = 1\n[program]\nallow = [\"**\"]\ndeny = [\"/program/part.mjs\"]\n[stdio]\ndefault = \"allow\"\n",
    );
    let deny = ["--policy", policy.to_str().expect("a path")];
    let run = reported_with(&scene, &file, &deny);
    assert_ne!(run.finished.expect(0).stdout, "part\n");
    assert_eq!((run.asked, run.found), (1, 1));
}
