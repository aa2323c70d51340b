//! What a client mounts.

use std::os::unix::fs::symlink;
use std::path::Path;

use tollgate_protocol::types::{GuestFilesystemOperation as Op, MountDescriptor};
use tollgate_sidecar::fs::{FsLimits, Leave, MAX_MOUNTS};

use crate::support::*;

fn memory() -> tollgate_protocol::types::MountPluginDescriptor {
    plugin("memory", "{}")
}

async fn vm_with(folders: &[&Path]) -> Vm {
    let making = Making {
        host_root: host_root(folders),
        ..Making::default()
    };
    making.made().await.unwrap()
}

#[tokio::test]
async fn s63_a_read_only_mount_is_read_and_not_written() {
    let there = tempfile::tempdir().unwrap();
    std::fs::write(there.path().join("f"), "F").unwrap();
    let vm = vm_with(&[there.path()]).await;
    let own = format!(
        r#"{{"hostPath":{:?},"readOnly":true}}"#,
        there.path().to_str().unwrap()
    );
    for mounted in [
        MountDescriptor {
            read_only: true,
            ..mount("/m", host_dir(there.path()))
        },
        mount("/m", plugin("host_dir", &own)),
    ] {
        vm.mounted(vec![mounted]).unwrap();
        assert_eq!(vm.read("/m/f").await.unwrap(), "F");
        refused(vm.write("/m/f", "x").await, "EROFS");
        refused(vm.on(Op::RemoveFile, "/m/f").await, "EROFS");
        refused(vm.on(Op::Mkdir, "/m/d").await, "EROFS");
    }
}

#[tokio::test]
async fn s64_nothing_is_renamed_or_linked_from_one_mount_to_another() {
    let vm = vm().await;
    vm.mounted(vec![mount("/one", memory()), mount("/two", memory())])
        .unwrap();
    vm.write("/one/f", "x").await.unwrap();
    for to in ["/two/f", "/f"] {
        refused(vm.to(Op::Rename, "/one/f", to).await, "EXDEV");
        refused(vm.to(Op::Link, "/one/f", to).await, "EXDEV");
    }
    refused(vm.to(Op::Rename, "/one", "/three").await, "EBUSY");
    vm.to(Op::Rename, "/one/f", "/one/g").await.unwrap();
    assert_eq!(vm.names("/two").await.unwrap(), [""; 0]);
    assert_ne!(
        vm.stat("/one/g").await.unwrap().ino,
        vm.stat("/one").await.unwrap().ino
    );
}

#[tokio::test]
async fn s65_what_cannot_be_mounted_is_told() {
    let vm = vm().await;
    unserved(
        vm.mounted(vec![mount("/x", plugin("no_such_plugin", "{}"))]),
        "ENOSYS",
    );
    unserved(
        vm.mounted(vec![mount("/x", plugin("js_bridge", "null"))]),
        "ENOSYS",
    );
    unserved(
        vm.mounted(vec![mount("/x", plugin("host_dir", "{}"))]),
        "EINVAL",
    );
    invalid(
        vm.mounted(vec![mount("/x", plugin("host_dir", "{"))]),
        "not valid JSON",
    );
    refused(vm.mounted(vec![mount("/", memory())]), "EINVAL");
    refused(vm.mounted(vec![mount("/a/..", memory())]), "EINVAL");
    refused(
        vm.mounted(vec![mount("/x", memory()), mount("/x/", memory())]),
        "EEXIST",
    );
    refused(vm.mounted(vec![mount("/proc", memory())]), "EEXIST");
    let many = |count: usize| {
        let places = (0..count).map(|number| mount(&format!("/m/{number}"), memory()));
        places.collect()
    };
    assert_eq!(vm.mounted(many(MAX_MOUNTS)).unwrap(), 256);
    refused(vm.mounted(many(MAX_MOUNTS + 1)), "ENOSPC");
    assert_eq!(
        vm.names("/m").await.unwrap().len(),
        MAX_MOUNTS,
        "what was there stays"
    );
}

#[tokio::test]
async fn s66_what_is_not_listed_again_is_gone() {
    let vm = vm().await;
    vm.write("/a/own", "x").await.unwrap();
    assert_eq!(
        vm.mounted(vec![mount("/a", memory()), mount("/b/c", memory())])
            .unwrap(),
        2
    );
    vm.write("/a/f", "x").await.unwrap();
    vm.write("/b/c/f", "x").await.unwrap();
    vm.write("/b/beside", "x").await.unwrap();
    vm.on(Op::RemoveFile, "/b/beside").await.unwrap();
    assert!(!vm.exists("/a/own").await);
    assert_eq!(vm.names("/b").await.unwrap(), ["c"]);
    let told = vm.read("/proc/mounts").await.unwrap();
    assert_eq!(
        told,
        "root / root rw 0 0\nmemory /a memory rw 0 0\nmemory /b/c memory rw 0 0\n"
    );
    assert_eq!(vm.mounted(vec![mount("/b/c", memory())]).unwrap(), 1);
    assert!(!vm.exists("/a/f").await);
    assert!(vm.exists("/a/own").await);
    assert!(
        !vm.exists("/b/c/f").await,
        "memory is forgotten with its mount"
    );
    assert_eq!(vm.mounted(Vec::new()).unwrap(), 0);
    assert!(
        vm.names("/b/c").await.unwrap().is_empty(),
        "the folder stays"
    );
}

#[tokio::test]
async fn mounts_within_mounts_hide_what_lies_there() {
    let vm = vm().await;
    vm.mounted(vec![mount("/m/in", memory()), mount("/m", memory())])
        .unwrap();
    vm.write("/m/in/f", "inner").await.unwrap();
    vm.write("/m/f", "outer").await.unwrap();
    assert_eq!(vm.names("/m").await.unwrap(), ["f", "in"]);
    vm.symlink("/m/l", "/m/in/f").await.unwrap();
    assert_eq!(vm.read("/m/l").await.unwrap(), "inner");
}

#[tokio::test]
async fn memory_mounts_share_one_quota() {
    let limits = FsLimits {
        filesystem_bytes: 100_000,
        ..FsLimits::default()
    };
    let making = Making {
        limits,
        ..Making::default()
    };
    let vm = making.made().await.unwrap();
    vm.mounted(vec![mount("/a", memory()), mount("/b", memory())])
        .unwrap();
    vm.write("/a/f", &"x".repeat(60_000)).await.unwrap();
    refused(vm.write("/b/f", &"x".repeat(60_000)).await, "ENOSPC");
}

#[tokio::test]
async fn s68_a_folder_of_the_machine_is_a_wall() {
    let there = tempfile::tempdir().unwrap();
    let shared = there.path().join("shared");
    std::fs::create_dir_all(shared.join("sub")).unwrap();
    std::fs::write(there.path().join("secret"), "S").unwrap();
    std::fs::write(shared.join("f"), "F").unwrap();
    symlink("../secret", shared.join("up")).unwrap();
    symlink(there.path().join("secret"), shared.join("out")).unwrap();
    symlink("f", shared.join("in")).unwrap();
    symlink(there.path(), shared.join("door")).unwrap();
    let vm = vm_with(&[&shared]).await;
    vm.mounted(vec![mount("/m", host_dir(&shared))]).unwrap();
    assert_eq!(vm.read("/m/f").await.unwrap(), "F");
    assert_eq!(vm.read("/m/in").await.unwrap(), "F");
    for path in [
        "/m/up",
        "/m/out",
        "/m/door/secret",
        "/m/../secret",
        "/m/sub/../../secret",
    ] {
        refused(vm.read(path).await, "ENOENT");
        assert!(!vm.exists(path).await, "{path}");
    }
    vm.write("/m/made", "x").await.unwrap();
    assert_eq!(std::fs::read_to_string(shared.join("made")).unwrap(), "x");
    refused(vm.symlink("/m/sub/l", "/etc/passwd").await, "EPERM");
    refused(vm.on(Op::ReadLink, "/m/out").await, "EPERM");
    assert!(
        vm.write("/m/up", "x").await.is_ok(),
        "it leads to the guest's own tree"
    );
    assert_eq!(
        std::fs::read_to_string(there.path().join("secret")).unwrap(),
        "S"
    );
    assert_eq!(vm.read("/secret").await.unwrap(), "x");
}

#[tokio::test]
async fn folders_are_opened_only_beneath_what_the_operator_named() {
    let there = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(there.path().join("a/b")).unwrap();
    std::fs::create_dir_all(there.path().join("ab")).unwrap();
    std::fs::write(there.path().join("a/file"), "").unwrap();
    symlink(outside.path(), there.path().join("a/out")).unwrap();
    symlink("b", there.path().join("a/in")).unwrap();
    let root = there.path().join("a");
    let vm = vm_with(&[&root]).await;
    let mounted = |path: &Path| vm.mounted(vec![mount("/m", host_dir(path))]);
    for path in ["", "b", "in", "b/.."] {
        assert_eq!(mounted(&root.join(path)).unwrap(), 1, "{path}");
    }
    for path in ["../ab", "..", "../../../../../../etc", "out", "out/x"] {
        unserved(mounted(&root.join(path)), "EACCES");
    }
    unserved(mounted(outside.path()), "EACCES");
    unserved(mounted(&there.path().join("ab")), "EACCES");
    unserved(mounted(Path::new("relative")), "EACCES");
    unserved(mounted(&root.join("none")), "ENOENT");
    unserved(mounted(&root.join("file")), "ENOTDIR");
    let closed = crate::support::vm().await;
    let error = closed
        .mounted(vec![mount("/m", host_dir(&root))])
        .unwrap_err();
    assert!(error.message.contains("without `--host-root`"), "{error}");
    unserved::<u32>(Err(error), "EACCES");
}

#[tokio::test]
async fn packages_of_a_project_are_seen_with_those_that_are_links() {
    let there = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let project = there.path().join("project");
    let modules = project.join("node_modules");
    std::fs::create_dir_all(modules.join("plain")).unwrap();
    std::fs::create_dir_all(modules.join("@scope")).unwrap();
    for package in ["store/linked", "store/scoped"] {
        std::fs::create_dir_all(there.path().join(package)).unwrap();
        std::fs::write(there.path().join(package).join("index.js"), package).unwrap();
    }
    std::fs::write(modules.join("plain/index.js"), "plain").unwrap();
    std::fs::write(outside.path().join("index.js"), "outside").unwrap();
    symlink("../../store/linked", modules.join("linked")).unwrap();
    symlink("../../../store/scoped", modules.join("@scope/scoped")).unwrap();
    symlink(outside.path(), modules.join("outside")).unwrap();
    let vm = vm_with(&[there.path()]).await;
    let cwd = project.to_str().unwrap();
    let applied = vm.files.configure_mounts(Vec::new(), Some(cwd)).unwrap();
    assert_eq!(applied.mounts, 3);
    let read = async |name: &str| {
        vm.read(&format!("/root/node_modules/{name}/index.js"))
            .await
    };
    assert_eq!(read("plain").await.unwrap(), "plain");
    assert_eq!(read("linked").await.unwrap(), "store/linked");
    assert_eq!(read("@scope/scoped").await.unwrap(), "store/scoped");
    refused(read("outside").await, "ENOENT");
    refused(
        vm.write("/root/node_modules/plain/index.js", "x").await,
        "EROFS",
    );
    refused(
        vm.write("/root/node_modules/linked/index.js", "x").await,
        "EROFS",
    );
    let empty = there.path().join("store");
    let applied = vm.files.configure_mounts(Vec::new(), empty.to_str());
    assert_eq!(applied.unwrap().mounts, 0);
    let config = |path: &Path| format!(r#"{{"hostPath":{:?}}}"#, path.to_str().unwrap());
    let access =
        |path: &Path| vm.mounted(vec![mount("/p", plugin("module_access", &config(path)))]);
    assert_eq!(access(&modules).unwrap(), 1);
    unserved(access(&empty), "EINVAL");
    unserved(
        vm.files
            .configure_mounts(Vec::new(), outside.path().to_str())
            .map(|_| ()),
        "EACCES",
    );
}

#[tokio::test]
async fn a_program_gets_all_of_it_in_one_tree() {
    let vm = vm().await;
    vm.mounted(vec![mount("/m", memory())]).unwrap();
    let mounts = vm.files.mounts(vm.principal.gate(), &Leave::default());
    let places: Vec<&str> = mounts.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["/", "/etc/agentos", "/proc", "/dev", "/m"]);
}
