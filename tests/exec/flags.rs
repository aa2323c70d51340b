//! The command line: grants, limits, the ceiling, and folders of the command's own.

use serde_json::json;
use tollgate_tests::commands::{self, Then};

use crate::support::{Tools, request};

#[test]
fn bad_flags_are_2() {
    let tools = Tools::new();
    for flags in [
        &["--no-such-flag"][..],
        &["--limit", "wall=soon"],
        &["--env", "=x"],
        &["argument"],
    ] {
        tools.program(flags, "{}").run().expect(2);
    }
    // As for every file and folder that an operator names.
    tools
        .bare(&["--allow-prefix", "nowhere"], "{}")
        .run()
        .expect(127);
}

#[test]
fn a_mounted_folder_is_the_programs() {
    let tools = Tools::new();
    tools.scene.write("work/a.txt", "content");
    let text = "console.log(JSON.stringify(require('fs').readFileSync('/work/a.txt', 'utf8')))";
    let path = tools.put("read.cjs", text);
    let dir = tools.scene.dir(":ro");
    let answered = tools.asked(&["--dir", &dir], &request(&path));
    assert_eq!(answered.ok(), &json!("content"));
    let answered = tools.ask(&request(&path));
    assert_eq!(answered.code(), "exec_failed");
}

#[test]
fn no_program_exceeds_the_ceiling() {
    let tools = Tools::new();
    let path = tools.put_saying("endless.wasm", b"1", Then::Loop);
    let ceiling = tools
        .scene
        .write("ceiling.toml", "version = 1\n[limits]\ncpu = \"200ms\"\n");
    let ceiling = ceiling.display().to_string();
    let answered = tools.asked(
        &["--ceiling", &ceiling, "--limit", "cpu=60s"],
        &request(&path),
    );
    assert_eq!(answered.answer["error"]["details"]["limit"], "cpu");
    // It says nothing of what programs load, so that sources are not for it; and here it does.
    let source = tools.put("a.cjs", "console.log(1)");
    let answered = tools.asked(&["--ceiling", &ceiling], &request(&source));
    assert_eq!(answered.code(), "exec_program_not_allowed");
    let stated = "version = 1\n[program]\ndefault = \"allow\"\n";
    let stated = tools
        .scene
        .write("stated.toml", stated)
        .display()
        .to_string();
    let answered = tools.asked(&["--ceiling", &stated], &request(&source));
    assert_eq!(answered.ok(), &json!(1));
    let forbids = "version = 1\n[program]\ndefault = \"deny\"\n";
    let forbids = tools
        .scene
        .write("forbids.toml", forbids)
        .display()
        .to_string();
    let answered = tools.asked(&["--ceiling", &forbids], &request(&path));
    assert_eq!(answered.code(), "exec_program_not_allowed");
}

#[test]
fn folders_of_the_commands_own_hold_no_programs() {
    let tools = Tools::new();
    let key = tools.scene.path("keys/audit.key").display().to_string();
    std::fs::create_dir(tools.scene.path("keys")).unwrap();
    let root = tools.scene.root().display().to_string();
    for folder in ["keys", "/", root.as_str()] {
        let flags = ["--audit-key", &key, "--allow-prefix", folder];
        let finished = tools.bare(&flags, "{}").run();
        finished.expect(126);
        assert!(finished.stderr.contains("audit"), "{}", finished.stderr);
    }
}

#[test]
fn a_log_is_kept_where_the_policy_says() {
    let tools = Tools::new();
    let path = tools.put_wat("echo.wasm", &commands::echo());
    let policy = "version = 1\n[audit]\nfile = \"own.log\"\nflush = \"each\"\ndetail = \"full\"\n";
    let policy = tools
        .scene
        .write("own/policy.toml", policy)
        .display()
        .to_string();
    let folder = tools.folder();
    let words = ["exec", "--policy", &policy, "--allow-prefix", &folder];
    let finished = tools
        .scene
        .tollgate(words)
        .env("XDG_CACHE_HOME", tools.cache())
        .input(request(&path).to_string())
        .run();
    finished.expect(0);
    tools.scene.verify("own/own.log").expect(0);
}
