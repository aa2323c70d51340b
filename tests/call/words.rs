//! The words of the command, and how it ends.

use tollgate_tests::{guests, scene};

use crate::support::{call, call_with, echo};

/// What must be seen in nothing that is printed.
const CANARY: &str = "canary-41c9";

#[test]
fn a_lone_word_is_the_input_if_it_is_json_and_the_function_otherwise() {
    let scene = scene!();
    let core = echo(&scene);
    for (word, printed) in [("{}", "{}\n"), ("7", "7\n"), ("\"echo\"", "\"echo\"\n")] {
        let finished = scene.tollgate(["call", &core, word]).run();
        assert_eq!(finished.expect(0).stdout, printed);
    }
    // Neither: the name of the function, with nothing for it.
    let named = scene.tollgate(["call", &core, "echo"]).run();
    assert_eq!(named.expect(0).stdout, "{}\n");
    let alone = scene.tollgate(["call", &core]).run();
    assert_eq!(alone.expect(0).stdout, "{}\n");
    // A negative number is no flag.
    let negative = scene.tollgate(["call", &core, "echo", "-5"]).run();
    assert_eq!(negative.expect(0).stdout, "-5\n");
}

#[test]
fn bad_input_ends_with_2_and_says_where_and_nothing_of_it() {
    let scene = scene!();
    for (words, said) in [
        (vec!["echo", r#"{"text": 5}"#], "/text"),
        (vec!["echo", r#"{"txt": "canary-41c9"}"#], "the input"),
        (vec!["echo", r#"{"text": "canary-41c9"#], "line 1"),
        (
            vec!["echo", r#"{"text": "a", "text": "canary-41c9"}"#],
            "already",
        ),
        (vec!["nothing", "{}"], "it has: "),
        (vec!["{}"], "echo"),
        (vec!["leave", r#"{"code": 256}"#], "/code"),
    ] {
        let finished = call(&scene, &[], &words);
        finished.expect(2);
        assert!(
            finished.stderr.contains(said),
            "{words:?}: {}",
            finished.stderr
        );
        assert!(!finished.stderr.contains(CANARY), "{}", finished.stderr);
        assert_eq!(finished.stdout, "");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let finished = call_with(&scene, &[], &["echo", "-"], &deep);
    assert!(
        finished.expect(2).stderr.contains("levels"),
        "{}",
        finished.stderr
    );
    let text = call_with(&scene, &[], &["echo", "-"], "no JSON");
    text.expect(2);
}

#[test]
fn it_ends_as_a_run_does() {
    let scene = scene!();
    for (flags, words, code, said) in [
        (
            vec!["--limit", "wall=100ms"],
            vec!["spin"],
            124,
            "timed out after 100ms",
        ),
        (vec!["--limit", "cpu=100ms"], vec!["spin"], 124, "timed out"),
        (
            vec![],
            vec!["swallow", r#"{"mebibytes": 60}"#],
            125,
            "Memory limit 52428800 exceeded",
        ),
        (vec![], vec!["crash"], 134, "trapped"),
        (vec!["--limit", "nonsense=1"], vec!["crash"], 2, "nonsense"),
    ] {
        let finished = call(&scene, &flags, &words);
        finished.expect(code);
        assert!(finished.stderr.contains(said), "{}", finished.stderr);
        assert_eq!(finished.stdout, "");
    }
    let left = call(&scene, &[], &["leave", r#"{"code": 0}"#]);
    assert!(
        left.expect(1).stderr.contains("ended itself"),
        "{}",
        left.stderr
    );
    // By instructions, where it is a core module.
    let endless = wat::parse_str(
        r#"(module (memory (export "memory") 1)
            (func (export "f") (param i32 i32) (result i32 i32) (loop $l (br $l)) unreachable))"#,
    );
    let endless = scene.write("endless.wasm", endless.unwrap());
    let finished = scene.tollgate(["call".as_ref(), endless.as_os_str()]).run();
    assert!(
        finished
            .expect(125)
            .stderr
            .contains("Instructions limit 10000000 exceeded"),
        "{}",
        finished.stderr
    );
}

#[test]
fn what_is_no_tool_is_not_called() {
    let scene = scene!();
    let text = scene.write("text.wasm", "hello").display().to_string();
    let refused = scene.tollgate(["call", &text]).run();
    assert!(
        refused.expect(126).stderr.contains("instantiation failed"),
        "{}",
        refused.stderr
    );
    scene.tollgate(["call", "nowhere.wasm"]).run().expect(127);
    scene.tollgate(["call"]).run().expect(2);
    // Something that is granted what the command itself keeps.
    let home = scene.path("home").display().to_string();
    scene
        .tollgate([
            "call",
            "--dir",
            &home,
            guests::TOOL,
            "echo",
            r#"{"text": ""}"#,
        ])
        .run()
        .expect(126);
}
