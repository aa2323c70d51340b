//! The bridges that the sidecar brings.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and lays out what the bridges find"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tollgate_policy::{Effective, Policy};
use tollgate_sidecar::contract::clock::{ClockRequest, ScheduleTimerRequest};
use tollgate_sidecar::contract::events::{
    LifecycleEventRecord, LifecycleState, LogLevel, LogRecord,
};
use tollgate_sidecar::contract::filesystem::{
    ChmodRequest, CreateDirRequest, FileKind, PathRequest, ReadDirRequest, ReadFileRequest,
    RenameRequest, SymlinkRequest, TruncateRequest, WriteFileRequest,
};
use tollgate_sidecar::contract::permissions::{
    CommandPermissionRequest, EnvironmentAccess, EnvironmentPermissionRequest, FilesystemAccess,
    FilesystemPermissionRequest, NetworkAccess, NetworkPermissionRequest, PermissionVerdict,
};
use tollgate_sidecar::contract::persistence::{
    FilesystemSnapshot, FlushFilesystemStateRequest, LoadFilesystemStateRequest,
};
use tollgate_sidecar::contract::random::RandomBytesRequest;
use tollgate_sidecar::contract::{
    BridgeError, ClockBridge, ErrorCode, EventBridge, FilesystemBridge, PermissionBridge,
    PersistenceBridge, RandomBridge,
};
use tollgate_sidecar::defaults::{
    DiskPersistence, FolderFilesystem, Happened, RecentEvents, StaticPermissions, SystemClock,
    SystemRandom,
};

fn dir(path: &Path) -> Dir {
    Dir::open_ambient_dir(path, ambient_authority()).unwrap()
}

fn policy(text: &str) -> Effective {
    let text = format!("version = 1\n{text}");
    Effective::new(Policy::from_toml("test", &text).unwrap(), None).unwrap()
}

fn vm() -> String {
    "vm-1".to_owned()
}

fn at(path: &str) -> PathRequest {
    PathRequest {
        vm_id: vm(),
        path: path.to_owned(),
    }
}

fn reading(path: &str) -> ReadFileRequest {
    ReadFileRequest {
        vm_id: vm(),
        path: path.to_owned(),
    }
}

fn writing(path: &str, contents: &[u8]) -> WriteFileRequest {
    WriteFileRequest {
        vm_id: vm(),
        path: path.to_owned(),
        contents: contents.to_vec(),
    }
}

#[track_caller]
fn fails<T: std::fmt::Debug>(answer: Result<T, BridgeError>, code: ErrorCode) {
    let error = answer.unwrap_err();
    assert_eq!(error.code, code, "{error}");
}

#[tokio::test]
async fn a_folder_serves_the_files_of_a_vm() {
    let place = tempfile::tempdir().unwrap();
    let files = FolderFilesystem::new(dir(place.path()));
    let make = |path: &str, recursive| CreateDirRequest {
        vm_id: vm(),
        path: path.to_owned(),
        recursive,
    };
    let link = |target: &str, link: &str| SymlinkRequest {
        vm_id: vm(),
        target_path: target.to_owned(),
        link_path: link.to_owned(),
    };
    files.create_dir(make("/a/b", true)).await.unwrap();
    fails(
        files.create_dir(make("/a", false)).await,
        ErrorCode::AlreadyExists,
    );
    fails(
        files.create_dir(make("/x/y", false)).await,
        ErrorCode::NotFound,
    );
    files.write_file(writing("/a/f", b"12345")).await.unwrap();
    assert_eq!(files.read_file(reading("/a/f")).await.unwrap(), b"12345");
    files.symlink(link("f", "/a/link")).await.unwrap();
    files.symlink(link("nowhere", "/a/dangling")).await.unwrap();
    assert_eq!(files.read_file(reading("/a/link")).await.unwrap(), b"12345");
    assert_eq!(files.read_link(at("/a/link")).await.unwrap(), "f");
    let kinds = (
        files.stat(at("/a/link")).await.unwrap().kind,
        files.lstat(at("/a/link")).await.unwrap().kind,
    );
    assert_eq!(kinds, (FileKind::File, FileKind::SymbolicLink));
    let exists = async |path| files.exists(at(path)).await.unwrap();
    assert!(exists("/a/link").await && !exists("/a/dangling").await && !exists("/no/where").await);
    let chmod = ChmodRequest {
        vm_id: vm(),
        path: "/a/f".to_owned(),
        mode: 0o6750,
    };
    files.chmod(chmod).await.unwrap();
    let cut = TruncateRequest {
        vm_id: vm(),
        path: "/a/f".to_owned(),
        len: 2,
    };
    files.truncate(cut).await.unwrap();
    let found = files.stat(at("/a/f")).await.unwrap();
    assert_eq!(
        (found.mode, found.size),
        (0o750, 2),
        "nobody's programs run as its owner"
    );
    let listing = ReadDirRequest {
        vm_id: vm(),
        path: "/a".to_owned(),
    };
    let mut names: Vec<_> = files
        .read_dir(listing)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    names.sort();
    assert_eq!(names, ["b", "dangling", "f", "link"]);
    let rename = RenameRequest {
        vm_id: vm(),
        from_path: "/a/f".to_owned(),
        to_path: "/a/b/g".to_owned(),
    };
    files.rename(rename).await.unwrap();
    fails(files.remove_dir(at("/a/b")).await, ErrorCode::NotEmpty);
    fails(
        files.read_file(reading("/a")).await,
        ErrorCode::IsADirectory,
    );
    files.remove_file(at("/a/b/g")).await.unwrap();
    files.remove_dir(at("/a/b")).await.unwrap();
    fails(files.remove_file(at("/a/b")).await, ErrorCode::NotFound);
    let mode = fs::metadata(place.path().join("vm-1"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a1_no_path_and_no_link_leads_out_of_a_vms_folder() {
    let place = tempfile::tempdir().unwrap();
    let outside = place.path().join("outside");
    fs::write(&outside, "secret").unwrap();
    let base = place.path().join("base");
    fs::create_dir_all(base.join("vm-1")).unwrap();
    fs::create_dir_all(base.join("vm-2")).unwrap();
    fs::write(base.join("vm-2/f"), "another's").unwrap();
    symlink(&outside, base.join("vm-1/absolute")).unwrap();
    symlink("../vm-2/f", base.join("vm-1/relative")).unwrap();
    symlink("..", base.join("vm-1/up")).unwrap();
    symlink("circle", base.join("vm-1/circle")).unwrap();
    symlink("vm-2", base.join("vm-3")).unwrap();
    let files = FolderFilesystem::new(dir(&base));
    for path in [
        "/../vm-2/f",
        "/a/../../vm-2/f",
        "//../vm-2/f",
        "/absolute",
        "/relative",
        "/up/vm-2/f",
        "/circle",
        "relative",
        "",
        "/\0",
    ] {
        assert!(files.read_file(reading(path)).await.is_err(), "{path:?}");
        assert!(
            files.write_file(writing(path, b"changed")).await.is_err(),
            "{path:?}"
        );
        assert!(
            !files
                .stat(at(path))
                .await
                .is_ok_and(|found| found.kind == FileKind::File),
            "{path:?}"
        );
    }
    let rename = RenameRequest {
        vm_id: vm(),
        from_path: "/absolute".to_owned(),
        to_path: "/../vm-2/g".to_owned(),
    };
    assert!(files.rename(rename).await.is_err());
    for vm_id in ["", ".", "..", "vm-1/..", "vm-3", "../outside", "a\0b"] {
        let request = ReadFileRequest {
            vm_id: vm_id.to_owned(),
            path: "/f".to_owned(),
        };
        assert!(files.read_file(request).await.is_err(), "{vm_id:?}");
    }
    assert_eq!(fs::read(&outside).unwrap(), b"secret");
    assert_eq!(fs::read(base.join("vm-2/f")).unwrap(), b"another's");
    assert_eq!(fs::read_dir(base.join("vm-2")).unwrap().count(), 1);
    // A link may say anything: it is not followed.
    let link = SymlinkRequest {
        vm_id: vm(),
        target_path: outside.to_str().unwrap().to_owned(),
        link_path: "/own".to_owned(),
    };
    files.symlink(link).await.unwrap();
    assert!(files.read_file(reading("/own")).await.is_err());
}

#[tokio::test]
async fn a_policy_decides_and_what_it_asks_is_prompt() {
    let decides = StaticPermissions::new(policy(
        "[fs]\nallow = [\"read:/work/**\"]\nask = [\"write:/work/**\"]\n[env]\nallow = [\"HOME\"]\n\
         [child-process]\nallow = [\"node\"]\n[network]\nallow = [\"example.com:443\"]\n",
    ));
    let file = async |access, path: &str| {
        let request = FilesystemPermissionRequest {
            vm_id: vm(),
            path: path.to_owned(),
            access,
        };
        decides.check_filesystem_access(request).await.unwrap()
    };
    use FilesystemAccess as Access;
    use PermissionVerdict::{Allow, Deny, Prompt};
    for (access, path, verdict) in [
        (Access::Read, "/work/f", Allow),
        (Access::ReadLink, "/work/f", Allow),
        (Access::Write, "/work/f", Prompt),
        (Access::Truncate, "/work/f", Prompt),
        (Access::Chmod, "/work/f", Prompt),
        (Access::Remove, "/work/f", Prompt),
        (Access::Read, "/etc/f", Deny),
        // What a policy judges is the path that something has, and these are none.
        (Access::Read, "/work/../etc/f", Deny),
        (Access::Read, "/work//f", Deny),
        (Access::Read, "work/f", Deny),
    ] {
        assert_eq!(
            file(access, path).await.verdict,
            verdict,
            "{access:?} {path}"
        );
    }
    let denied = file(Access::Remove, "/etc/f").await;
    assert!(denied.reason.is_some_and(|reason| !reason.is_empty()));
    let network = async |access, resource: &str| {
        let request = NetworkPermissionRequest {
            vm_id: vm(),
            access,
            resource: resource.to_owned(),
        };
        decides.check_network_access(request).await.unwrap().verdict
    };
    for (access, resource, verdict) in [
        (NetworkAccess::Fetch, "tcp://example.com:443", Allow),
        (NetworkAccess::Fetch, "tcp://example.com:80", Deny),
        (NetworkAccess::Fetch, "tcp://127.0.0.1:443", Deny),
        (NetworkAccess::Fetch, "tcp://[::1]:443", Deny),
        (NetworkAccess::Http, "GET https://other.example/", Deny),
        (NetworkAccess::Listen, "tcp://0.0.0.0:80", Deny),
        (NetworkAccess::Fetch, "", Deny),
        (NetworkAccess::Fetch, "tcp://example.com:99999", Deny),
        (NetworkAccess::Fetch, "tcp://a@example.com:443", Deny),
        (NetworkAccess::Dns, "dns://other.example", Deny),
    ] {
        assert_eq!(
            network(access, resource).await,
            verdict,
            "{access:?} {resource}"
        );
    }
    let command = async |command: &str| {
        let request = CommandPermissionRequest {
            vm_id: vm(),
            command: command.to_owned(),
            args: Vec::new(),
            cwd: None,
            env: Vec::new(),
        };
        decides
            .check_command_execution(request)
            .await
            .unwrap()
            .verdict
    };
    assert_eq!((command("node").await, command("sh").await), (Allow, Deny));
    let variable = async |access, key: &str| {
        let request = EnvironmentPermissionRequest {
            vm_id: vm(),
            access,
            key: key.to_owned(),
            value: None,
        };
        decides
            .check_environment_access(request)
            .await
            .unwrap()
            .verdict
    };
    assert_eq!(variable(EnvironmentAccess::Read, "HOME").await, Allow);
    assert_eq!(variable(EnvironmentAccess::Read, "KEY").await, Deny);
}

#[tokio::test]
async fn clocks_and_entropy_are_the_machines_as_far_as_the_policy_goes() {
    let asks = || ClockRequest { vm_id: vm() };
    let open = "[clock]\ndefault = \"allow\"\n[random]\ndefault = \"allow\"\n";
    let clock = SystemClock::new(policy(open));
    let now = clock.wall_clock(asks()).await.unwrap();
    assert!(now.seconds > 1_700_000_000 && now.nanoseconds < 1_000_000_000);
    let first = clock.monotonic_clock(asks()).await.unwrap();
    assert!(clock.monotonic_clock(asks()).await.unwrap() >= first);
    let timer = async |delay| {
        let request = ScheduleTimerRequest { vm_id: vm(), delay };
        clock.schedule_timer(request).await
    };
    let made = timer(1).await.unwrap();
    assert_eq!((made.timer_id.as_str(), made.delay), ("timer-1", 1));
    for _ in 0..4_096 {
        timer(u64::MAX).await.unwrap();
    }
    // The first one is over.
    fails(timer(u64::MAX).await, ErrorCode::Exhausted);
    let shut = "[clock]\ndefault = \"deny\"\n[random]\ndefault = \"deny\"\n";
    let shut_clock = SystemClock::new(policy(shut));
    fails(shut_clock.wall_clock(asks()).await, ErrorCode::Denied);
    fails(shut_clock.monotonic_clock(asks()).await, ErrorCode::Denied);

    let random = SystemRandom::new(policy(open));
    let draw = |len| RandomBytesRequest { vm_id: vm(), len };
    let drawn = random.fill_random_bytes(draw(64)).await.unwrap();
    assert_eq!(drawn.len(), 64);
    assert_ne!(drawn, random.fill_random_bytes(draw(64)).await.unwrap());
    assert!(drawn.iter().any(|byte| *byte != drawn[0]));
    assert_eq!(random.fill_random_bytes(draw(0)).await.unwrap(), [0; 0]);
    fails(
        random.fill_random_bytes(draw(u64::MAX)).await,
        ErrorCode::Exhausted,
    );
    let shut_random = SystemRandom::new(policy(shut));
    fails(
        shut_random.fill_random_bytes(draw(1)).await,
        ErrorCode::Denied,
    );
}

#[tokio::test]
async fn the_last_events_are_kept_and_the_others_counted() {
    let recent = RecentEvents::default();
    let started = LifecycleEventRecord {
        vm_id: vm(),
        state: LifecycleState::Starting,
        detail: None,
    };
    recent.emit_lifecycle(started.clone()).await.unwrap();
    assert_eq!(recent.take(), (vec![Happened::Lifecycle(started)], 0));
    for number in 0..5_000 {
        let line = LogRecord {
            vm_id: vm(),
            level: LogLevel::Info,
            message: number.to_string(),
        };
        recent.emit_log(line).await.unwrap();
    }
    let (kept, lost) = recent.take();
    assert_eq!((kept.len(), lost), (4_096, 904));
    assert!(matches!(&kept[0], Happened::Log(line) if line.message == "904"));
    assert_eq!(recent.take(), (Vec::new(), 0));
}

#[tokio::test]
async fn what_is_kept_on_the_disk_is_given_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    let kept = DiskPersistence::open(dir(place.path())).unwrap();
    let load = |vm_id: &str| LoadFilesystemStateRequest {
        vm_id: vm_id.to_owned(),
    };
    assert_eq!(kept.load_filesystem_state(load("a")).await.unwrap(), None);
    let snapshot = FilesystemSnapshot {
        format: "mine".to_owned(),
        bytes: vec![0, 1, 255],
    };
    let flush = FlushFilesystemStateRequest {
        vm_id: "a".to_owned(),
        snapshot: snapshot.clone(),
    };
    kept.flush_filesystem_state(flush.clone()).await.unwrap();
    assert_eq!(
        kept.load_filesystem_state(load("a")).await.unwrap(),
        Some(snapshot)
    );
    assert_eq!(kept.load_filesystem_state(load("b")).await.unwrap(), None);
    fails(
        kept.load_filesystem_state(load("")).await,
        ErrorCode::Invalid,
    );
    fs::remove_dir_all(place.path().join("kept")).unwrap();
    let error = kept.flush_filesystem_state(flush).await.unwrap_err();
    assert!(
        !error.to_string().contains(place.path().to_str().unwrap()),
        "{error}"
    );
    fails(
        DiskPersistence::open(dir(place.path())).map(drop),
        ErrorCode::Failed,
    );
}
