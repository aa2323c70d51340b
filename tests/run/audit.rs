//! The log: it verifies after each run, refuses what was tampered with, and is one run's at a time.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use tollgate_tests::{Scene, guests, scene};

/// A log with some dozens of records.
fn logged() -> Scene {
    let scene = scene!();
    scene.write("work/file", "content");
    let (finished, records) = scene.run(guests::RECORDS).work().args(&["40"]).logged();
    finished.expect(0);
    assert!(records.len() > 40);
    scene
}

#[track_caller]
fn refused(scene: &Scene, what: &str) {
    let verified = scene.verify("audit.log");
    assert_eq!(
        verified.code,
        Some(1),
        "{what} is taken for true: {}",
        verified.stdout
    );
    assert!(
        !verified.stderr.contains("panicked"),
        "{what}: {}",
        verified.stderr
    );
    let root = scene.root().display().to_string();
    assert!(
        verified.stderr.contains("audit.log") || !verified.stderr.contains(&root),
        "{what}: {}",
        verified.stderr
    );
}

#[test]
fn a_log_goes_on_over_several_runs_and_verifies_as_one() {
    let scene = logged();
    let before = scene.records("audit.log").len();
    let (_, records) = scene.run(guests::HELLO).logged();
    assert!(records.len() > before);
    let verified: serde_json::Value =
        serde_json::from_str(&scene.verify("audit.log").stdout).unwrap();
    assert_eq!(verified["records"], records.len());
    assert_eq!(verified["signed_records"], records.len());
    assert_eq!(verified["torn_bytes"], 0);
    assert_eq!(verified["closed"], true);
    let runs = records
        .iter()
        .filter(|record| record.operation == "run.start")
        .count();
    assert_eq!(runs, 2);
}

#[test]
fn i69_a_changed_byte_anywhere_is_found() {
    let scene = logged();
    let whole = fs::read(scene.path("audit.log")).unwrap();
    for position in (0..whole.len()).step_by(whole.len() / 40) {
        let mut changed = whole.clone();
        changed[position] ^= 1;
        fs::write(scene.path("audit.log"), &changed).unwrap();
        refused(&scene, &format!("a changed byte at {position}"));
    }
    fs::write(scene.path("audit.log"), &whole).unwrap();
    scene.verify("audit.log").expect(0);
}

#[test]
fn i69_a_log_that_was_cut_reordered_or_thinned_is_found() {
    let scene = logged();
    let whole = scene.read("audit.log");
    let lines: Vec<&str> = whole.lines().collect();
    let join = |lines: &[&str]| {
        lines
            .iter()
            .flat_map(|line| [*line, "\n"])
            .collect::<String>()
    };
    let mut swapped = lines.clone();
    swapped.swap(5, 6);
    let mut thinned = lines.clone();
    thinned.remove(7);
    let mut doubled = lines.clone();
    doubled.insert(7, lines[7]);
    for (what, text) in [
        (
            "a log without its last record",
            join(&lines[..lines.len() - 1]),
        ),
        ("a log without its first record", join(&lines[1..])),
        ("an empty log", String::new()),
        ("a log cut in a record", whole[..whole.len() / 2].to_owned()),
        ("swapped records", join(&swapped)),
        ("a missing record", join(&thinned)),
        ("a doubled record", join(&doubled)),
        ("a log of something else", "hello\n".to_owned()),
    ] {
        fs::write(scene.path("audit.log"), text).unwrap();
        refused(&scene, what);
        let run = scene.run(guests::HELLO).finish();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(1), ""),
            "{what}: a run began: {}",
            run.stderr
        );
    }
}

#[test]
fn i69_a_missing_or_changed_head_is_found() {
    let scene = logged();
    let head = fs::read(scene.path("audit.log.head")).unwrap();
    for position in (0..head.len()).step_by(7) {
        let mut changed = head.clone();
        changed[position] ^= 1;
        fs::write(scene.path("audit.log.head"), &changed).unwrap();
        refused(&scene, &format!("a head with a changed byte at {position}"));
    }
    fs::remove_file(scene.path("audit.log.head")).unwrap();
    refused(&scene, "a log without its head");
}

#[test]
fn i69_an_old_log_with_its_old_head_is_found_by_whoever_kept_its_end() {
    let scene = logged();
    let (log, head) = (
        fs::read(scene.path("audit.log")).unwrap(),
        fs::read(scene.path("audit.log.head")).unwrap(),
    );
    scene.run(guests::HELLO).finish().expect(0);
    // The head of one state does not fit the records of another.
    let new_log = fs::read(scene.path("audit.log")).unwrap();
    fs::write(scene.path("audit.log"), &log).unwrap();
    refused(&scene, "an older log under a newer head");
    fs::write(scene.path("audit.log"), &new_log).unwrap();
    fs::write(scene.path("audit.log.head"), &head).unwrap();
    let verified: serde_json::Value =
        serde_json::from_str(&scene.verify("audit.log").expect(0).stdout).unwrap();
    assert!(
        verified["unsigned_records"]
            .as_u64()
            .is_some_and(|count| count > 0),
        "{verified}"
    );
}

#[test]
fn i69_a_log_that_somebody_else_signed_is_refused_by_whoever_knows_the_key() {
    let (scene, other) = (logged(), logged());
    let key = |scene: &Scene| {
        let verified: serde_json::Value =
            serde_json::from_str(&scene.verify("audit.log").stdout).unwrap();
        verified["public_key"].as_str().unwrap().to_owned()
    };
    let (own, others) = (key(&scene), key(&other));
    assert_ne!(own, others);
    let verify = |key: &str| {
        let log = scene.path("audit.log").display().to_string();
        scene
            .tollgate(["audit", "verify", "--public-key", key, &log])
            .run()
    };
    verify(&own).expect(0);
    assert_eq!(verify(&others).expect(1).stdout, "");
}

#[test]
fn i70_a_torn_tail_is_stated_and_cut_by_the_next_run() {
    let scene = logged();
    let mut text = scene.read("audit.log");
    text.push_str("{\"v\":1,\"seq\":9999,\"time\":\"20");
    fs::write(scene.path("audit.log"), text).unwrap();
    let verified: serde_json::Value =
        serde_json::from_str(&scene.verify("audit.log").expect(0).stdout).unwrap();
    assert_eq!(verified["torn_bytes"], 28);
    assert_eq!(verified["closed"], false);
    let (finished, records) = scene.run(guests::HELLO).logged();
    finished.expect(0);
    assert!(
        records
            .iter()
            .any(|record| record.operation == "log.recover"),
        "{records:#?}"
    );
}

#[test]
fn a_log_in_use_ends_a_second_run_with_1_before_its_guest_starts() {
    let scene = scene!();
    let running = scene.run(guests::ENDLESS_SLEEP).start();
    assert_eq!(running.line(), "asleep");
    let second = scene.run(guests::HELLO).finish();
    second.expect(1);
    assert_eq!(second.stdout, "");
    assert!(second.stderr.contains("audit.log"), "{}", second.stderr);
    drop(running);
    scene.verify("audit.log").expect(0);
    scene.run(guests::HELLO).finish().expect(0);
    scene.verify("audit.log").expect(0);
}

#[test]
fn a69_planted_links_and_open_keys_are_refused() {
    let scene = scene!();
    let victim = scene.write("victim", "precious");
    for name in ["audit.log", "audit.log.head"] {
        symlink(&victim, scene.path(name)).unwrap();
        let finished = scene.run(guests::HELLO).finish();
        assert_eq!(finished.expect(1).stdout, "", "{name}");
        assert_eq!(scene.read("victim"), "precious");
        fs::remove_file(scene.path(name)).unwrap();
        for left in ["audit.log", "audit.log.head"] {
            let _not_there = fs::remove_file(scene.path(left));
        }
    }
    scene.run(guests::HELLO).finish().expect(0);
    let key = scene.path("home/config/tollgate/audit.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let finished = scene.run(guests::HELLO).finish();
    assert_eq!(finished.expect(1).stdout, "");
    fs::remove_file(&key).unwrap();
    let planted = scene.write("planted", "x");
    symlink(&planted, &key).unwrap();
    assert_eq!(scene.run(guests::HELLO).finish().expect(1).stdout, "");
    assert_eq!(scene.read("planted"), "x");
}

#[test]
fn a_log_that_is_a_pipe_or_a_folder_is_refused() {
    let scene = scene!();
    let log = scene.path("audit.log");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&log)
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(scene.run(guests::HELLO).finish().expect(1).stdout, "");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    assert_eq!(scene.run(guests::HELLO).finish().expect(1).stdout, "");
}

#[test]
fn with_flush_each_every_effect_is_announced_and_ended() {
    let scene = scene!();
    let policy =
        "version = 1\n[[mount]]\nhost = \"work\"\nguest = \"/work\"\n[audit]\nflush = \"each\"\n";
    let input = "open p0 new create,write f\nwrite f 0 content\nstat-at p0 new\n";
    let (finished, records) = scene
        .run(guests::FS_OPS)
        .policy(policy)
        .input(input)
        .logged();
    assert_eq!(finished.expect(0).lines()[..2], ["ok", "ok 7"]);
    let outcomes: Vec<&str> = records
        .iter()
        .filter(|record| record.is("fs.write", "/work/new"))
        .map(|record| record.outcome.as_str())
        .collect();
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == "begun")
            .count(),
        outcomes.iter().filter(|outcome| **outcome == "ok").count(),
        "{outcomes:?}"
    );
    assert!(outcomes.len() >= 4, "{outcomes:?}");
}

#[test]
fn a_log_rotates_and_the_set_verifies() {
    let scene = scene!();
    let policy =
        "version = 1\n[[mount]]\nhost = \"work\"\nguest = \"/work\"\n[audit]\nrotate = \"64KiB\"\n";
    let run = scene.run(guests::RECORDS).policy(policy).args(&["600"]);
    run.finish().expect(0);
    let verified: serde_json::Value =
        serde_json::from_str(&scene.verify("audit.log").expect(0).stdout).unwrap();
    assert!(
        verified["files"].as_u64().is_some_and(|files| files > 2),
        "{verified}"
    );
    assert!(
        verified["records"]
            .as_u64()
            .is_some_and(|records| records > 600),
        "{verified}"
    );
    fs::remove_file(scene.path("audit.log.2")).unwrap();
    refused(&scene, "a set without its second file");
}

#[test]
fn show_and_stats_tell_what_happened() {
    let scene = logged();
    let log = scene.path("audit.log").display().to_string();
    let shown = scene.tollgate(["audit", "show", &log]).run();
    assert_eq!(
        shown.expect(0).lines().len(),
        scene.records("audit.log").len()
    );
    assert!(
        shown.stdout.contains("fs.stat") && shown.stdout.contains("/work/name-39"),
        "{}",
        shown.stdout
    );
    let denied = scene.tollgate(["audit", "show", "--denied", &log]).run();
    assert_eq!(denied.expect(0).stdout, "");
    let stats = scene.tollgate(["audit", "stats", "--json", &log]).run();
    let stats: serde_json::Value = serde_json::from_str(&stats.expect(0).stdout).unwrap();
    let rows = stats["operations"]["rows"].as_array().unwrap();
    assert!(
        rows.iter()
            .any(|row| row["name"] == "fs.stat" && row["allow"]["count"] == 40),
        "{stats}"
    );
    scene
        .tollgate(["audit", "verify", "no-such-log"])
        .run()
        .expect(1);
}

#[test]
fn a_log_in_a_folder_that_is_only_read_may_be_read_by_its_guest() {
    let scene = scene!();
    let log = scene.path("work/audit.log").display().to_string();
    let dir = scene.dir(":ro");
    let input = "open p0 audit.log read f\nopen p0 audit.log write g\nunlink p0 audit.log.head\n";
    let finished = scene
        .tollgate(["run", "--audit", &log, "--dir", &dir, guests::FS_OPS])
        .input(input)
        .run();
    assert_eq!(
        finished.expect(0).lines(),
        ["ok", "error read-only", "error read-only"]
    );
    scene.verify("work/audit.log").expect(0);
}
