//! `--permissive`: lets pass what the policy denies, says so, and never goes beyond the ceiling.

use tollgate_tests::{guests, scene};

use crate::support::{about, denied, ruling};

#[test]
fn what_is_denied_passes_with_a_warning_and_is_recorded_as_would_deny() {
    let scene = scene!();
    scene.write("work/file", "content");
    let flags = [
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/file",
        "--permissive=fs",
    ];
    let (finished, records) = scene
        .run(guests::FS_OPS)
        .flags(&flags)
        .input("open p0 file read f\nread f 10 0\n")
        .logged();
    assert_eq!(finished.expect(0).lines(), ["ok", "ok 7 end=false content"]);
    assert!(
        finished.stderr.contains("warning") && finished.stderr.contains("fs"),
        "{}",
        finished.stderr
    );
    let expected = (
        "would-deny".to_owned(),
        "flags:1".to_owned(),
        "ok".to_owned(),
    );
    assert_eq!(ruling(&records, "fs.read", "/work/file"), expected);
}

#[test]
fn other_scopes_stay_as_they_are() {
    let flags = ["--permissive=fs", "--env", "A=1", "--deny-env", "A"];
    let (finished, records) = scene!().run(guests::ENVIRON).flags(&flags).logged();
    assert_eq!(finished.expect(0).lines(), ["working directory /"]);
    denied(&records, "env.read", "A", "flags:1", "absent");
}

#[test]
fn the_ceiling_holds() {
    let scene = scene!();
    scene.write("work/file", "content");
    let work = scene.work().display().to_string();
    let text = format!(
        "version = 1\n[stdio]\ndefault = \"allow\"\n[fs]\ndeny = [\"read:/work/file\"]\n[[mount]]\nhost = \"{work}\"\nguest = \"/work\"\n"
    );
    let ceiling = scene.write("ceiling.toml", text).display().to_string();
    let flags = [
        "--ceiling",
        &ceiling,
        "--dir",
        &scene.dir(""),
        "--permissive=fs",
    ];
    let (finished, records) = scene
        .run(guests::FS_OPS)
        .flags(&flags)
        .input("open p0 file read f\n")
        .logged();
    assert_eq!(finished.expect(0).lines(), ["error access"]);
    let record = about(&records, "fs.read", "/work/file");
    assert!(
        record
            .iter()
            .all(|record| record.decision == "deny" && record.rule.starts_with("ceiling")),
        "{record:?}"
    );
}

#[test]
fn a_read_only_folder_stays_read_only() {
    let scene = scene!();
    scene.write("work/file", "content");
    let flags = ["--dir", &scene.dir(":ro"), "--permissive=fs"];
    let operations = "open p0 file write,truncate f\nopen p0 new create,write n\nunlink p0 file\n";
    let finished = scene
        .run(guests::FS_OPS)
        .flags(&flags)
        .input(operations)
        .finish();
    let lines = finished.expect(0).lines();
    assert!(
        lines.iter().all(|line| line.starts_with("error ")),
        "{lines:?}"
    );
    assert_eq!(scene.read("work/file"), "content");
    assert!(!scene.path("work/new").exists());
}
