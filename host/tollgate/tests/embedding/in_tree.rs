//! Programs that lie in the guest's own tree, as a VM's do: what they load is what the guest reads.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tollgate::audit::Record;
use tollgate::bridge::Program;
use tollgate::engine::Ended;
use tollgate::vfs::{Entry, EntryKind, MemoryFs, Mount, Owner, Quota, Timestamp, TreeBuilder};
use tollgate::{Component, Grants, Host, Outcome, Refused, RunOptions, Stream};
use tollgate_languages::{ENGINE, JavaScript, PythonInTree, RUNNER_INPUTS};
use tollgate_tests::guests;

use crate::support::{builder, ended, guest, host, records, runtime};

const ALL_FILES: &str = "version = 1\n[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n\
                         [random]\ndefault = \"allow\"\n[fs]\ndefault = \"allow\"\n";

fn file(path: &str, text: &str) -> Entry {
    entry(path, EntryKind::File(text.as_bytes().to_vec()))
}

fn folder(path: &str) -> Entry {
    entry(path, EntryKind::Directory)
}

fn link(path: &str, target: &str) -> Entry {
    entry(path, EntryKind::Symlink(target.into()))
}

fn entry(path: &str, kind: EntryKind) -> Entry {
    Entry {
        path: path.to_owned(),
        kind,
        mode: 0o755,
        owner: Owner::ROOT,
    }
}

/// The files of a VM: what it has at `/`.
fn vm(entries: &[Entry]) -> MemoryFs {
    let noon = || Timestamp {
        seconds: 43_200,
        nanos: 0,
    };
    let files = MemoryFs::new(Quota::default(), Arc::new(noon));
    let mut folders = std::collections::BTreeSet::new();
    for entry in entries {
        let mut above = entry.path.as_str();
        while let Some((parent, _)) = above
            .rsplit_once('/')
            .filter(|(parent, _)| !parent.is_empty())
        {
            folders.insert(parent.to_owned());
            above = parent;
        }
    }
    files
        .apply(folders.iter().map(|path| folder(path)))
        .unwrap();
    files.apply(entries.to_vec()).unwrap();
    files
}

/// A JavaScript engine, and what runs are granted.
struct Scene {
    engine: Component,
    grants: Grants,
}

impl Scene {
    async fn new(host: &Host, policy: &str) -> Self {
        Self {
            engine: host.load(ENGINE).await.unwrap(),
            grants: host.grants_from_toml("vm.toml", policy).unwrap(),
        }
    }

    fn options(&self, files: &MemoryFs) -> RunOptions {
        RunOptions::new(&self.grants)
            .mount("/", Mount::memory(files.clone()))
            .rooted(true)
            .stdout(Stream::Capture)
            .stderr(Stream::Capture)
    }

    async fn run(&self, files: &MemoryFs, entry: &str, cwd: &str) -> Outcome {
        let options = self.options(files).name(entry).cwd(cwd);
        self.program(options, Arc::new(JavaScript::in_tree(entry)))
            .await
    }

    async fn program(&self, options: RunOptions, program: Arc<dyn Program>) -> Outcome {
        self.engine.command(options.program(program)).await.unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn printed(outcome: &Outcome) -> String {
    assert!(
        matches!(outcome.result, Ok(Ended::Exit(0))),
        "{:?}\n{}\n{}",
        outcome.result,
        text(&outcome.stdout),
        text(&outcome.stderr)
    );
    text(&outcome.stdout)
}

#[test]
fn modules_of_every_kind_load_from_the_guests_own_tree() {
    let (host, log) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let files = vm(&[
            file("/workspace/package.json", r#"{ "type": "module" }"#),
            file(
                "/workspace/main.js",
                "import { name } from './part';
                 import dep from 'dep';
                 import data from './data.json' with { type: 'json' };
                 import { createRequire } from 'node:module';
                 import './styles.ts';
                 const require = createRequire(import.meta.url);
                 console.log(import.meta.url, import.meta.filename, import.meta.dirname);
                 console.log(process.argv.slice(1).join(), process.cwd());
                 console.log(name, dep, data.x, require('/lib/absolute.cjs'), require('../lib/absolute').slice(0, 3));",
            ),
            file("/workspace/part/index.js", "export const name = 'part';"),
            file("/workspace/styles.ts", "enum A { B } export const a: A = A.B; console.log('ts', a as number);"),
            file("/workspace/data.json", r#"{ "x": 7 }"#),
            file("/node_modules/dep/package.json", r#"{ "exports": "./own.cjs" }"#),
            file("/node_modules/dep/own.cjs", "module.exports = 'dep of ' + __filename;"),
            file("/lib/absolute.cjs", "module.exports = __filename + ' in ' + __dirname;"),
            file("/lib/absolute/index.js", "module.exports = 'folder';"),
        ]);
        // Without `./part/index.js` ES modules find no folder: that is Node's rule, and it holds here.
        let outcome = scene.run(&files, "/workspace/main.js", "/workspace").await;
        assert!(matches!(outcome.result, Ok(Ended::Exit(1))), "{:?}", outcome.result);
        assert!(text(&outcome.stderr).contains("ERR_UNSUPPORTED_DIR_IMPORT"), "{}", text(&outcome.stderr));

        let main = text(&files_of(&files, "/workspace/main.js")).replace("'./part'", "'./part/index.js'");
        let main = main.replace("enum A { B } ", "");
        files.apply([
            file("/workspace/main.js", &main),
            file("/workspace/styles.ts", "type A = number; export const a: A = 0; console.log('ts', a as number);"),
        ]).unwrap();
        let outcome = scene.run(&files, "/workspace/main", "/workspace").await;
        let lines: Vec<String> = printed(&outcome).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "ts 0",
                "file:///workspace/main.js /workspace/main.js /workspace",
                "/workspace/main /workspace",
                "part dep of /node_modules/dep/own.cjs 7 /lib/absolute.cjs in /lib fol",
            ]
        );
        let records = records(&log, &outcome.run, ended).await;
        let read = |path: &str| {
            let is = |record: &&Record| record.operation == "fs.read" && record.resource == path;
            records.iter().filter(is).map(|record| record.bytes_in).sum::<u64>()
        };
        assert_eq!(read("/workspace/main.js"), main.len() as u64);
        assert!(read("/node_modules/dep/package.json") > 0, "{records:#?}");
        // Nothing of it is the operator's program.
        let of_program = |record: &&Record| record.operation.contains("program");
        assert_eq!(records.iter().find(of_program), None);
    });
}

fn files_of(files: &MemoryFs, path: &str) -> Vec<u8> {
    let entries = tollgate::vfs::Layer::snapshot(files)
        .entries(&tollgate::vfs::ExportLimits::default())
        .unwrap();
    let found = entries
        .into_iter()
        .find(|entry| entry.path == path)
        .unwrap();
    match found.kind {
        EntryKind::File(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_names_the_guests_own_paths() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let files = vm(&[
            file(
                "/app/throws.cjs",
                "const deep = require('./deep');\ndeep();",
            ),
            file(
                "/app/deep.js",
                "module.exports = function deep() {\n  throw new Error('here');\n};",
            ),
        ]);
        let outcome = scene.run(&files, "/app/throws.cjs", "/").await;
        assert!(matches!(outcome.result, Ok(Ended::Exit(1))));
        let said = text(&outcome.stderr);
        for part in [
            "Error: here",
            "at deep (/app/deep.js:2:",
            "/app/throws.cjs:2:",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let outcome = scene.run(&files, "/app/missing.js", "/app").await;
        assert!(
            matches!(outcome.result, Ok(Ended::Exit(1))),
            "{:?}",
            outcome.result
        );
        let said = text(&outcome.stderr);
        assert!(
            said.contains("Cannot find module '/app/missing.js'"),
            "{said}"
        );
        assert!(said.contains("MODULE_NOT_FOUND"), "{said}");
    });
}

#[test]
fn a_text_imports_from_where_it_is_said_to_lie() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let files = vm(&[file("/work/part.cjs", "exports.own = __dirname;")]);
        for source in [
            "console.log(require('./part.cjs').own, process.cwd(), typeof module)",
            "import part from './part.cjs'; console.log(part.own, process.cwd(), typeof module)",
        ] {
            let program = JavaScript::text_in_tree("/work", source);
            let options = scene.options(&files).cwd("/work");
            let outcome = scene.program(options, Arc::new(program)).await;
            let expected = if source.starts_with("import") {
                "undefined"
            } else {
                "object"
            };
            assert_eq!(printed(&outcome), format!("/work /work {expected}\n"));
        }
    });
}

#[test]
fn relative_paths_lead_from_the_working_directory_and_absolute_links_from_the_root() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let files = vm(&[
            file(
                "/bin/main.js",
                "const fs = require('fs');
                 console.log(fs.readFileSync('note.txt', 'utf8'), fs.readFileSync('/home/user/note.txt', 'utf8'));
                 fs.writeFileSync('new.txt', 'new');
                 console.log(fs.readFileSync('/home/user/new.txt', 'utf8'), fs.realpathSync('.'));
                 console.log(fs.readFileSync('/home/user/far', 'utf8'), fs.readlinkSync('far'), fs.realpathSync('far'));
                 fs.symlinkSync('/etc/hosts', 'mine');
                 console.log(fs.readFileSync('mine', 'utf8'), require('/home/user/linked').is);
                 console.log(fs.readdirSync('/').join(), fs.existsSync('/mnt/inner/a'), fs.readFileSync('/mnt/inner/up', 'utf8'));
                 process.chdir('/etc'); console.log(process.cwd(), fs.readFileSync('hosts', 'utf8'));",
            ),
            file("/home/user/note.txt", "note"),
            file("/etc/hosts", "localhost"),
            link("/home/user/far", "/etc/hosts"),
            link("/home/user/linked", "/bin/lib.cjs"),
            file("/bin/lib.cjs", "exports.is = 'linked';"),
            folder("/mnt/inner"),
        ]);
        let inner = vm(&[file("/a", "a"), link("/up", "/etc/hosts")]);
        let options = scene
            .options(&files)
            .mount("/mnt/inner", Mount::memory(inner))
            .name("/bin/main.js")
            .cwd("/home/user");
        let outcome = scene
            .program(options, Arc::new(JavaScript::in_tree("/bin/main.js")))
            .await;
        assert_eq!(
            printed(&outcome),
            "note note\nnew /home/user\nlocalhost /etc/hosts /etc/hosts\nlocalhost linked\n\
             bin,etc,home,mnt true localhost\n/etc localhost\n"
        );
    });
}

#[test]
fn a_rule_of_the_guests_files_holds_for_its_modules() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let policy = "version = 1\n[stdio]\ndefault = \"allow\"\n[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n[fs]\nallow = [\"read:/app/**\", \"stat:/app/**\"]\ndeny = [\"/app/secret/**\"]\n";
        let scene = Scene::new(&host, policy).await;
        let files = vm(&[
            file(
                "/app/main.cjs",
                "for (const name of ['./secret/key.js', '/elsewhere.js']) {
                     try { require(name); } catch (error) { console.log(error.code); }
                 }
                 console.log(process.cwd());",
            ),
            file("/app/secret/key.js", "console.log('loaded');"),
            file("/elsewhere.js", "console.log('loaded');"),
        ]);
        // A working directory that the guest may not look at is its working directory all the same.
        let outcome = scene.run(&files, "/app/main.cjs", "/nowhere").await;
        assert_eq!(printed(&outcome), "MODULE_NOT_FOUND\nMODULE_NOT_FOUND\n/nowhere\n");
        assert!(outcome.denied().any(|row| row.resource.contains("secret")));
    });
}

#[test]
fn its_code_is_kept_like_that_of_any_program() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let filler: String = (0..200)
            .map(|number| format!("exports.filler{number} = (a, b) => [a, b].map((x) => x + {number}).join('-');\n"))
            .collect();
        let files = vm(&[
            file("/app/main.cjs", &format!("console.log(require('./part').filler1(1, 2));\n{filler}")),
            file("/app/part.js", &filler),
        ]);
        let codes = scene.engine.codes().unwrap();
        let run = async || {
            let program = Arc::new(JavaScript::in_tree("/app/main.cjs"));
            program.keep_code(codes.begin());
            let outcome = scene.program(scene.options(&files), Arc::<_>::clone(&program) as _).await;
            assert_eq!(printed(&outcome), "2-3\n");
            program
        };
        let first = run().await;
        let kept = first.code_run().unwrap();
        assert_eq!((kept.used().asked, kept.used().found), (2, 0));
        kept.settle(Duration::from_secs(60)).await;
        let second = run().await;
        let kept = second.code_run().unwrap();
        assert_eq!((kept.used().asked, kept.used().found), (2, 2));
        // Another text under the same name has code of its own.
        files.apply([file("/app/part.js", &filler.replace("x + 1)", "x + 10)"))]).unwrap();
        let program = Arc::new(JavaScript::in_tree("/app/main.cjs"));
        program.keep_code(codes.begin());
        let outcome = scene.program(scene.options(&files), Arc::<_>::clone(&program) as _).await;
        assert_eq!(printed(&outcome), "11-12\n");
        assert_eq!(program.code_run().unwrap().used().found, 1);
    });
}

#[test]
fn a_working_directory_is_a_path_of_the_guests_tree() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let environ = host.load(guest(guests::ENVIRON)).await.unwrap();
        let grants = host.grants_from_toml("vm.toml", ALL_FILES).unwrap();
        let run = async |cwd: &str| {
            let options = RunOptions::new(&grants).cwd(cwd).stdout(Stream::Capture);
            environ.command(options).await
        };
        let outcome = run("/workspace/a b").await.unwrap();
        assert_eq!(printed(&outcome), "working directory /workspace/a b\n");
        for wrong in ["", "a", "./a", "/a/../b", "/a/", "//", "/a\0b"] {
            let refused = run(wrong).await;
            assert!(
                matches!(refused, Err(Refused::WorkingDirectory { .. })),
                "{wrong:?}"
            );
        }
    });
}

#[test]
fn runs_of_one_vm_share_a_tree_that_is_given_whole() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let scene = Scene::new(&host, ALL_FILES).await;
        let files = vm(&[
            file("/main.js", "require('fs').appendFileSync('/log', process.argv[2]); console.log(require('fs').readFileSync('/log', 'utf8'));"),
        ]);
        let first = TreeBuilder::new().rooted(true).mount("/", "/", Mount::memory(files.clone())).unwrap().build();
        let second = TreeBuilder::new().rooted(true).sharing_secret_with(&first)
            .mount("/", "/", Mount::memory(files.clone())).unwrap().build();
        let mut said = Vec::new();
        for (tree, argument) in [(first, "one"), (second, "two")] {
            let options = RunOptions::new(&scene.grants)
                .tree(tree)
                .name("/main.js")
                .arguments([argument])
                .stdout(Stream::Capture)
                .stderr(Stream::Capture);
            said.push(printed(&scene.program(options, Arc::new(JavaScript::in_tree("/main.js"))).await));
        }
        assert_eq!(said, ["one\n", "onetwo\n"]);
    });
}

/// The Python runner of this build, which `just python` makes.
fn runner() -> Option<PathBuf> {
    let stated = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty());
    let cache = stated
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
    let file = cache.join(format!("tollgate/runners/python-{RUNNER_INPUTS}.wasm"));
    file.is_file().then_some(file)
}

#[test]
fn python_programs_lie_in_the_guests_own_tree_too() {
    let Some(runner) = runner() else {
        eprintln!("no Python runner: `just python` makes it");
        return;
    };
    // Kept beside what tests are built to: compiling the runner takes longer than all tests of it.
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-in-tree");
    runtime(2).block_on(async {
        let host = builder().cache(cache).build().unwrap();
        let python = host.load(guest(runner.to_str().unwrap())).await.unwrap();
        let grants = host.grants_from_toml("vm.toml", ALL_FILES).unwrap();
        let files = vm(&[
            file(
                "/workspace/main.py",
                "import os, sys, part, dep\n\
                 print(__file__, sys.argv[1:], os.getcwd(), part.name, dep.name, open('note.txt').read())\n\
                 print(sys.stdin.readline().strip())\n",
            ),
            file("/workspace/part.py", "name = __file__"),
            file("/workspace/site-packages/dep/__init__.py", "name = 'dep'"),
            file("/workspace/wrong.py", "def deep():\n    raise ValueError('here')\ndeep()\n"),
            file("/home/note.txt", "note"),
        ]);
        let run = async |program: PythonInTree, arguments: &[&str]| {
            let options = RunOptions::new(&grants)
                .mount("/", Mount::memory(files.clone()))
                .rooted(true)
                .name("python3")
                .arguments(program.arguments(arguments.iter().copied()))
                .cwd("/home")
                .stdin("typed\n")
                .stdout(Stream::Capture)
                .stderr(Stream::Capture);
            python.command(options).await.unwrap()
        };
        let outcome = run(PythonInTree::File("/workspace/main.py".to_owned()), &["a", "-b"]).await;
        assert_eq!(
            printed(&outcome),
            "/workspace/main.py ['a', '-b'] /home /workspace/part.py dep note\ntyped\n"
        );
        assert!(outcome.asked().any(|row| row.operation == "fs.read"));
        assert!(outcome.asked().all(|row| !row.operation.starts_with("program")));

        let code = PythonInTree::Text("import os, sys; print(os.getcwd(), sys.argv)".to_owned());
        assert_eq!(printed(&run(code, &["x"]).await), "/home ['-c', 'x']\n");
        assert_eq!(printed(&run(PythonInTree::Text("print(input())".to_owned()), &[]).await), "typed\n");

        let outcome = run(PythonInTree::File("/workspace/wrong.py".to_owned()), &[]).await;
        assert!(matches!(outcome.result, Ok(Ended::Exit(1))));
        let said = text(&outcome.stderr);
        assert!(said.contains("File \"/workspace/wrong.py\", line 2, in deep"), "{said}");
        let outcome = run(PythonInTree::File("/workspace/missing.py".to_owned()), &[]).await;
        assert!(matches!(outcome.result, Ok(Ended::Exit(2))));
        assert!(text(&outcome.stderr).contains("can't open file '/workspace/missing.py'"));
    });
}
