//! Each guest once: granted it works, not granted it is refused in its interface's own words.

use std::time::Duration;

use tollgate_tests::{guests, scene};

use crate::support::{about, allowed, denied, of_the_guest};

pub(crate) use crate::everything::try_everything;

const NO_STDOUT: &str = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdout\"]\n";

#[test]
pub(crate) fn hello() {
    let scene = scene!();
    let run = scene.run(guests::HELLO).flags(&["--env", "GREETING=good day"]).args(&["one", "--two", "three four"]);
    let (finished, records) = run.logged();
    finished.expect(0);
    let expected = ["hello from hello.wasm", "argument one", "argument --two", "argument three four", "greeting good day"];
    assert_eq!(finished.lines(), expected);
    assert!(finished.stderr.contains("a word on standard error"), "{}", finished.stderr);
    allowed(&records, "env.read", "GREETING", "flags:0");
    let out = about(&records, "stdio.write", "stdout");
    assert_eq!(out.iter().map(|record| record.bytes_out).sum::<u64>(), finished.stdout.len() as u64);
    assert!(out.iter().all(|record| record.rule.starts_with("builtin:")), "{out:?}");

    let (finished, records) = scene!().run(guests::HELLO).policy(NO_STDOUT).logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
    denied(&records, "stdio.write", "stdout", "file:1", "closed");
}

#[test]
pub(crate) fn cat() {
    let content: Vec<u8> = (0..200_000_u32).map(|number| b'a' + u8::try_from(number % 26).unwrap_or(0)).collect();
    let (finished, records) = scene!().run(guests::CAT).input(content.clone()).logged();
    finished.expect(0);
    assert_eq!(finished.stdout.as_bytes(), content);
    let read: u64 = about(&records, "stdio.read", "stdin").iter().map(|record| record.bytes_in).sum();
    let written: u64 = about(&records, "stdio.write", "stdout").iter().map(|record| record.bytes_out).sum();
    assert_eq!((read, written), (200_000, 200_000));

    let policy = "version = 1\n[stdio]\ndefault = \"allow\"\ndeny = [\"stdin\"]\n";
    let (finished, records) = scene!().run(guests::CAT).policy(policy).input("secret").logged();
    finished.expect(0);
    assert_eq!(finished.stdout, "");
    assert!(finished.stderr.contains("read Ok(0)"), "{}", finished.stderr);
    denied(&records, "stdio.read", "stdin", "file:1", "closed");
}

#[test]
pub(crate) fn environ() {
    let (finished, records) = scene!().run(guests::ENVIRON).flags(&["--env", "A=x=y", "--env", "B"]).host_env("B", "b").logged();
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
    scene!().run(guests::EXIT).args(&["code", "42"]).finish().expect(42);
}

#[test]
pub(crate) fn trap() {
    let (finished, records) = scene!().run(guests::TRAP).logged();
    finished.expect(134);
    assert_eq!(finished.stdout, "about to trap\n");
    assert!(finished.stderr.contains("unreachable"), "{}", finished.stderr);
    let end = about(&records, "run.end", "exit-code=134");
    assert_eq!(end.len(), 1, "{records:#?}");
}

#[test]
pub(crate) fn files() {
    let scene = scene!();
    let (finished, records) = scene.run(guests::FILES).work().logged();
    finished.expect(0);
    let expected = [
        "write: ok",
        "read: ok hello world",
        "append: ok 1",
        "middle: ok o WORLD!",
        "times: ok 1000000000",
        "truncate: ok hello",
        "create-new: error AlreadyExists",
        "mkdir: ok",
        "mkdir-all: ok",
        "rename: ok",
        "hard-link: ok",
        "copy: ok 5",
        "list: ok c d dir/",
        "list-dir: ok b one/",
        "missing: error NotFound",
        "a-folder-is-no-file: error IsADirectory",
        "not-empty: error 55",
        "large: ok true",
        "remove: ok",
        "remove-all: ok",
        "exists: ok false",
        "left: ok c d",
        "end",
    ];
    assert_eq!(finished.lines(), expected);
    assert_eq!(scene.read("work/c"), "hello");
    allowed(&records, "fs.write", "/work/a", "flags:0");

    let (finished, records) = scene!().run(guests::FILES).logged();
    finished.expect(0);
    assert!(finished.says("write: error NotFound") || finished.says("write: error PermissionDenied"), "{}", finished.stdout);
    assert!(!of_the_guest(&records).iter().any(|record| record.operation.starts_with("fs.") && record.decision == "allow"));
}

#[test]
pub(crate) fn fs_ops() {
    let scene = scene!();
    let answers = scene.operations(
        &["preopens", "open p0 new create,write f", "write f 0 content", "close f", "stat-at p0 missing"],
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
    assert!(finished.says("a past instant is ready"), "{}", finished.stdout);
    let wall = finished.lines().iter().find_map(|line| line.strip_prefix("wall ")?.parse::<u64>().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(wall.is_some_and(|wall| wall.abs_diff(now) < 60), "{wall:?} is not {now}");
    assert!(about(&records, "clock.read", "wall").iter().all(|record| record.decision == "allow"));
    assert!(about(&records, "clock.read", "monotonic").iter().map(|record| record.count).sum::<u64>() >= 5);

    // The interface has no error for a denial: what would need one is not started.
    let policy = "version = 1\n[clock]\ndefault = \"allow\"\ndeny = [\"wall\"]\n";
    let (finished, _) = scene!().run(guests::CLOCKS).policy(policy).logged();
    finished.expect(126);
    assert_eq!(finished.stdout, "");
    assert!(finished.stderr.contains("wasi:clocks/wall-clock") && finished.stderr.contains("file:1"), "{}", finished.stderr);
}

#[test]
pub(crate) fn random() {
    let (finished, records) = scene!().run(guests::RANDOM).logged();
    finished.expect(0);
    let expected = ["bytes 32 differ true", "none 0", "words differ true", "insecure 8", "insecure words differ true", "seed true"];
    assert_eq!(finished.lines(), expected);
    let drawn: u64 = about(&records, "random.read", "secure").iter().map(|record| record.bytes_in).sum();
    assert_eq!(drawn, 32 + 32 + 8 + 8);

    let policy = "version = 1\n[random]\ndefault = \"allow\"\ndeny = [\"*\"]\n";
    let (finished, _) = scene!().run(guests::RANDOM).policy(policy).logged();
    finished.expect(126);
    assert!(finished.stderr.contains("wasi:random/") && finished.stderr.contains("file:1"), "{}", finished.stderr);
}

#[test]
pub(crate) fn sockets() {
    let refused = ["tcp connect: error access-denied", "tcp bind: error access-denied", "tcp listen: error access-denied",
        "udp bind: error access-denied", "lookup: error access-denied"];
    let (finished, records) = scene!().run(guests::SOCKETS).args(&["192.0.2.7", "81", "a.example"]).logged();
    finished.expect(0);
    for line in refused {
        assert!(finished.says(line), "{line} is missing in {}", finished.stdout);
    }
    denied(&records, "network.connect", "tcp://192.0.2.7:81", "default:network", "access-denied");
    denied(&records, "network.bind", "tcp://192.0.2.7:81", "default:network", "access-denied");
    denied(&records, "network.bind", "udp://192.0.2.7:81", "default:network", "access-denied");
    denied(&records, "network.resolve", "dns://a.example", "default:network", "access-denied");

    let flags = ["--allow-net", "192.0.2.7:81", "--allow-net", "a.example", "--allow-listen", "*"];
    let run = scene!().run(guests::SOCKETS).flags(&flags).args(&["192.0.2.7", "81", "a.example"]).finish();
    assert!(!run.expect(0).stdout.contains("access-denied"), "{}", run.stdout);
}

#[test]
pub(crate) fn http() {
    let (finished, records) = scene!().run(guests::HTTP).args(&["https", "api.example:8443", "/a?token=canary"]).logged();
    finished.expect(0);
    assert!(finished.says("handle: error HTTP-request-denied"), "{}", finished.stdout);
    let record = records.iter().find(|record| record.operation == "http.request").expect("the request is recorded");
    assert_eq!((record.decision.as_str(), record.rule.as_str()), ("deny", "default:http"));
    assert!(record.resource.contains("https://api.example:8443"), "{}", record.resource);
    assert!(!record.resource.contains("canary"), "{}", record.resource);

    let run = scene!().run(guests::HTTP).flags(&["--allow-net", "api.example"]).args(&["https", "api.example:8443"]).finish();
    assert!(!run.expect(0).stdout.contains("HTTP-request-denied"), "{}", run.stdout);
}

#[test]
pub(crate) fn calls() {
    let finished = scene!().run(guests::CALLS).finish();
    assert_eq!(finished.expect(0).stdout, "call a function of mine\n");
}

#[test]
pub(crate) fn unknown_import() {
    let (finished, records) = scene!().run(guests::UNKNOWN_IMPORT).logged();
    finished.expect(126);
    assert!(finished.stderr.contains("nobody:provides/this-one@3.1.4"), "{}", finished.stderr);
    assert!(of_the_guest(&records).is_empty(), "{records:#?}");
}

#[test]
pub(crate) fn opener() {
    let scene = scene!();
    scene.write("work/file", "here");
    let finished = scene.run(guests::OPENER).work().args(&["file", "100", "here"]).finish();
    let lines = finished.expect(0).lines();
    assert!(matches!(lines.as_slice(), [line] if line.ends_with(" expected")), "{lines:?}");
}

#[test]
pub(crate) fn records() {
    let (finished, records) = scene!().run(guests::RECORDS).work().args(&["2500"]).logged();
    assert!(finished.expect(0).says("done 2500"), "{}", finished.stdout);
    let asked: u64 = records.iter().filter(|record| record.operation == "fs.stat").map(|record| record.count).sum();
    assert_eq!(asked, 2500);
    assert_eq!(about(&records, "fs.stat", "/work/name-2499").len(), 1);
}

#[test]
pub(crate) fn escapes() {
    crate::hostile_paths::hostile_text_stays_in_its_field();
}

#[test]
pub(crate) fn endless() {
    let (finished, records) = scene!().run(guests::ENDLESS).flags(&["--limit", "wall=500ms"]).logged();
    finished.expect(124);
    assert!(finished.wall < Duration::from_secs(20), "{:?}", finished.wall);
    assert!(finished.stderr.contains("wall"), "{}", finished.stderr);
    let reached: Vec<_> = records.iter().filter(|record| record.operation == "limit.reached").collect();
    assert_eq!(reached.len(), 1, "{records:#?}");
    assert!(reached[0].resource.starts_with("wall="), "{reached:?}");
}

#[test]
pub(crate) fn endless_calls() {
    let (finished, records) = scene!().run(guests::ENDLESS_CALLS).flags(&["--limit", "wall=500ms"]).logged();
    finished.expect(124);
    let drawn = about(&records, "random.read", "secure");
    let (calls, bytes) = drawn.iter().fold((0, 0), |sum, record| (sum.0 + record.count, sum.1 + record.bytes_in));
    assert!(calls > 100 && bytes >= 16 * (calls - 1), "{calls} calls, {bytes} bytes");
    assert!((drawn.len() as u64) < calls, "equal calls share records");
}

#[test]
pub(crate) fn endless_zero_sleep() {
    let (finished, _) = scene!().run(guests::ENDLESS_ZERO_SLEEP).flags(&["--limit", "wall=500ms"]).logged();
    finished.expect(124);
}

#[test]
pub(crate) fn endless_sleep() {
    let (finished, _) = scene!().run(guests::ENDLESS_SLEEP).flags(&["--limit", "wall=500ms"]).logged();
    finished.expect(124);
    assert_eq!(finished.stdout, "asleep\n");
}

#[test]
pub(crate) fn flood() {
    let (finished, records) = scene!().run(guests::FLOOD).flags(&["--limit", "output=1MiB,wall=60s"]).logged();
    finished.expect(125);
    assert_eq!(finished.stdout.len(), 1 << 20);
    assert!(finished.stderr.contains("output"), "{}", finished.stderr);
    let reached = records.iter().any(|record| record.operation == "limit.reached" && record.resource.starts_with("output="));
    assert!(reached, "the limit is not in the log: {records:#?}");
}

#[test]
pub(crate) fn flood_refused() {
    crate::limits::a12_half_a_gigabyte_to_a_denied_stream_takes_no_memory();
}

#[test]
pub(crate) fn memory_bomb() {
    let run = scene!();
    let (finished, records) = run.run(guests::MEMORY_BOMB).flags(&["--limit", "memory=16MiB"]).args(&["cope"]).logged();
    finished.expect(7);
    assert!(finished.stdout.starts_with("refused after"), "{}", finished.stdout);
    let reached = records.iter().any(|record| record.operation == "limit.reached" && record.resource.starts_with("memory="));
    assert!(reached, "the limit is not in the log: {records:#?}");
}

#[test]
pub(crate) fn recursion() {
    for size in ["small", "big"] {
        let (finished, _) = scene!().run(guests::RECURSION).args(&[size]).logged();
        finished.expect(134);
    }
}
