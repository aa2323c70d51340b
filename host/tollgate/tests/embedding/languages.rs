//! Programs in JavaScript in an embedding: many at once, one after the other in one slot, under grants of their own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate::capability::program::Folder;
use tollgate::engine::{Ended, Pool};
use tollgate::policy::{Mode, Policy, PolicyBuilder, Scope};
use tollgate::{Component, Grants, Host, Outcome, RunOptions, Stream};
use tollgate_languages::{ENGINE, JavaScript, Start};

use crate::support::{builder, records, runtime, usual};

/// Programs that many runs share.
struct Programs {
    host: Host,
    engine: Component,
    folder: tempfile::TempDir,
}

impl Programs {
    async fn new(pool: u32, files: &[(&str, &str)]) -> Self {
        let host = builder().pool(Pool::of(pool)).build().unwrap();
        let engine = host.load(ENGINE).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self {
            host,
            engine,
            folder,
        }
    }

    fn grants(&self) -> Grants {
        self.host.grants(usual("").with_program()).unwrap()
    }

    async fn run(&self, name: &str, arguments: &[&str], grants: &Grants) -> Outcome {
        let options = RunOptions::new(grants)
            .name(format!("/program/{name}"))
            .arguments(arguments.iter().copied())
            .program(Arc::new(program(self.folder.path(), name)))
            .stdout(Stream::Capture)
            .stderr(Stream::Capture);
        self.engine.command(options).await.unwrap()
    }
}

fn program(folder: &Path, name: &str) -> JavaScript {
    let dir = Dir::open_ambient_dir(folder, ambient_authority()).unwrap();
    let start = Start::File(format!("/program/{name}"));
    JavaScript::new(Folder::new(dir), "/program", start)
}

#[track_caller]
fn printed(outcome: &Outcome) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert!(
        matches!(outcome.result, Ok(Ended::Exit(0))),
        "{:?}\n{}",
        outcome.result,
        text(&outcome.stderr)
    );
    text(&outcome.stdout)
}

#[test]
fn two_hundred_programs_run_at_once_in_one_process() {
    const AT_ONCE: usize = 200;
    runtime(2).block_on(async {
        let programs = Programs::new(
            200,
            &[
                (
                    "main.mjs",
                    "import { made } from './made.cjs';
                     globalThis.own = process.argv[2];
                     // All are there at once: each waits until long after the last has begun.
                     await new Promise((resolve) => setTimeout(resolve, 3000));
                     console.log(globalThis.own, made(process.argv[2]));",
                ),
                ("made.cjs", "let seen = []; exports.made = (own) => { seen.push(own); return seen.join(); };"),
            ],
        )
        .await;
        let (programs, grants) = (Arc::new(programs), Arc::new(programs_grants()));
        let granted = Arc::new(programs.host.grants((*grants).clone()).unwrap());
        let started = std::time::Instant::now();
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|number| {
                let (programs, granted) = (Arc::clone(&programs), Arc::clone(&granted));
                tokio::spawn(async move {
                    let own = number.to_string();
                    let outcome = programs.run("main.mjs", &[&own], &granted).await;
                    (number, printed(&outcome))
                })
            })
            .collect();
        for task in tasks {
            let (number, printed) = task.await.unwrap();
            assert_eq!(printed, format!("{number} {number}\n"));
        }
        // One after the other they would have slept for ten minutes.
        assert!(started.elapsed() < Duration::from_secs(120));
    });
}

fn programs_grants() -> Policy {
    usual("").with_program()
}

#[test]
fn a_tenant_finds_nothing_of_the_one_that_had_its_slot() {
    runtime(2).block_on(async {
        let programs = Programs::new(
            1,
            &[
                (
                    "leave.js",
                    "Array.prototype.left = 'LEFT-BEHIND'; globalThis.left = 'LEFT-BEHIND';
                     require('./shared').left = 'LEFT-BEHIND'; require('path').left = 'LEFT-BEHIND';
                     process.env.LEFT = 'LEFT-BEHIND';
                     const heap = [];
                     for (let at = 0; at < 20000; at++) heap.push(Buffer.from('LEFT-BEHIND-' + at));
                     globalThis.heap = heap;
                     console.log('left');",
                ),
                (
                    "look.js",
                    "const found = [[].left, globalThis.left, require('./shared').left, require('path').left, process.env.LEFT]
                         .filter((value) => value !== undefined);
                     // What is fresh from the engine's heap, unwritten by this program.
                     for (let at = 0; at < 200; at++) {
                         const fresh = Buffer.allocUnsafeSlow(100000);
                         if (fresh.includes('LEFT-BEHIND')) { found.push('heap'); break; }
                     }
                     console.log(found.length, found.join());",
                ),
                ("shared.js", "exports.own = 1;"),
            ],
        )
        .await;
        let (first, second) = (programs.grants(), programs.grants());
        for _ in 0..20 {
            let outcome = programs.run("leave.js", &[], &first).await;
            assert_eq!(printed(&outcome), "left\n");
            let outcome = programs.run("look.js", &[], &second).await;
            assert_eq!(printed(&outcome), "0 \n");
        }
    });
}

#[test]
fn a_policy_decides_about_the_files_of_a_program() {
    runtime(2).block_on(async {
        let programs = Programs::new(
            2,
            &[
                (
                    "main.js",
                    "try { require('./denied'); } catch (error) { console.log(error.code); }",
                ),
                ("denied.js", "console.log('loaded');"),
            ],
        )
        .await;
        let mut policy = PolicyBuilder::new();
        policy.command_line_defaults();
        policy
            .rule(Scope::Program, Mode::Allow, "/program/**")
            .unwrap();
        policy
            .rule(Scope::Program, Mode::Deny, "/program/denied.js")
            .unwrap();
        let grants = programs.host.grants(policy.build().unwrap()).unwrap();
        let outcome = programs.run("main.js", &[], &grants).await;
        assert_eq!(printed(&outcome), "EACCES\n");

        let nothing = programs.host.grants(usual("")).unwrap();
        let outcome = programs.run("main.js", &[], &nothing).await;
        assert!(
            matches!(outcome.result, Ok(Ended::Exit(1))),
            "{:?}",
            outcome.result
        );
        assert!(outcome.denied().any(|row| row.operation == "program.load"));
    });
}

#[test]
fn the_log_has_the_digest_of_what_was_loaded() {
    runtime(2).block_on(async {
        let (host, log) = crate::support::host();
        let engine = host.load(ENGINE).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("main.js"), "console.log(1)").unwrap();
        let grants = host.grants(programs_grants()).unwrap();
        let mut digests = Vec::new();
        for text in ["console.log(1)", "console.log(2)", "console.log(1)"] {
            std::fs::write(folder.path().join("main.js"), text).unwrap();
            let options =
                RunOptions::new(&grants).program(Arc::new(program(folder.path(), "main.js")));
            let outcome = engine.command(options).await.unwrap();
            let records = records(&log, &outcome.run, crate::support::ended).await;
            let record = records
                .iter()
                .find(|record| record.operation == "run.program")
                .unwrap();
            assert!(record.resource.starts_with("sha256:"));
            digests.push(record.resource.clone());
        }
        assert_ne!(digests[0], digests[1]);
        assert_eq!(digests[0], digests[2]);
    });
}

/// A text that is long enough for its code to be kept, and prints `what`.
fn long(what: &str) -> String {
    let filler: String = (0..200)
        .map(|number| {
            format!("export const filler{number} = (a, b) => [a, b].map((x) => x + {number}).join('-');\n")
        })
        .collect();
    format!("console.log('{what}');\n{filler}")
}

#[test]
fn what_one_run_compiled_the_next_ones_of_the_process_take() {
    runtime(2).block_on(async {
        let programs = Programs::new(4, &[("main.mjs", &long("one"))]).await;
        let grants = programs.grants();
        let codes = programs.engine.codes().expect("no fuel is counted");
        let run = async || {
            let program = Arc::new(program(programs.folder.path(), "main.mjs"));
            program.keep_code(codes.begin());
            let options = RunOptions::new(&grants)
                .program(Arc::<JavaScript>::clone(&program))
                .stdout(Stream::Capture);
            let outcome = programs.engine.command(options).await.unwrap();
            (printed(&outcome), program)
        };
        let used = |program: &JavaScript| {
            let used = program.code_run().expect("it keeps code").used();
            (used.asked, used.found)
        };

        let (text, first) = run().await;
        assert_eq!((text.as_str(), used(&first)), ("one\n", (1, 0)));
        let made = first.code_run().expect("it keeps code");
        made.settle(Duration::from_secs(60)).await;
        let (text, second) = run().await;
        assert_eq!((text.as_str(), used(&second)), ("one\n", (1, 1)));

        // Nobody waits for what a run leaves behind: it is there some time later.
        std::fs::write(programs.folder.path().join("main.mjs"), long("two")).unwrap();
        let (text, changed) = run().await;
        assert_eq!((text.as_str(), used(&changed)), ("two\n", (1, 0)));
        drop(changed);
        let mut found = (1, 0);
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let (text, later) = run().await;
            assert_eq!(text, "two\n");
            found = used(&later);
            if found == (1, 1) {
                break;
            }
        }
        assert_eq!(found, (1, 1));
    });
}

#[test]
fn a_host_that_counts_fuel_keeps_no_code() {
    runtime(2).block_on(async {
        let host = builder().count_fuel().build().unwrap();
        let engine = host.load(ENGINE).await.unwrap();
        assert!(engine.codes().is_none());
    });
}
