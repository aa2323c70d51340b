//! What a guest is given in its environment stands nowhere but in the guest.

use tollgate_tests::{Finished, guests, scene};

const CANARY: &str = "CANARY-0b4f7e19";

#[track_caller]
fn silent(what: &str, text: &str) {
    assert!(!text.contains(CANARY), "{what} holds the secret: {text}");
}

#[track_caller]
fn silent_command(what: &str, finished: &Finished) {
    silent(what, &finished.stdout);
    silent(what, &finished.stderr);
}

#[test]
fn i68_a_secret_is_in_no_log_report_or_error() {
    let scene = scene!();
    let given = format!("TOKEN={CANARY}");
    for guest in [
        guests::HELLO,
        guests::TRAP,
        guests::FILES,
        guests::MEMORY_BOMB,
        guests::UNKNOWN_IMPORT,
    ] {
        let run = scene.run(guest).flags(&[
            "--report",
            "--env",
            &given,
            "--env",
            "INHERITED",
            "--deny-env",
            "OTHER",
            "--limit",
            "memory=8MiB",
        ]);
        let (finished, _) = run
            .host_env("INHERITED", CANARY)
            .host_env("OTHER", CANARY)
            .logged();
        silent("standard error", &finished.stderr);
        silent("standard output", &finished.stdout);
    }
    let (finished, _) = scene
        .run(guests::ENVIRON)
        .flags(&["--report=json", "--env", &given])
        .logged();
    assert!(
        finished.expect(0).says(&given),
        "the guest has it: {}",
        finished.stdout
    );
    silent("the report", &finished.stderr);
    silent("the log", &scene.read("audit.log"));
    silent("the head", &scene.read("audit.log.head"));
    let log = scene.path("audit.log").display().to_string();
    for words in [
        vec!["audit", "show", &log],
        vec!["audit", "show", "--json", &log],
        vec!["audit", "stats", &log],
        vec!["policy", "show", "--env", &given],
        vec!["policy", "show", "--json", "--env", &given],
        vec!["policy", "check", "--env", &given, "env.read", "TOKEN"],
        vec![
            "policy", "check", "--json", "--env", &given, "env.read", "TOKEN",
        ],
        vec!["inspect", "--env", &given, guests::ENVIRON],
        vec!["inspect", "--json", "--env", &given, guests::ENVIRON],
    ] {
        silent_command(&words.join(" "), &scene.tollgate(&words).run());
    }
}

#[test]
fn i68_an_error_about_a_flag_or_file_shows_no_value() {
    let scene = scene!();
    let given = format!("={CANARY}");
    let bad_name = format!("A B={CANARY}");
    for text in [&given, &bad_name] {
        let finished = scene.run(guests::HELLO).flags(&["--env", text]).finish();
        silent("standard error", &finished.stderr);
    }
    let denied = format!("TOKEN={CANARY}");
    silent(
        "standard error",
        &scene
            .run(guests::HELLO)
            .flags(&["--deny-env", &denied])
            .finish()
            .stderr,
    );
    for policy in [
        format!("version = 1\n[env]\nallow = [\"TOKEN={CANARY}\", 7]\n"),
        format!("version = 1\n[env]\nallow = [\"={CANARY}\"]\n"),
        format!("version = 1\n[env]\ndeny = [\"TOKEN={CANARY}\"]\n"),
        format!("version = 1\n[env]\nallow = [\"TOKEN={CANARY}\"]\nallwo = []\n"),
    ] {
        let finished = scene.run(guests::HELLO).policy(&policy).finish();
        finished.expect(2);
        silent("standard error", &finished.stderr);
    }
}

#[test]
fn i68_an_inherited_secret_is_not_in_the_command_line_of_the_process() {
    let scene = scene!();
    let run = scene
        .run(guests::ENDLESS_SLEEP)
        .flags(&["--env", "TOKEN"])
        .host_env("TOKEN", CANARY);
    let running = run.start();
    assert_eq!(running.line(), "asleep");
    silent(
        "the command line",
        &std::fs::read_to_string(format!("/proc/{}/cmdline", running.id())).unwrap(),
    );
}

#[test]
fn what_guests_can_read_names_no_folder_of_the_host() {
    let scene = scene!();
    scene.write("work/file", "content");
    std::os::unix::fs::symlink("loop", scene.path("work/loop")).unwrap();
    let root = scene.root().display().to_string();
    let operations = [
        "preopens",
        "stat-at p0 missing",
        "open p0 ../home read f",
        "open p0 loop read,follow f",
        "open p0 file read f",
        "stream-write f 0 x",
        "append f x",
        "read p0 1 0",
        "list f",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(!answers.join("\n").contains(&root), "{answers:?}");
}
