//! Folders: under which name a guest sees them, and what it may do there.

use tollgate_tests::{guests, scene};

use crate::support::{allowed, denied, fingerprint};

fn preopens(scene: &tollgate_tests::Scene, dirs: &[&str]) -> String {
    let flags: Vec<&str> = dirs.iter().flat_map(|dir| ["--dir", dir]).collect();
    let finished = scene
        .run(guests::FS_OPS)
        .flags(&flags)
        .input("preopens\n")
        .finish();
    finished.expect(0).stdout.trim_end().to_owned()
}

#[test]
fn a_folder_is_preopened_under_exactly_the_name_that_was_given() {
    let scene = scene!();
    std::fs::create_dir(scene.path("second")).unwrap();
    let work = scene.work().display().to_string();
    assert_eq!(preopens(&scene, &["work"]), "ok work");
    assert_eq!(preopens(&scene, &["./work/"]), "ok ./work/");
    assert_eq!(preopens(&scene, &[&work]), format!("ok {work}"));
    assert_eq!(preopens(&scene, &["work::/data"]), "ok /data");
    assert_eq!(preopens(&scene, &["work::data:ro"]), "ok data");
    assert_eq!(preopens(&scene, &["work::."]), "ok .");
    assert_eq!(preopens(&scene, &["work::/a", "second::/b:ro"]), "ok /a /b");
    assert_eq!(preopens(&scene, &[]), "ok");
}

#[test]
fn a_relative_place_lies_below_the_root() {
    let scene = scene!();
    scene.write("work/sub/file", "content");
    let log = scene.path("audit.log").display().to_string();
    for (dir, name, path) in [
        ("sub", "file", "/sub/file"),
        ("./sub/", "file", "/sub/file"),
        ("sub::data", "file", "/data/file"),
        ("sub::.", "file", "/file"),
        (".", "sub/file", "/sub/file"),
    ] {
        let words = [
            "run",
            "--audit",
            &log,
            "--dir",
            dir,
            guests::FS_OPS,
            &format!("stat-at p0 {name}"),
        ]
        .map(str::to_owned);
        let finished = scene.tollgate(words).current_dir(&scene.work()).run();
        let regular = "ok type=DescriptorType::RegularFile size=7";
        assert!(
            finished.expect(0).stdout.starts_with(regular),
            "{dir}: {}",
            finished.stdout
        );
        let records = scene.records("audit.log");
        let last = records
            .iter()
            .rfind(|record| record.operation == "fs.stat")
            .unwrap();
        assert_eq!(last.resource, path, "{dir}");
    }
}

#[test]
fn two_folders_at_one_place_are_a_usage_error() {
    let scene = scene!();
    let finished = scene
        .run(guests::HELLO)
        .flags(&["--dir", "work::/x", "--dir", "second::/x/"])
        .finish();
    finished.expect(2);
    assert!(finished.stderr.contains("/x"), "{}", finished.stderr);
}

#[test]
fn the_mounts_of_a_policy_file_are_relative_to_it() {
    let scene = scene!();
    scene.write("elsewhere/data/file", "content");
    let text = "version = 1\n[[mount]]\nhost = \"data\"\nguest = \"/d\"\nread-only = true\n";
    let policy = scene
        .write("elsewhere/tollgate.toml", text)
        .display()
        .to_string();
    let input = "open p0 file read f\nread f 10 0\nunlink p0 file\n";
    let finished = scene
        .run(guests::FS_OPS)
        .flags(&["--policy", &policy])
        .input(input)
        .finish();
    assert_eq!(
        finished.expect(0).lines(),
        ["ok", "ok 7 end=false content", "error read-only"]
    );
}

#[test]
fn a_read_only_folder_is_read_and_never_changed() {
    let scene = scene!();
    scene.write("work/file", "content");
    scene.write("work/sub/inner", "inner");
    let operations = [
        "open p0 file read f",
        "read f 100 0",
        "flags p0",
        "open p0 file write w",
        "open p0 file read,write w",
        "open p0 new create,write w",
        "mkdir p0 d",
        "unlink p0 file",
        "rmdir p0 sub",
        "rename p0 file p0 other",
        "link p0 file p0 other",
        "symlink p0 file soft",
        "set-times-at p0 file now now",
        "set-times f now now",
        "set-size f 0",
        "write f 0 x",
    ];
    let (answers, records) = scene.operations_logged(&operations, &["--dir", &scene.dir(":ro")]);
    assert_eq!(answers[1], "ok 7 end=false content");
    assert_eq!(answers[2], "ok DescriptorFlags(READ)");
    for (operation, answer) in operations.iter().zip(&answers).skip(3) {
        let word = if operation.starts_with("write f") || operation.starts_with("set-size f") {
            answer == "error read-only" || answer == "error bad-descriptor"
        } else {
            answer == "error read-only"
        };
        assert!(word, "{operation}: {answer}");
    }
    assert_eq!(scene.read("work/file"), "content");
    denied(
        &records,
        "fs.create_dir",
        "/work/d",
        "default:fs",
        "read-only",
    );
    allowed(&records, "fs.read", "/work/file", "flags:0");
}

#[test]
fn a3_i55_neither_link_nor_rename_leads_from_a_read_only_folder_to_a_writable_one() {
    let scene = scene!();
    scene.write("work/file", "content");
    scene.write("other/there", "there");
    let before = fingerprint(&scene, "work");
    let operations = [
        "link p0 file p1 stolen",
        "rename p0 file p1 stolen",
        "link p1 there p0 planted",
        "rename p1 there p0 planted",
        "link p0 file p1 stolen follow",
        "stat-at p1 stolen",
    ];
    let other = format!("{}::/other", scene.path("other").display());
    let answers = scene.operations(&operations, &["--dir", &scene.dir(":ro"), "--dir", &other]);
    assert!(
        answers.iter().all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(fingerprint(&scene, "work"), before);
    assert_eq!(scene.read("other/there"), "there");
    assert!(!scene.path("other/stolen").exists());
}

#[test]
fn a3_two_writable_folders_are_two_devices() {
    let scene = scene!();
    scene.write("work/file", "content");
    scene.write("other/there", "there");
    let other = format!("{}::/other", scene.path("other").display());
    let operations = ["rename p0 file p1 moved", "link p0 file p1 linked"];
    let answers = scene.operations(&operations, &["--dir", &scene.dir(""), "--dir", &other]);
    assert_eq!(answers, ["error cross-device", "error cross-device"]);
}

#[test]
fn a4_truncation_on_a_read_only_folder_is_refused() {
    let scene = scene!();
    scene.write("work/file", "content");
    let operations = [
        "open p0 file truncate,read t",
        "open p0 file truncate t",
        "open p0 file create,truncate,write t",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir(":ro")]);
    assert!(
        answers
            .iter()
            .all(|answer| answer == "error read-only" || answer == "error invalid"),
        "{answers:?}"
    );
    assert_eq!(scene.read("work/file"), "content");
}

#[test]
fn a4_truncation_needs_the_right_to_write() {
    let scene = scene!();
    scene.write("work/file", "content");
    let operations = ["open p0 file truncate,read t", "open p0 file truncate t"];
    let answers = scene.operations(
        &operations,
        &["--dir", &scene.dir(""), "--deny-write", "/work/file"],
    );
    assert!(
        answers.iter().all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(scene.read("work/file"), "content");
}

#[test]
fn denied_patterns_hide_and_protect() {
    let scene = scene!();
    for name in ["public", "secret", "deep/secret", "kept"] {
        scene.write(&format!("work/{name}"), "content");
    }
    let operations = [
        "open p0 public read f",
        "open p0 secret read f",
        "stat-at p0 secret",
        "hash-at p0 secret",
        "open p0 deep/secret read f",
        "open p0 kept write f",
        "unlink p0 kept",
        "rename p0 public p0 kept",
        "rename p0 secret p0 shown",
        "link p0 secret p0 shown",
        "open p0 public write f",
    ];
    let flags = [
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/**secret",
        "--deny-write",
        "/work/kept",
    ];
    let (answers, records) = scene.operations_logged(&operations, &flags);
    let expected = [
        "ok",
        "error access",
        "error access",
        "error access",
        "error access",
        "error access",
        "error access",
        "error access",
        "error access",
        "error access",
        "ok",
    ];
    assert_eq!(answers, expected);
    denied(
        &records,
        "fs.read",
        "/work/deep/secret",
        "flags:1",
        "access",
    );
    denied(&records, "fs.rm", "/work/kept", "flags:2", "access");
}

#[test]
fn a_folder_that_holds_something_denied_is_not_renamed_away() {
    let scene = scene!();
    scene.write("work/dir/secret", "secret");
    scene.write("work/other/file", "content");
    let operations = [
        "rename p0 dir p0 moved",
        "open p0 moved/secret read f",
        "rename p0 other p0 kept",
        "rename p0 other p0 free",
    ];
    let flags = [
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/dir/**",
        "--deny-write",
        "/work/kept/**",
    ];
    let (answers, records) = scene.operations_logged(&operations, &flags);
    assert_eq!(
        answers,
        ["error access", "error no-entry", "error access", "ok"]
    );
    for (folder, rule) in [("/work/dir", "flags:1"), ("/work/kept", "flags:2")] {
        let told = |record: &&tollgate_tests::Record| {
            record.operation.starts_with("fs.") && record.decision == "deny" && record.rule == rule
        };
        assert!(
            records.iter().find(told).is_some(),
            "nothing in the log says that {rule} kept {folder}: {records:#?}"
        );
    }
}

#[test]
fn a_folder_within_a_folder_keeps_its_own_rules() {
    let scene = scene!();
    scene.write("work/inner/covered", "covered");
    scene.write("work/file", "outer");
    scene.write("inner/file", "inner");
    let operations = [
        "list p0",
        "list p1",
        "open p0 inner/file read f",
        "read f 100 0",
        "stat-at p0 inner/covered",
        "open p0 inner/new create,write g",
        "unlink p0 inner/file",
        "rename p0 file p0 inner/file",
        "rename p0 inner p0 away",
        "rmdir p0 inner",
        "symlink p0 inner/file link",
        "open p0 link read,write,follow h",
        "stat-at p0 inner/../file",
        "open p1 .. directory,read up",
    ];
    let inner = format!("{}::/work/inner:ro", scene.path("inner").display());
    let flags = ["--dir", &scene.dir(""), "--dir", &inner];
    let answers = scene.operations(&operations, &flags);
    assert_eq!(
        answers[0],
        "ok file:DescriptorType::RegularFile inner:DescriptorType::Directory"
    );
    assert_eq!(answers[1], "ok file:DescriptorType::RegularFile");
    assert_eq!(
        answers[2..5],
        ["ok", "ok 5 end=false inner", "error no-entry"]
    );
    assert!(
        answers[5..10]
            .iter()
            .all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(answers[10..12], ["ok", "error read-only"]);
    assert!(answers[12].starts_with("ok "), "{answers:?}");
    assert_eq!(answers[13], "error not-permitted");
    assert_eq!(
        (scene.read("inner/file"), scene.read("work/inner/covered")),
        ("inner".to_owned(), "covered".to_owned())
    );
}

#[test]
fn a_folder_that_holds_the_log_its_key_or_the_cache_is_not_given() {
    let scene = scene!();
    scene.run(guests::HELLO).finish().expect(0);
    std::os::unix::fs::symlink(scene.path("home/config"), scene.path("alias")).unwrap();
    let (beneath, key) = (scene.path("work/audit.log"), scene.path("work/key"));
    let (beneath, key) = (beneath.display().to_string(), key.display().to_string());
    let refused = |words: &[&str]| {
        let words = ["run"].iter().chain(words).chain([&guests::HELLO]);
        let finished = scene.tollgate(words).run();
        assert_eq!(
            (finished.code, finished.stdout.as_str()),
            (Some(126), ""),
            "{}",
            finished.stderr
        );
    };
    for folder in [
        ".",
        "home",
        "home/config",
        "home/config/tollgate",
        "home/cache",
        "home/cache/tollgate/compiled",
        "alias",
        "/",
    ] {
        refused(&["--dir", folder]);
    }
    refused(&["--dir", "work", "--audit", &beneath]);
    refused(&["--dir", ".", "--audit", &beneath]);
    refused(&["--dir", "work", "--audit", "audit.log", "--audit-key", &key]);
}

#[test]
fn a_ceiling_says_which_folders_may_be_given() {
    let scene = scene!();
    scene.write("allowed/sub/file", "content");
    let allowed = scene.path("allowed").display().to_string();
    let text = format!(
        "version = 1\n[stdio]\ndefault = \"allow\"\n[[mount]]\nhost = \"{allowed}\"\nguest = \"/\"\nread-only = true\n"
    );
    let ceiling = scene.write("ceiling.toml", text).display().to_string();
    let run = |dir: &str| {
        let input = "open p0 file read f\nopen p0 file write g\n";
        scene
            .run(guests::FS_OPS)
            .flags(&["--ceiling", &ceiling, "--dir", dir])
            .input(input)
            .finish()
    };
    let finished = run("allowed/sub::/s");
    assert_eq!(finished.expect(0).lines(), ["ok", "error read-only"]);
    let finished = run("work::/s");
    assert_eq!(finished.expect(126).stdout, "");
    let finished = run("allowed/../work::/s");
    assert_eq!(finished.expect(126).stdout, "");
    std::os::unix::fs::symlink(scene.work(), scene.path("allowed/out")).unwrap();
    assert_eq!(run("allowed/out::/s").expect(126).stdout, "");
}
