//! Each guest once: granted it works, not granted it is refused in its interface's own words.

mod control;
mod loops;
mod streams;
mod web;

use std::fs;

use tollgate_tests::{guests, printed, scene};

use crate::support::{about, allowed, denied, of_the_guest};

pub(crate) use self::control::{control_hostile, control_plane, control_relay};
pub(crate) use self::loops::{
    endless, endless_calls, endless_sleep, endless_zero_sleep, flood, flood_refused, memory_bomb,
    recursion, smith,
};
pub(crate) use self::streams::odd_streams;
pub(crate) use self::web::{http, http_fields, http_many, http_redirects};
pub(crate) use crate::everything::try_everything;
pub(crate) use crate::sockets::{
    dial, net_ops, socket_flood, sockets, tcp_client, tcp_server, udp_peer,
};

const NO_STDOUT: &str = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdout\"]\n";

#[test]
pub(crate) fn hello() {
    let scene = scene!();
    let run = scene
        .run(guests::HELLO)
        .flags(&["--env", "GREETING=good day"])
        .args(&["one", "--two", "three four"]);
    let (finished, records) = run.logged();
    finished.expect(0);
    let expected = [
        "hello from hello.wasm",
        "argument one",
        "argument --two",
        "argument three four",
        "greeting good day",
    ];
    assert_eq!(finished.lines(), expected);
    assert!(
        finished.stderr.contains("a word on standard error"),
        "{}",
        finished.stderr
    );
    allowed(&records, "env.read", "GREETING", "flags:0");
    let out = about(&records, "stdio.write", "stdout");
    assert_eq!(
        out.iter().map(|record| record.bytes_out).sum::<u64>(),
        finished.stdout.len() as u64
    );
    assert!(
        out.iter().all(|record| record.rule.starts_with("builtin:")),
        "{out:?}"
    );

    let (finished, records) = scene!().run(guests::HELLO).policy(NO_STDOUT).logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
    denied(&records, "stdio.write", "stdout", "file:1", "closed");
}

#[test]
pub(crate) fn cat() {
    let content: Vec<u8> = (0..200_000_u32)
        .map(|number| b'a' + u8::try_from(number % 26).unwrap_or(0))
        .collect();
    let (finished, records) = scene!().run(guests::CAT).input(content.clone()).logged();
    finished.expect(0);
    assert_eq!(finished.stdout.as_bytes(), content);
    let read: u64 = about(&records, "stdio.read", "stdin")
        .iter()
        .map(|record| record.bytes_in)
        .sum();
    let written: u64 = about(&records, "stdio.write", "stdout")
        .iter()
        .map(|record| record.bytes_out)
        .sum();
    assert_eq!((read, written), (200_000, 200_000));

    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdin\"]\n";
    let (finished, records) = scene!()
        .run(guests::CAT)
        .policy(policy)
        .input("secret")
        .logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
    assert!(
        finished.stderr.contains("read Ok(0)"),
        "{}",
        finished.stderr
    );
    denied(&records, "stdio.read", "stdin", "file:1", "closed");
}

#[test]
pub(crate) fn environ() {
    let (finished, records) = scene!()
        .run(guests::ENVIRON)
        .flags(&["--env", "A=x=y", "--env", "B"])
        .host_env("B", "b")
        .logged();
    finished.expect(0);
    let mut lines = finished.lines();
    lines.sort_unstable();
    assert_eq!(lines, ["A=x=y", "B=b", "working directory /"]);
    allowed(&records, "env.read", "A", "flags:0");
    allowed(&records, "env.read", "B", "flags:1");

    let (finished, records) = scene!().run(guests::ENVIRON).host_env("B", "b").logged();
    assert_eq!(finished.lines(), ["working directory /"]);
    assert!(about(&records, "env.read", "B").is_empty());
}

#[test]
pub(crate) fn exit() {
    scene!()
        .run(guests::EXIT)
        .args(&["code", "42"])
        .finish()
        .expect(42);
}

#[test]
pub(crate) fn trap() {
    let (finished, records) = scene!().run(guests::TRAP).logged();
    finished.expect(134);
    assert_eq!(finished.stdout, "about to trap\n");
    assert!(
        finished.stderr.contains("unreachable"),
        "{}",
        finished.stderr
    );
    let end = about(&records, "run.end", "exit-code=134");
    assert_eq!(end.len(), 1, "{records:#?}");
}

#[test]
pub(crate) fn nosy() {
    let scene = scene!();
    scene.write("data/notes.txt", "milk, bread and a quiet afternoon");
    scene.write("data/private/key.pem", "nobody's business");
    let folder = format!("{}::/data:ro", scene.path("data").display());
    let run = scene
        .run(guests::NOSY)
        .flags(&["--dir", &folder, "--deny-read", "/data/private/**"])
        .host_env("API_TOKEN", "hunter2");
    let (finished, records) = run.logged();
    finished.expect(0);
    assert!(
        finished.stdout.starts_with("notes.txt has 6 words\n"),
        "{}",
        finished.stdout
    );
    assert!(
        !finished.stdout.contains("it worked"),
        "{}",
        finished.stdout
    );
    assert!(
        finished.stdout.contains("see the token: there is none"),
        "{}",
        finished.stdout
    );
    for (operation, resource, rule) in [
        ("fs.read", "/data/private/key.pem", "flags:1"),
        ("fs.write", "/data/left-behind", "default:fs"),
        ("fs.read", "/etc/passwd", "wall:0"),
        (
            "network.connect",
            "tcp://203.0.113.7:443",
            "default:network",
        ),
    ] {
        let found = about(&records, operation, resource);
        assert!(
            found
                .iter()
                .any(|record| record.decision == "deny" && record.rule == rule),
            "{operation} of {resource}: {records:#?}"
        );
    }
}

#[test]
pub(crate) fn files() {
    let scene = scene!();
    let (finished, records) = scene.run(guests::FILES).work().logged();
    finished.expect(0);
    assert_eq!(finished.lines(), printed::FILES);
    assert_eq!(scene.read("work/c"), "hello");
    allowed(&records, "fs.write", "/work/a", "flags:0");

    let (finished, records) = scene!().run(guests::FILES).logged();
    finished.expect(0);
    assert!(
        finished.says("write: error NotFound") || finished.says("write: error PermissionDenied"),
        "{}",
        finished.stdout
    );
    assert!(
        !of_the_guest(&records)
            .iter()
            .any(|record| record.operation.starts_with("fs.") && record.decision == "allow")
    );
}

#[test]
pub(crate) fn fs_ops() {
    let scene = scene!();
    let answers = scene.operations(
        &[
            "preopens",
            "open p0 new create,write f",
            "write f 0 content",
            "close f",
            "stat-at p0 missing",
        ],
        &["--dir", &scene.dir("")],
    );
    assert_eq!(answers, ["ok /work", "ok", "ok 7", "ok", "error no-entry"]);
    assert_eq!(scene.read("work/new"), "content");
}

#[test]
pub(crate) fn clocks() {
    let (finished, records) = scene!().run(guests::CLOCKS).logged();
    finished.expect(0);
    assert!(finished.says("slept true true"), "{}", finished.stdout);
    assert!(
        finished.says("a past instant is ready"),
        "{}",
        finished.stdout
    );
    let wall = finished
        .lines()
        .iter()
        .find_map(|line| line.strip_prefix("wall ")?.parse::<u64>().ok());
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(
        wall.is_some_and(|wall| wall.abs_diff(now) < 60),
        "{wall:?} is not {now}"
    );
    assert!(
        about(&records, "clock.read", "wall")
            .iter()
            .all(|record| record.decision == "allow")
    );
    assert!(
        about(&records, "clock.read", "monotonic")
            .iter()
            .map(|record| record.count)
            .sum::<u64>()
            >= 5
    );

    // The interface has no error for a denial: what would need one is not started.
    let policy = "version = 1\n[clock]\ndefault = \"allow\"\ndeny = [\"wall\"]\n";
    let (finished, _) = scene!().run(guests::CLOCKS).policy(policy).logged();
    finished.expect(126);
    assert_eq!(finished.stdout, "");
    assert!(
        finished.stderr.contains("wasi:clocks/wall-clock") && finished.stderr.contains("file:1"),
        "{}",
        finished.stderr
    );
}

#[test]
pub(crate) fn random() {
    let (finished, records) = scene!().run(guests::RANDOM).logged();
    finished.expect(0);
    let expected = [
        "bytes 32 differ true",
        "none 0",
        "words differ true",
        "insecure 8",
        "insecure words differ true",
        "seed true",
    ];
    assert_eq!(finished.lines(), expected);
    let drawn: u64 = about(&records, "random.read", "secure")
        .iter()
        .map(|record| record.bytes_in)
        .sum();
    assert_eq!(drawn, 32 + 32 + 8 + 8);

    let policy = "version = 1\n[random]\ndefault = \"allow\"\ndeny = [\"*\"]\n";
    let (finished, _) = scene!().run(guests::RANDOM).policy(policy).logged();
    finished.expect(126);
    assert!(
        finished.stderr.contains("wasi:random/") && finished.stderr.contains("file:1"),
        "{}",
        finished.stderr
    );
}

#[test]
pub(crate) fn paces() {
    let scene = scene!();
    fs::write(scene.work().join("file"), [1; 4_096]).unwrap();
    for (call, done) in [
        ("nothing()", ""),
        ("look(3)", "3\n"),
        ("read(4096, 3)", "3\n"),
        ("write(4096, 3)", "3\n"),
        ("environment(3)", "3\n"),
        ("random(3)", "3\n"),
    ] {
        let flags = ["--env", "GREETING=good day", "--invoke", call];
        let run = scene.run(guests::PACES).work().flags(&flags);
        assert_eq!(run.finish().expect(0).stdout, done, "{call}");
    }
    // Without a folder there is nothing to count.
    let alone = scene.run(guests::PACES).flags(&["--invoke", "look(3)"]);
    assert_eq!(alone.finish().expect(0).stdout, "0\n");
}

#[test]
pub(crate) fn calls() {
    let finished = scene!().run(guests::CALLS).finish();
    assert_eq!(finished.expect(0).stdout, "call a function of mine\n");
}

#[test]
pub(crate) fn permission_rules() {
    let finished = scene!().run(guests::PERMISSION_RULES).finish();
    assert_eq!(finished.expect(0).stdout, "ask me what may be done\n");
}

#[test]
pub(crate) fn state_folder() {
    let finished = scene!().run(guests::STATE_FOLDER).finish();
    assert_eq!(finished.expect(0).stdout, "give me something to keep\n");
}

#[test]
pub(crate) fn bad_bridge() {
    let finished = scene!().run(guests::BAD_BRIDGE).finish();
    assert_eq!(finished.expect(0).stdout, "ask me about a file\n");
}

#[test]
pub(crate) fn unknown_import() {
    let (finished, records) = scene!().run(guests::UNKNOWN_IMPORT).logged();
    finished.expect(126);
    assert!(
        finished.stderr.contains("nobody:provides/this-one@3.1.4"),
        "{}",
        finished.stderr
    );
    assert!(of_the_guest(&records).is_empty(), "{records:#?}");
}

#[test]
pub(crate) fn opener() {
    let scene = scene!();
    scene.write("work/file", "here");
    let finished = scene
        .run(guests::OPENER)
        .work()
        .args(&["file", "100", "here"])
        .finish();
    let lines = finished.expect(0).lines();
    assert!(
        matches!(lines.as_slice(), [line] if line.ends_with(" expected")),
        "{lines:?}"
    );
}

#[test]
pub(crate) fn records() {
    let (finished, records) = scene!()
        .run(guests::RECORDS)
        .work()
        .args(&["2500"])
        .logged();
    assert!(finished.expect(0).says("done 2500"), "{}", finished.stdout);
    let asked: u64 = records
        .iter()
        .filter(|record| record.operation == "fs.stat")
        .map(|record| record.count)
        .sum();
    assert_eq!(asked, 2500);
    assert_eq!(about(&records, "fs.stat", "/work/name-2499").len(), 1);
}

#[test]
pub(crate) fn escapes() {
    crate::hostile_text::hostile_text_stays_in_its_field();
}

#[test]
pub(crate) fn tool() {
    let finished = scene!().run(guests::TOOL).finish();
    assert_eq!(
        finished.expect(0).stdout,
        "a tool is called with `tollgate call`\n"
    );
}
