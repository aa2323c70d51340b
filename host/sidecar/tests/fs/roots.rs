//! What the root of a VM is made of, and what it is read as.

use tollgate_protocol::types::{
    GuestFilesystemCallRequest as Request, GuestFilesystemOperation as Op,
    RootFilesystemDescriptor, RootFilesystemEntry as Entry,
    RootFilesystemEntryEncoding as Encoding, RootFilesystemLowerDescriptor as Lower,
    RootFilesystemMode as Mode,
};
use tollgate_sidecar::fs::{FsLimits, RootSpec};

use crate::support::*;

/// What a root without the base layer has.
const MINIMAL: [&str; 18] = [
    "bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run",
    "sbin", "srv", "sys", "tmp", "usr", "var",
];

fn bare() -> RootFilesystemDescriptor {
    RootFilesystemDescriptor {
        disable_default_base_layer: true,
        ..descriptor()
    }
}

#[tokio::test]
async fn s62_a_read_only_root_is_read_and_not_written() {
    let vm = vm_on(RootFilesystemDescriptor {
        mode: Mode::ReadOnly,
        bootstrap_entries: vec![file("/f", "fixed")],
        ..descriptor()
    })
    .await;
    assert_eq!(vm.read("/f").await.unwrap(), "fixed");
    refused(vm.write("/f", "x").await, "EROFS");
    refused(vm.write("/new/deep", "x").await, "EROFS");
    refused(vm.on(Op::Mkdir, "/d").await, "EROFS");
    refused(vm.on(Op::RemoveFile, "/f").await, "EROFS");
    refused(vm.to(Op::Rename, "/f", "/g").await, "EROFS");
    refused(vm.files.bootstrap(vec![file("/g", "")]), "EROFS");
    assert!(vm.files.put_stub("node").unwrap());
    assert!(vm.exists("/bin/node").await);
}

#[tokio::test]
async fn the_base_layer_is_a_small_system_that_each_vm_has_for_itself() {
    let one = vm().await;
    let other = vm().await;
    for name in MINIMAL {
        assert!(
            one.names("/")
                .await
                .unwrap()
                .iter()
                .any(|found| found == name),
            "{name}"
        );
    }
    assert!(one.read("/etc/passwd").await.unwrap().contains("agentos"));
    assert_eq!(one.stat("/workspace").await.unwrap().uid, 1000);
    assert_eq!(one.stat("/tmp").await.unwrap().mode, 0o041_777);
    one.on(Op::RemoveFile, "/etc/hostname").await.unwrap();
    one.write("/etc/passwd", "mine").await.unwrap();
    assert!(!one.exists("/etc/hostname").await);
    assert!(
        !one.names("/etc")
            .await
            .unwrap()
            .contains(&"hostname".to_owned())
    );
    assert!(other.exists("/etc/hostname").await);
    assert!(other.read("/etc/passwd").await.unwrap().contains("agentos"));
}

#[tokio::test]
async fn a_root_without_layers_has_the_folders_that_every_system_has() {
    let vm = vm_on(bare()).await;
    assert_eq!(vm.names("/").await.unwrap(), MINIMAL);
    assert_eq!(vm.read("/usr/bin/env").await.unwrap(), "");
}

#[tokio::test]
async fn of_two_layers_the_first_shows_and_what_is_put_on_top_above_all() {
    let vm = vm_on(RootFilesystemDescriptor {
        lowers: vec![
            lower(vec![file("/a", "first"), file("/b", "first")]),
            lower(vec![
                file("/b", "second"),
                file("/c", "second"),
                file("/etc/hostname", "low"),
            ]),
            Lower::BundledBaseFilesystemLower,
        ],
        bootstrap_entries: vec![
            file("/deep/er/f", "top"),
            file("/a", "top"),
            folder("/deep"),
        ],
        ..descriptor()
    })
    .await;
    let read = async |path| vm.read(path).await.unwrap();
    assert_eq!(read("/a").await, "top");
    assert_eq!(read("/b").await, "first");
    assert_eq!(read("/c").await, "second");
    assert_eq!(read("/etc/hostname").await, "low");
    assert_eq!(read("/deep/er/f").await, "top");
    assert!(vm.exists("/etc/passwd").await);
}

#[tokio::test]
async fn entries_that_contradict_themselves_make_no_vm() {
    let with = |entry: Entry| Making {
        spec: RootSpec::Layers(RootFilesystemDescriptor {
            bootstrap_entries: vec![entry],
            ..descriptor()
        }),
        ..Making::default()
    };
    let content = Entry {
        content: Some("x".to_owned()),
        ..folder("/d")
    };
    let target = Entry {
        target: Some("x".to_owned()),
        ..file("/f", "x")
    };
    let encoded = Entry {
        encoding: Some(Encoding::Base64),
        ..file("/f", "***")
    };
    for (entry, part) in [
        (file("relative", ""), "absolute"),
        (file("/a/../b", ""), ".."),
        (link("/l", ""), "target"),
        (content, "content"),
        (target, "target"),
        (encoded, "base64"),
    ] {
        let made = with(entry).made().await;
        invalid(made.map(|_| ()), part);
    }
}

#[tokio::test]
async fn layers_beyond_the_limits_make_no_vm() {
    let limits = FsLimits {
        filesystem_bytes: 4_096,
        inodes: 10,
        ..FsLimits::default()
    };
    let many = (0..20)
        .map(|number| file(&format!("/{number}"), ""))
        .collect();
    for entries in [vec![file("/f", &"x".repeat(5_000))], many] {
        let making = Making {
            spec: RootSpec::Layers(RootFilesystemDescriptor {
                lowers: vec![lower(entries)],
                ..bare()
            }),
            limits,
            ..Making::default()
        };
        invalid(making.made().await.map(|_| ()), "snapshot");
    }
}

#[tokio::test]
async fn bootstrap_entries_pass_the_policy_in_their_order_and_come_with_their_defaults() {
    let vm = vm_under(
        r#"{"fs":{"rules":[{"mode":"allow","operations":["read","stat"],"paths":["/**"]}]}}"#,
    )
    .await;
    let run = Entry {
        executable: true,
        ..file("/d/run", "x")
    };
    let given = vec![
        run,
        file("rel/../f", "one"),
        file("/f", "two"),
        file("/dev/x", "gone"),
    ];
    assert_eq!(vm.files.bootstrap(given).unwrap(), 4);
    let told = vm.stat("/d/run").await.unwrap();
    assert_eq!((told.mode, told.uid, told.gid), (0o100_755, 0, 0));
    assert_eq!(vm.stat("/d").await.unwrap().mode, 0o040_755);
    assert_eq!(vm.read("/f").await.unwrap(), "two");
    assert!(!vm.exists("/dev/x").await);
    let bad = Entry {
        target: None,
        ..link("/l", "x")
    };
    invalid(vm.files.bootstrap(vec![file("/kept", "k"), bad]), "target");
    assert!(vm.exists("/kept").await);
    refused(vm.files.bootstrap(vec![file("/f/below", "")]), "ENOTDIR");
    refused(vm.files.bootstrap(vec![file("/d", "")]), "EISDIR");
}

#[tokio::test]
async fn s72_a_snapshot_begins_at_the_root_and_leaves_out_what_is_mounted() {
    let vm = vm_on(bare()).await;
    let run = Entry {
        executable: true,
        ..file("/s/run", "x")
    };
    let given = vec![folder("/s"), file("/s/a", "A"), link("/s/l", "/s/a"), run];
    vm.files.bootstrap(given).unwrap();
    vm.mounted(vec![mount("/mnt/m", plugin("memory", "{}"))])
        .unwrap();
    vm.write("/mnt/m/inside", "x").await.unwrap();
    let binary = Request {
        content: Some("//8=".to_owned()),
        encoding: Some(Encoding::Base64),
        ..request(Op::WriteFile, "/s/b")
    };
    vm.ask(binary).await.unwrap();
    let snapshot = vm.files.snapshot_root().unwrap();
    let paths: Vec<&str> = snapshot.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths[0], "/");
    let at = paths.iter().position(|path| *path == "/s").unwrap();
    assert_eq!(
        paths[at..at + 6],
        ["/s", "/s/a", "/s/b", "/s/l", "/s/run", "/sbin"]
    );
    assert!(!paths.iter().any(|path| path.starts_with("/mnt/m/")));
    assert!(!paths.contains(&"/dev/null"));
    let told = |name: &str| snapshot.iter().find(|entry| entry.path == name).unwrap();
    assert_eq!(told("/s").mode, Some(0o040_755));
    assert_eq!(
        (told("/s/a").mode, told("/s/a").executable),
        (Some(0o100_644), false)
    );
    assert_eq!(
        (told("/s/run").mode, told("/s/run").executable),
        (Some(0o100_755), true)
    );
    assert_eq!(told("/s/l").mode, Some(0o120_777));
    assert_eq!(told("/s/b").encoding, Some(Encoding::Base64));
    assert_eq!(told("/s/a").content.as_deref(), Some("A"));
    // What was told makes the same root again.
    let again = vm_on(RootFilesystemDescriptor {
        lowers: vec![lower(snapshot.clone())],
        ..bare()
    })
    .await;
    assert_eq!(again.files.snapshot_root().unwrap(), snapshot);
}

#[tokio::test]
async fn what_is_saved_makes_the_same_root_again() {
    let vm = vm().await;
    vm.files
        .bootstrap(vec![link("/s/l", "a"), file("/s/a", "A")])
        .unwrap();
    vm.on(Op::RemoveFile, "/etc/hostname").await.unwrap();
    let blob = vm.files.save().unwrap();
    let text = String::from_utf8(blob.clone()).unwrap();
    assert!(text.starts_with(r#"{"format":"secure_exec_filesystem_snapshot_v1""#));
    for format in ["secure_exec", "agent_os", "agentos"] {
        let blob = text.replacen("secure_exec", format, 1).into_bytes();
        let saved = |blob| Making {
            spec: RootSpec::Saved {
                blob,
                mode: Mode::Ephemeral,
                bootstrap_entries: Vec::new(),
            },
            ..Making::default()
        };
        let again = saved(blob).made().await.unwrap();
        assert_eq!(
            again.files.snapshot_root().unwrap(),
            vm.files.snapshot_root().unwrap()
        );
        again.write("/s/a", "changed").await.unwrap();
    }
    let refused = |blob: &str, limits| Making {
        spec: RootSpec::Saved {
            blob: blob.as_bytes().to_vec(),
            mode: Mode::Ephemeral,
            bootstrap_entries: Vec::new(),
        },
        limits,
        ..Making::default()
    };
    // What came to more than may be written is there all the same, and does not grow.
    let full = FsLimits {
        filesystem_bytes: 10,
        inodes: 1,
        ..FsLimits::default()
    };
    let full = refused(&text, full).made().await.unwrap();
    assert_eq!(
        full.files.snapshot_root().unwrap(),
        vm.files.snapshot_root().unwrap()
    );
    assert!(
        full.write("/s/more", "more than there is room for")
            .await
            .is_err()
    );
    let small = FsLimits {
        filesystem_bytes: 10,
        inodes: 0,
        ..FsLimits::default()
    };
    let other = text.replace("_v1", "_v9");
    for (blob, limits, part) in [
        ("{}", FsLimits::default(), "format"),
        (other.as_str(), FsLimits::default(), "unknown"),
        (text.as_str(), small, ""),
    ] {
        invalid(refused(blob, limits).made().await.map(|_| ()), part);
    }
}

#[tokio::test]
async fn a_fork_goes_its_own_way() {
    let vm = vm().await;
    vm.write("/f", "one").await.unwrap();
    let fork = vm.files.fork().unwrap();
    vm.write("/f", "two").await.unwrap();
    let read = fork
        .call(vm.principal.gate(), request(Op::ReadFile, "/f"))
        .await;
    assert_eq!(read.unwrap().content.as_deref(), Some("one"));
}

#[tokio::test]
async fn what_is_reserved_is_read_and_not_written() {
    let vm = vm().await;
    vm.files
        .bootstrap(vec![file("/etc/agentos/conf", "c")])
        .unwrap();
    assert_eq!(vm.read("/etc/agentos/conf").await.unwrap(), "c");
    vm.symlink("/way", "/etc/agentos").await.unwrap();
    for path in [
        "/etc/agentos/conf",
        "/etc/agentos/new",
        "/way/conf",
        "/way/new",
        "/proc/x",
    ] {
        refused(vm.write(path, "x").await, "EROFS");
    }
    refused(vm.to(Op::Link, "/etc/agentos/conf", "/hard").await, "EROFS");
    refused(vm.to(Op::Rename, "/etc", "/other").await, "EBUSY");
    refused(vm.on(Op::RemoveDir, "/etc/agentos").await, "EROFS");
    refused(vm.symlink("/proc/l", "x").await, "EROFS");
    let names = vm.names("/etc").await.unwrap();
    assert!(names.contains(&"agentos".to_owned()));
    let snapshot = vm.files.snapshot_root().unwrap();
    assert!(
        snapshot
            .iter()
            .any(|entry| entry.path == "/etc/agentos/conf")
    );
}

#[tokio::test]
async fn devices_are_there_and_chance_is_real() {
    let vm = vm().await;
    let names = vm.names("/dev").await.unwrap();
    for name in ["null", "zero", "urandom", "stdin", "stdout", "stderr"] {
        assert!(names.iter().any(|found| found == name), "{name}");
        let told = vm.stat(&format!("/dev/{name}")).await.unwrap();
        assert_eq!(told.mode, 0o020_666);
    }
    assert_eq!(vm.stat("/dev/null").await.unwrap().rdev, 0x103);
    assert_eq!(vm.read("/dev/null").await.unwrap(), "");
    vm.write("/dev/null", "gone").await.unwrap();
    let part = async |path: &str| {
        let request = Request {
            offset: Some(0),
            len: Some(32),
            ..request(Op::Pread, path)
        };
        vm.ask(request).await.unwrap().content.unwrap()
    };
    assert_eq!(part("/dev/zero").await, "\0".repeat(32));
    assert_ne!(part("/dev/urandom").await, part("/dev/urandom").await);
    refused(vm.write("/dev/new", "x").await, "EROFS");
    refused(vm.on(Op::RemoveFile, "/dev/null").await, "EROFS");
    refused(vm.read("/dev/stdin").await, "ENXIO");
}

#[tokio::test]
async fn a_ceiling_that_denies_entropy_denies_it_as_a_file_too() {
    let vm = vm().await;
    let files = tollgate::policy::Policy::from_protocol_json(ALL).unwrap();
    let mut vm = vm;
    let grants = vm.host.grants(files).unwrap();
    vm.principal.regrant(&grants).unwrap();
    let random = Request {
        offset: Some(0),
        len: Some(8),
        ..request(Op::Pread, "/dev/urandom")
    };
    refused(vm.ask(random).await, "EACCES");
    assert_eq!(vm.read("/dev/null").await.unwrap(), "");
}

#[tokio::test]
async fn a_native_root_is_what_its_plugin_serves() {
    let native = |plugin, read_only| RootSpec::native(plugin, read_only, &descriptor()).unwrap();
    let memory = Making {
        spec: native(plugin("memory", "{}"), false),
        ..Making::default()
    };
    let vm = memory.made().await.unwrap();
    vm.write("/f", "x").await.unwrap();
    assert_eq!(vm.names("/").await.unwrap(), ["dev", "etc", "f", "proc"]);
    invalid(vm.files.bootstrap(vec![file("/g", "")]), "native");
    refused(vm.files.snapshot_root(), "EINVAL");
    let there = tempfile::tempdir().unwrap();
    std::fs::write(there.path().join("on-disk"), "d").unwrap();
    for read_only in [false, true] {
        let making = Making {
            spec: native(host_dir(there.path()), read_only),
            host_root: host_root(&[there.path()]),
            ..Making::default()
        };
        let vm = making.made().await.unwrap();
        assert_eq!(vm.read("/on-disk").await.unwrap(), "d");
        assert_eq!(vm.write("/made", "x").await.is_ok(), !read_only);
        assert!(!vm.files.put_stub("node").unwrap());
        refused(vm.write("/etc/agentos/x", "").await, "EROFS");
    }
    assert!(there.path().join("made").exists());
    assert!(!there.path().join("etc").exists());
    let beside = RootFilesystemDescriptor {
        bootstrap_entries: vec![file("/f", "")],
        ..descriptor()
    };
    let both = RootSpec::native(plugin("memory", "{}"), false, &beside);
    invalid(both.map(|_| ()), "combined");
    let blank = RootSpec::native(plugin(" ", "{}"), false, &descriptor());
    invalid(blank.map(|_| ()), "blank");
}

#[tokio::test]
async fn a70_no_entry_reaches_through_what_another_one_made() {
    let through = || vec![link("/way", "/etc"), file("/way/passwd", "mine")];
    let vm = vm().await;
    refused(vm.files.bootstrap(through()), "ENOTDIR");
    assert!(vm.read("/etc/passwd").await.unwrap().contains("agentos"));
    let odd = [
        (file("/a/../../etc/passwd", "inside"), ""),
        (file("/x\0y", ""), "EINVAL"),
        (file(&"/n".repeat(2_049), ""), "ENAMETOOLONG"),
        (link("/l", &"n".repeat(4_096)), "target"),
    ];
    for (entry, what) in odd {
        let put = vm.files.bootstrap(vec![entry]);
        match what {
            "" => assert_eq!(put.unwrap(), 1),
            "target" => invalid(put, what),
            errno => refused(put, errno),
        }
    }
    assert_eq!(vm.read("/etc/passwd").await.unwrap(), "inside");
    let making = |entries| Making {
        spec: RootSpec::Layers(RootFilesystemDescriptor {
            lowers: vec![lower(entries)],
            ..descriptor()
        }),
        ..Making::default()
    };
    invalid(making(through()).made().await.map(|_| ()), "snapshot");
}
