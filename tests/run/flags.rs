//! The environment, by flag and by file.

use tollgate_tests::{guests, scene};

use crate::support::{about, allowed, denied};

#[test]
fn a_name_inherits_a_value_sets_and_the_rest_of_the_environment_stays_hidden() {
    let (finished, records) = scene!()
        .run(guests::ENVIRON)
        .flags(&[
            "--env",
            "SET=by flag",
            "--env",
            "INHERITED",
            "--env",
            "ABSENT",
        ])
        .host_env("INHERITED", "from the host")
        .host_env("HIDDEN", "secret")
        .logged();
    finished.expect(0);
    assert!(finished.says("SET=by%20flag"), "{}", finished.stdout);
    assert!(
        finished.says("INHERITED=from%20the%20host"),
        "{}",
        finished.stdout
    );
    assert!(
        !finished.stdout.contains("HIDDEN")
            && !finished.stdout.contains("HOME")
            && !finished.stdout.contains("ABSENT")
    );
    allowed(&records, "env.read", "SET", "flags:0");
    allowed(&records, "env.read", "INHERITED", "flags:1");
    assert!(about(&records, "env.read", "HIDDEN").is_empty());
}

#[test]
fn a_denial_wins_over_a_grant_from_flag_or_file() {
    let policy = "version = 1\n[env]\nallow = [\"FROM_FILE=1\", \"BOTH=2\"]\n";
    let (finished, records) = scene!()
        .run(guests::ENVIRON)
        .policy(policy)
        .flags(&["--env", "FLAG=3", "--deny-env", "BOTH", "--deny-env", "FL*"])
        .logged();
    finished.expect(0);
    assert_eq!(finished.lines(), ["FROM_FILE=1", "working directory /"]);
    allowed(&records, "env.read", "FROM_FILE", "file:0");
    denied(&records, "env.read", "BOTH", "flags:1", "absent");
    denied(&records, "env.read", "FLAG", "flags:2", "absent");
}

#[test]
fn what_is_to_be_asked_is_denied_where_nobody_can_be_asked() {
    let policy = "version = 1\n[env]\nallow = [\"ONE=1\"]\nask = [\"ONE\"]\n";
    let (finished, records) = scene!().run(guests::ENVIRON).policy(policy).logged();
    assert_eq!(finished.expect(0).lines(), ["working directory /"]);
    let record = about(&records, "env.read", "ONE");
    assert!(
        record.iter().all(|record| record.decision == "deny"),
        "{record:?}"
    );
    assert!(!record.is_empty(), "{records:#?}");
}

#[test]
fn a_pattern_of_names_inherits_what_it_matches() {
    let finished = scene!()
        .run(guests::ENVIRON)
        .policy("version = 1\n[env]\nallow = [\"APP_*\"]\ndeny = [\"APP_SECRET\"]\n")
        .host_env("APP_ONE", "1")
        .host_env("APP_SECRET", "2")
        .host_env("OTHER", "3")
        .finish();
    assert_eq!(
        finished.expect(0).lines(),
        ["APP_ONE=1", "working directory /"]
    );
}

#[test]
fn a_ceiling_takes_away_what_a_run_gives_itself() {
    let scene = scene!();
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[stdio]\ndefault = \"allow\"\n[env]\nallow = [\"ONE\"]\n",
    );
    let ceiling = ceiling.display().to_string();
    let run = scene.run(guests::ENVIRON).flags(&[
        "--ceiling",
        &ceiling,
        "--env",
        "ONE=1",
        "--env",
        "TWO=2",
    ]);
    let (finished, records) = run.logged();
    assert_eq!(finished.expect(0).lines(), ["ONE=1", "working directory /"]);
    denied(&records, "env.read", "TWO", "ceiling-default:env", "absent");
    let run = scene
        .run(guests::ENVIRON)
        .host_env("TOLLGATE_CEILING", &ceiling)
        .flags(&["--env", "TWO=2"]);
    assert_eq!(run.finish().expect(0).lines(), ["working directory /"]);
}

#[test]
fn a_relative_log_lies_beside_the_file_that_names_it() {
    let scene = scene!();
    let ceiling = scene.write(
        "operator/ceiling.toml",
        "version = 1\n[stdio]\ndefault = \"allow\"\n[audit]\nfile = \"theirs.log\"\n",
    );
    let policy = scene.write(
        "tenant/policy.toml",
        "version = 1\n[audit]\nfile = \"mine.log\"\n",
    );
    let (ceiling, policy) = (ceiling.display().to_string(), policy.display().to_string());
    let (theirs, mine) = (
        scene.path("operator/theirs.log"),
        scene.path("tenant/mine.log"),
    );
    let run = |flags: &[&str]| {
        let words = [&["run"], flags, &[guests::HELLO]].concat();
        scene.tollgate(words).run().expect(0);
    };
    run(&["--policy", &policy]);
    assert!(mine.exists());
    std::fs::remove_file(&mine).unwrap();
    run(&["--ceiling", &ceiling, "--policy", &policy]);
    assert!(theirs.exists());
    assert!(!mine.exists());
}

#[test]
fn a_standard_stream_that_a_ceiling_denies_is_closed() {
    let scene = scene!();
    let ceiling = scene.write(
        "ceiling.toml",
        "version = 1\n[stdio]\nallow = [\"stderr\"]\n",
    );
    let (finished, records) = scene
        .run(guests::HELLO)
        .flags(&["--ceiling", &ceiling.display().to_string()])
        .logged();
    assert_eq!(finished.expect(0).stdout, "");
    assert!(
        finished.stderr.contains("a word on standard error"),
        "{}",
        finished.stderr
    );
    denied(
        &records,
        "stdio.write",
        "stdout",
        "ceiling-default:stdio",
        "closed",
    );
}

/// One table with every number: unit, default, reason, and who may change it.
#[test]
fn every_limit_is_listed_with_its_default_and_reason() {
    let listed = scene!().tollgate(["limits", "--json"]).run();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&listed.expect(0).stdout).unwrap();
    let text =
        |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    for row in tollgate_policy::LIMITS {
        let found = rows.iter().find(|found| text(found, "key") == row.key);
        let found = found.unwrap_or_else(|| panic!("{} is missing", row.key));
        assert_eq!(text(found, "who"), "run");
    }
    for fixed in [
        "component-bytes",
        "functions",
        "stack",
        "path-bytes",
        "pattern-bytes",
        "module-batch",
        "datagram-batch",
        "preinitialised-time",
        "place-bytes",
    ] {
        let found = rows.iter().find(|found| text(found, "key") == fixed);
        assert_eq!(text(found.unwrap(), "who"), "fixed", "{fixed}");
    }
    // A number in another unit than its row's would be another time.
    for (fixed, time) in [("preinitialised-time", "1m"), ("build-tool-time", "10m")] {
        let found = rows.iter().find(|found| text(found, "key") == fixed);
        assert_eq!(text(found.unwrap(), "default"), time, "{fixed}");
    }
    let keys: std::collections::BTreeSet<_> = rows.iter().map(|row| text(row, "key")).collect();
    assert_eq!(keys.len(), rows.len(), "two rows have one name");
    for row in &rows {
        assert!(
            !text(row, "what").is_empty() && !text(row, "reason").is_empty(),
            "{row}"
        );
    }
    let shown = scene!().tollgate(["limits"]).run();
    assert!(
        shown.expect(0).stdout.contains("256MiB"),
        "{}",
        shown.stdout
    );
}
