//! What else can stand in a folder: pipes, sockets, devices, kernel files, too many names, no room.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Duration;

use tollgate_tests::{guests, scene};

#[test]
fn a62_links_to_kernel_files_lead_nowhere() {
    let scene = scene!();
    for (name, target) in [
        ("environ", "/proc/self/environ"),
        ("root", "/proc/self/root"),
        ("mem", "/proc/self/mem"),
        ("fd", "/dev/fd"),
        ("stdin", "/dev/stdin"),
    ] {
        symlink(target, scene.work().join(name)).unwrap();
    }
    let operations = [
        "open p0 environ read,follow f",
        "open p0 root directory,read,follow f",
        "open p0 root/etc/passwd read,follow f",
        "open p0 mem read,write,follow f",
        "open p0 fd/0 read,follow f",
        "open p0 stdin read,follow f",
        "stat-at p0 environ follow",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers.iter().all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
}

#[test]
fn i56_a_pipe_does_not_block_and_a64_a_socket_is_not_reached() {
    let scene = scene!();
    let pipe = scene.work().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let listener = UnixListener::bind(scene.work().join("socket")).unwrap();
    listener.set_nonblocking(true).unwrap();
    let operations = [
        "open p0 pipe read f",
        "open p0 pipe write f",
        "open p0 pipe read,write f",
        "open p0 socket read f",
        "open p0 socket read,write f",
        "stat-at p0 pipe",
        "stat-at p0 socket",
    ];
    let input = operations.join("\n") + "\n";
    let run = scene
        .run(guests::FS_OPS)
        .work()
        .flags(&["--limit", "wall=10s"])
        .input(input);
    let (finished, _) = run.patience(Duration::from_secs(30)).logged();
    let lines = finished.expect(0).lines();
    assert!(
        lines[..5].iter().all(|line| line.starts_with("error ")),
        "{lines:?}"
    );
    assert!(lines[5].contains("Fifo"), "{lines:?}");
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn i56_a_device_in_the_folder_is_no_file() {
    let scene = scene!();
    let device = scene.work().join("zero");
    let made = Command::new("mknod")
        .arg(&device)
        .args(["c", "1", "5"])
        .status()
        .unwrap()
        .success();
    if !made {
        eprintln!("NOT SHOWN: making a device needs a privilege that this machine does not give");
        return;
    }
    let operations = [
        "open p0 zero read f",
        "open p0 zero read,write f",
        "stat-at p0 zero",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers[..2]
            .iter()
            .all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
}

#[test]
fn i56_a_read_of_a_sparse_file_of_terabytes_is_capped() {
    let scene = scene!();
    fs::File::create(scene.work().join("sparse"))
        .unwrap()
        .set_len(8 << 40)
        .unwrap();
    let operations = [
        "open p0 sparse read f",
        "read f max 0",
        "read f max max",
        "stream-read f max 0",
        "stat f",
    ];
    let mut input = operations.join("\n");
    input.push('\n');
    let quiet = scene.run(guests::HELLO).finish().peak_bytes;
    let finished = scene.run(guests::FS_OPS).work().input(input).finish();
    let lines = finished.expect(0).lines();
    let read: u64 = lines[1].split(' ').nth(1).unwrap().parse().unwrap();
    assert!(read > 0 && read <= 16 << 20, "{read}");
    assert!(
        lines[2].starts_with("error ") || lines[2].starts_with("ok 0 "),
        "{lines:?}"
    );
    assert!(lines[3].starts_with("ok "), "{lines:?}");
    assert!(
        finished.peak_bytes < quiet + (128 << 20),
        "{}",
        finished.peak_bytes
    );
}

#[test]
fn i57_a_folder_of_many_names_is_listed_while_it_grows() {
    let scene = scene!();
    const NAMES: usize = 20_000;
    for number in 0..NAMES {
        fs::File::create(scene.work().join(format!("{number:05}"))).unwrap();
    }
    let mut running = scene.run(guests::FS_OPS).work().start();
    let _preopens = running.ask("preopens");
    let work = scene.work();
    let growing = std::thread::spawn(move || {
        for number in 0..2_000 {
            fs::File::create(work.join(format!("late-{number}"))).unwrap();
        }
    });
    let names = running.ask("list p0");
    growing.join().unwrap();
    running.wait().expect(0);
    let found = names
        .split(' ')
        .filter(|name| name.ends_with(":DescriptorType::RegularFile") && !name.starts_with("late"))
        .count();
    assert_eq!(
        found,
        NAMES,
        "{}",
        names.chars().take(200).collect::<String>()
    );
}

#[test]
fn a8_two_listings_of_one_folder_are_the_same_bytes() {
    let scene = scene!();
    for name in ["a", "bb", "ccc", "\u{e9}\u{e9}\u{e9}\u{e9}"] {
        scene.write(&format!("work/{name}"), name);
    }
    fs::create_dir(scene.work().join("folder")).unwrap();
    let list = || scene.operations(&["list p0", "stat-at p0 a"], &["--dir", &scene.dir("")]);
    assert_eq!(list(), list());
}

#[test]
fn i58_folders_are_made_a_thousand_deep_and_removed_again() {
    let scene = scene!();
    let mut operations = vec!["open p0 . directory,read h0".to_owned()];
    for depth in 0..1_000 {
        operations.push(format!("mkdir h{depth} d"));
        operations.push(format!("open h{depth} d directory,read h{}", depth + 1));
    }
    for depth in (0..1_000).rev() {
        operations.push(format!("close h{}", depth + 1));
        operations.push(format!("rmdir h{depth} d"));
    }
    operations.push("list p0".to_owned());
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    let wrong = operations
        .iter()
        .zip(&answers)
        .find(|(_, answer)| !answer.starts_with("ok"));
    assert!(wrong.is_none(), "{wrong:?}");
    assert_eq!(answers.last().unwrap(), "ok");
}

#[test]
fn i60_sizes_beyond_every_disk_are_errors() {
    let scene = scene!();
    let operations = [
        "open p0 file create,read,write f",
        "write f 4611686018427387904 x",
        "write f max x",
        "stream-write f max x",
        "set-size f max",
        "set-size f 9223372036854775807",
        "set-size f 1000",
        "stat f",
        "advise f max max",
        "read f max 9223372036854775807",
    ];
    let answers = scene.operations(&operations, &["--dir", &scene.dir("")]);
    assert!(
        answers[1..6]
            .iter()
            .all(|answer| answer.starts_with("error ")),
        "{answers:?}"
    );
    assert_eq!(answers[6], "ok");
    assert!(answers[7].contains("size=1000"), "{answers:?}");
}

#[test]
fn i60_a9_handles_are_counted_and_given_back() {
    let scene = scene!();
    scene.write("work/file", "content");
    let limited = ["--dir", &scene.dir(""), "--limit", "handles=64"];
    // What was dropped is given back: a thousand handles, forty at a time.
    let answers = scene.operations(&["open-many p0 file 40"; 25], &limited);
    assert!(
        answers.iter().all(|answer| answer == "ok 40 all"),
        "{answers:?}"
    );
    // More than there may be at once are refused by the interface, or end the run by the limit's name.
    let run = scene
        .run(guests::FS_OPS)
        .flags(&limited)
        .input("open-many p0 file 1000\n");
    let (finished, records) = run.logged();
    let opened = finished
        .stdout
        .split(' ')
        .nth(1)
        .and_then(|count| count.parse::<u64>().ok());
    let refused =
        finished.code == Some(0) && opened.is_some_and(|count| (40..=64).contains(&count));
    let ended = finished.code == Some(125) && finished.stderr.contains("handles");
    assert!(
        refused || ended,
        "{:?} {} {}",
        finished.code,
        finished.stdout,
        finished.stderr
    );
    let reached = |record: &&tollgate_tests::Record| {
        record.operation == "limit.reached" && record.resource.starts_with("handles=")
    };
    assert!(
        records.iter().find(reached).is_some(),
        "the limit is not in the log: {records:#?}"
    );
}

/// A file system of one mebibyte, unmounted at the end; none where mounting needs a privilege that is not there.
struct Small(std::path::PathBuf);

impl Small {
    fn mount(path: std::path::PathBuf) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tollgate-test"])
            .arg(&path)
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(path));
        }
        eprintln!(
            "NOT SHOWN: mounting a file system needs a privilege that this machine does not give"
        );
        None
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn i61_a_full_disk_is_told_to_the_guest_and_the_log_stays_whole() {
    let scene = scene!();
    let Some(small) = Small::mount(scene.path("small")) else {
        return;
    };
    fs::write(small.0.join("filler"), vec![0; (1 << 20) - 8192]).unwrap();
    let dir = format!("{}::/small", small.0.display());
    let text = "x".repeat(60_000);
    let write = format!("write f 0 {text}");
    // What fits is written, as on any disk; the rest is refused.
    let rest = write.replace("f 0", "f 8192");
    let (answers, _) = scene.operations_logged(
        &["open p0 f create,write f", &write, &rest, "mkdir p0 d"],
        &["--dir", &dir],
    );
    assert_eq!(answers[..3], ["ok", "ok 8192", "error insufficient-space"]);
}

#[test]
fn i61_a_log_that_cannot_be_written_ends_the_run_and_loses_nothing_in_silence() {
    let scene = scene!();
    let Some(small) = Small::mount(scene.path("small")) else {
        return;
    };
    let log = small.0.join("audit.log").display().to_string();
    let dir = scene.dir("");
    let words = [
        "run",
        "--audit",
        &log,
        "--dir",
        &dir,
        "--limit",
        "wall=30s",
        guests::RECORDS,
    ];
    let finished = scene.tollgate(words).run();
    finished.expect(1);
    assert!(finished.stderr.contains("audit"), "{}", finished.stderr);
    assert!(!finished.stdout.contains("done"), "{}", finished.stdout);
    scene.tollgate(["audit", "verify", &log]).run().expect(0);
}

#[test]
fn i62_a_folder_that_becomes_read_only_is_an_error_of_the_interface() {
    let scene = scene!();
    let Some(small) = Small::mount(scene.path("small")) else {
        return;
    };
    fs::write(small.0.join("file"), "content").unwrap();
    let dir = format!("{}::/small", small.0.display());
    let mut running = scene.run(guests::FS_OPS).flags(&["--dir", &dir]).start();
    assert_eq!(running.ask("open p0 file read f"), "ok");
    let remounted = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&small.0)
        .status();
    assert!(remounted.is_ok_and(|status| status.success()));
    assert_eq!(running.ask("open p0 file write w"), "error read-only");
    assert_eq!(running.ask("mkdir p0 d"), "error read-only");
    assert_eq!(running.ask("read f 10 0"), "ok 7 end=false content");
    running.wait().expect(0);
    scene.verify("audit.log").expect(0);
}

#[test]
fn i64_kernel_file_systems_are_not_given_by_an_ordinary_flag() {
    let scene = scene!();
    for folder in ["/proc", "/sys"] {
        let finished = scene
            .run(guests::FS_OPS)
            .flags(&["--dir", folder])
            .input("list p0\n")
            .finish();
        assert!(
            finished.code != Some(0) && finished.stdout.is_empty(),
            "{folder} was given: {}",
            finished.stdout
        );
    }
}
