//! A disk without room, for real.

use crate::support::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use tollgate_audit::verify::{VerifyOptions, verify};
use tollgate_audit::{AuditError, Failure, Log, LogOptions, SigningKey};

const PLACE: &str = "TOLLGATE_AUDIT_TEST_FULL_PLACE";

/// Writes until the log fails; the failure.
fn fill(path: &Path) -> AuditError {
    let log = Log::file(path, SigningKey::from_seed(&[9; 32]), LogOptions::default()).unwrap();
    let (run, other) = (
        log.run(identity("r"), UNLIMITED),
        log.run(identity("other"), UNLIMITED),
    );
    let error = block_on(async {
        loop {
            match run.begin(entry("/x")).await {
                Ok(pending) => pending.finish("ok", 0, 0),
                Err(error) => break error,
            }
        }
    });
    assert_eq!(
        block_on(other.begin(entry("/x"))).err(),
        Some(error),
        "every run is stopped"
    );
    drop((run, other));
    assert_eq!(log.close().err(), Some(error), "and the log's end says so");
    error
}

fn is_io(error: AuditError, kind: std::io::ErrorKind) -> bool {
    matches!(error, AuditError::Failed(Failure::Io { cause, .. }) if cause.kind == kind)
}

/// What is there is an intact prefix, and the log goes on once there is room.
fn goes_on_after(path: &Path, make_room: impl FnOnce()) {
    let report = verify(path, &VerifyOptions::default()).unwrap();
    assert!(report.signed_records > 0);
    make_room();
    let log = Log::file(path, SigningKey::from_seed(&[9; 32]), LogOptions::default()).unwrap();
    log.close().unwrap();
    assert_eq!(
        verify(path, &VerifyOptions::default()).unwrap().torn_bytes,
        0
    );
}

/// A mounted file system, until it is dropped.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn new(size: &str) -> Option<Tmpfs> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        mount
            .is_ok_and(|output| output.status.success())
            .then_some(Tmpfs(folder))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

#[test]
fn i61_a_full_disk_stops_every_run_and_leaves_an_intact_log() {
    let Some(disk) = Tmpfs::new("1m") else {
        eprintln!("SKIPPED: no tmpfs can be mounted here, so no disk can be filled");
        return;
    };
    let ballast = disk.0.path().join("ballast");
    std::fs::write(&ballast, vec![0; 200_000]).unwrap();
    let error = fill(&disk.path());
    assert!(is_io(error, std::io::ErrorKind::StorageFull), "{error}");
    goes_on_after(&disk.path(), || std::fs::remove_file(&ballast).unwrap());
}

/// Not a test by itself: fills its log under a limit on the size of files that its parent has set.
#[test]
#[ignore = "the child of the test below"]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let error = fill(Path::new(&place));
    assert!(is_io(error, std::io::ErrorKind::FileTooLarge), "{error}");
}

#[test]
fn i61_a_file_that_may_not_grow_stops_every_run_and_leaves_an_intact_log() {
    let place = Place::new();
    // The limit's signal would end the process; ignored, it is an error of the write.
    let script =
        r#"trap '' XFSZ; ulimit -f 200; exec "$0" --exact disk_full::child --ignored --nocapture"#;
    let exe = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(exe)
        .env(PLACE, place.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(exists(&place.path()));
    goes_on_after(&place.path(), || ());
}
