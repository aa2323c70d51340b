//! Where programs may lie: by handle, and never by what a path says.

use std::os::unix::fs::symlink;

use rustix::fs::{FileType, Mode, mknodat};
use serde_json::json;
use tollgate_tests::commands::Then;

use crate::support::{Tools, request};

fn outside(tools: &Tools) -> String {
    let program = wat::parse_str(tollgate_tests::commands::saying(b"1", b"", Then::Exit(0)));
    let path = tools.scene.write("outside/say.wasm", program.unwrap());
    path.display().to_string()
}

#[test]
fn a_folder_does_not_allow_another_that_begins_with_its_name() {
    let tools = Tools::new();
    let program = wat::parse_str(tollgate_tests::commands::saying(b"1", b"", Then::Exit(0)));
    let path = tools.scene.write("toolshed/say.wasm", program.unwrap());
    let answered = tools.ask(&request(&path.display().to_string()));
    assert_eq!(answered.code(), "exec_program_not_allowed");
}

#[test]
fn a_path_with_dots_in_it_is_allowed_nowhere() {
    let tools = Tools::new();
    tools.put_saying("say.wasm", b"1", Then::Exit(0));
    outside(&tools);
    for name in [
        "../outside/say.wasm",
        "../tools/say.wasm",
        "a/../say.wasm",
        "..",
    ] {
        let answered = tools.ask(&request(&tools.named(name)));
        assert_eq!(answered.code(), "exec_program_not_allowed", "{name}");
    }
    let plain = tools.ask(&request(&tools.named(".//./say.wasm")));
    assert_eq!(plain.ok(), &json!(1));
}

#[test]
fn a_link_out_is_refused_and_says_nothing_of_what_lies_there() {
    let tools = Tools::new();
    let outside = outside(&tools);
    let link =
        |to: &str, name: &str| symlink(to, tools.scene.path(&format!("tools/{name}"))).unwrap();
    link(&outside, "absolute.wasm");
    link("../outside/say.wasm", "relative.wasm");
    link("../outside/none.wasm", "dangling.wasm");
    link("../outside", "folder");
    link("/etc", "etc");
    for name in [
        "absolute.wasm",
        "relative.wasm",
        "dangling.wasm",
        "folder/say.wasm",
        "folder/none.wasm",
        "etc/passwd",
    ] {
        let answered = tools.ask(&request(&tools.named(name)));
        assert_eq!(answered.code(), "exec_program_not_allowed", "{name}");
    }
}

#[test]
fn a_link_within_is_followed() {
    let tools = Tools::new();
    tools.put_saying("a/say.wasm", b"[]", Then::Exit(0));
    let link =
        |to: &str, name: &str| symlink(to, tools.scene.path(&format!("tools/{name}"))).unwrap();
    link("a/say.wasm", "say");
    link("a", "b");
    link("round", "round");
    link("none", "nowhere");
    assert_eq!(tools.ask(&request(&tools.named("say"))).ok(), &json!([]));
    let answered = tools.ask(&request(&tools.named("b/say.wasm")));
    assert_eq!(answered.ok(), &json!([]));
    for name in ["round", "nowhere"] {
        let answered = tools.ask(&request(&tools.named(name)));
        assert_eq!(answered.code(), "exec_program_missing", "{name}");
    }
}

#[test]
fn a_folder_is_named_as_it_was_written_or_by_its_real_path() {
    let tools = Tools::new();
    tools.put_saying("say.wasm", b"2", Then::Exit(0));
    symlink("tools", tools.scene.path("shortcut")).unwrap();
    let ask = |prefix: &str, path: &str| {
        let program = tools.bare(&["--allow-prefix", prefix], request(path).to_string());
        tools.answered(&program.run())
    };
    let real = tools.named("say.wasm");
    for (prefix, path) in [
        ("tools", "tools/say.wasm"),
        ("./tools/", "tools/say.wasm"),
        ("tools", real.as_str()),
        ("shortcut", "shortcut/say.wasm"),
        ("shortcut", real.as_str()),
    ] {
        assert_eq!(ask(prefix, path).ok(), &json!(2), "{prefix} {path}");
    }
    for (prefix, path) in [
        ("shortcut", "tools/say.wasm"),
        ("tools", "shortcut/say.wasm"),
    ] {
        assert_eq!(
            ask(prefix, path).code(),
            "exec_program_not_allowed",
            "{prefix} {path}"
        );
    }
}

#[test]
fn of_two_folders_that_hold_a_path_either_allows_it() {
    let tools = Tools::new();
    tools.put_saying("a/b/say.wasm", b"3", Then::Exit(0));
    symlink("../../a/b/say.wasm", tools.scene.path("tools/a/b/up.wasm")).unwrap();
    let inner = tools.named("a/b");
    let ask = |flags: &[&str], name: &str| {
        let path = tools.named(&format!("a/b/{name}"));
        tools.answered(&tools.bare(flags, request(&path).to_string()).run())
    };
    let narrow = ["--allow-prefix", inner.as_str()];
    assert_eq!(ask(&narrow, "say.wasm").ok(), &json!(3));
    assert_eq!(ask(&narrow, "up.wasm").code(), "exec_program_not_allowed");
    let folder = tools.folder();
    let both = ["--allow-prefix", &inner, "--allow-prefix", &folder];
    assert_eq!(ask(&both, "up.wasm").ok(), &json!(3));
}

#[test]
fn a_pipe_keeps_nobody_waiting() {
    let tools = Tools::new();
    for name in ["pipe", "pipe.js", "pipe.wasm"] {
        let place = tools.scene.path(&format!("tools/{name}"));
        mknodat(
            rustix::fs::CWD,
            place,
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        let answered = tools.ask(&request(&tools.named(name)));
        assert_eq!(answered.code(), "exec_program_not_executable", "{name}");
    }
}
