use crate::support::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tollgate_audit::{Log, LogOptions, OpenError, Problem, SigningKey};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn refused(place: &Place) -> OpenError {
    place
        .open(LogOptions::default())
        .err()
        .expect("it is opened")
}

fn problem(error: OpenError) -> Problem {
    match error {
        OpenError::NotIntact(error) => error.problem,
        other => panic!("{other}"),
    }
}

#[test]
fn a_log_is_its_owners_alone() {
    let place = Place::with_calls(1, LogOptions::default());
    assert_eq!(mode(&place.path()), 0o600);
    assert_eq!(mode(&place.file(".head")), 0o600);
}

#[test]
fn a_new_log_begins_with_its_key_and_ends_with_its_end() {
    let place = Place::with_calls(3, LogOptions::default());
    let records = place.records();
    let operations: Vec<_> = records
        .iter()
        .map(|record| record.operation.as_str())
        .collect();
    assert_eq!(
        operations,
        ["log.open", "fs.read", "fs.read", "fs.read", "log.close"]
    );
    assert_eq!(records[0].resource, place.key.public_key().to_string());
    assert_eq!(records[0].prev, "0".repeat(64));
    let report = place.verify_pinned(&place.key).unwrap();
    assert_eq!(
        (
            report.records,
            report.signed_records,
            report.unsigned_records
        ),
        (5, 5, 0)
    );
    assert_eq!(
        (
            report.torn_bytes,
            report.files,
            report.closed,
            report.pinned
        ),
        (0, 1, true, true)
    );
    assert_eq!(report.bytes, place.content().len() as u64);
    assert_eq!(
        report.last_hash.as_ref(),
        records.last().map(|record| &record.hash)
    );
}

#[test]
fn a_log_is_continued_where_it_ended() {
    let place = Place::with_calls(3, LogOptions::default());
    let before = place.content();
    place.write(2, LogOptions::default());
    assert!(place.content().starts_with(&before));
    assert_eq!(place.records()[5].operation, "log.resume");
    assert_eq!(place.records()[5].resource, "records=5");
    assert_eq!(
        place.verify_pinned(&place.key).unwrap().signed_records,
        5 + 1 + 2 + 1
    );
}

#[test]
fn a_second_writer_is_refused_until_the_first_has_closed() {
    let place = Place::new();
    let log = place.open(LogOptions::default()).unwrap();
    assert!(matches!(refused(&place), OpenError::Locked));
    log.close().unwrap();
    place.open(LogOptions::default()).unwrap().close().unwrap();
}

#[test]
fn a_log_that_anybody_has_locked_is_refused() {
    let place = Place::with_calls(1, LogOptions::default());
    let file = fs::File::open(place.path()).unwrap();
    file.lock_shared().unwrap();
    assert!(matches!(refused(&place), OpenError::Locked));
    file.unlock().unwrap();
    assert!(place.open(LogOptions::default()).is_ok());
}

#[test]
fn the_last_handle_closes_the_log() {
    let place = Place::new();
    let log = place.open(LogOptions::default()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    drop(log);
    block_on(call(&run, entry("/x")));
    drop(run);
    assert!(place.verify().unwrap().closed);
    assert_eq!(place.records().len(), 3);
}

#[test]
fn another_key_does_not_continue_a_log() {
    let place = Place::with_calls(1, LogOptions::default());
    let before = place.content();
    let other = SigningKey::generate().unwrap();
    let error = Log::file(&place.path(), other.clone(), LogOptions::default()).err();
    assert!(
        matches!(error, Some(OpenError::OtherKey { .. })),
        "{error:?}"
    );
    assert_eq!(place.content(), before);
    assert!(matches!(
        place.verify_pinned(&other).unwrap_err().problem,
        Problem::OtherKey { .. }
    ));
}

#[test]
fn a69_a_log_that_others_may_write_is_refused() {
    let place = Place::with_calls(1, LogOptions::default());
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o620)).unwrap();
    assert!(matches!(
        refused(&place),
        OpenError::Mode { mode: 0o620, .. }
    ));
}

#[test]
fn a69_a_log_of_another_user_is_refused() {
    let place = Place::with_calls(1, LogOptions::default());
    match std::os::unix::fs::chown(place.path(), Some(65534), None) {
        Ok(()) => assert!(matches!(
            refused(&place),
            OpenError::Owner { owner: 65534, .. }
        )),
        Err(error) => eprintln!("SKIPPED: files can't be given away here: {error}"),
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let place = Place::new();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        place.path(),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    assert!(matches!(refused(&place), OpenError::NotRegular { .. }));
    fs::remove_file(place.path()).unwrap();
    fs::create_dir(place.path()).unwrap();
    assert!(matches!(refused(&place), OpenError::NotRegular { .. }));
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::NotRegular
    ));
    let error = Log::file(Path::new("/"), place.key.clone(), LogOptions::default()).err();
    assert!(matches!(error, Some(OpenError::NoFileName)));
}

#[test]
fn a_file_that_is_no_log_is_refused_and_left_alone() {
    let place = Place::new();
    fs::write(place.path(), "my notes\nare no log\n").unwrap();
    assert!(matches!(
        problem(refused(&place)),
        Problem::NotARecord { .. }
    ));
    assert_eq!(place.content(), b"my notes\nare no log\n");
}

#[test]
fn an_empty_file_becomes_a_log() {
    let place = Place::new();
    fs::write(place.path(), "").unwrap();
    assert_eq!(place.verify().unwrap().records, 0);
    place.write(1, LogOptions::default());
    assert_eq!(place.records()[0].operation, "log.open");
}

#[test]
fn i69_a_truncated_log_is_not_opened() {
    let place = Place::with_calls(5, LogOptions::default());
    let content = place.content();
    let lines: Vec<_> = content.split_inclusive(|byte| *byte == b'\n').collect();
    for kept in [0, 1, lines.len() - 1] {
        fs::write(place.path(), lines[..kept].concat()).unwrap();
        assert!(
            matches!(problem(refused(&place)), Problem::Truncated { .. }),
            "{kept} lines"
        );
        assert!(
            matches!(
                place.verify().unwrap_err().problem,
                Problem::Truncated { .. }
            ),
            "{kept} lines"
        );
    }
    fs::write(place.path(), &content[..content.len() - 1]).unwrap();
    assert!(matches!(
        problem(refused(&place)),
        Problem::Truncated {
            head: 6,
            last: Some(5)
        }
    ));
}

#[test]
fn i69_a_log_that_was_moved_away_is_not_begun_anew() {
    let place = Place::with_calls(2, LogOptions::default());
    fs::rename(place.path(), place.file(".away")).unwrap();
    assert!(matches!(
        problem(refused(&place)),
        Problem::CurrentFileMissing
    ));
    assert!(!exists(&place.path()), "nothing was made");
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::CurrentFileMissing
    ));
    fs::remove_file(place.file(".head")).unwrap();
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::NotFound
    ));
}

#[test]
fn i69_a_log_that_was_replaced_by_another_is_not_opened() {
    let (place, other) = (
        Place::with_calls(3, LogOptions::default()),
        Place::with_calls(9, LogOptions::default()),
    );
    fs::copy(other.path(), place.path()).unwrap();
    assert!(matches!(problem(refused(&place)), Problem::Replaced { .. }));
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::Replaced { .. }
    ));
}

#[test]
fn i69_a_log_with_a_changed_record_is_not_opened() {
    let place = Place::with_calls(3, LogOptions::default());
    let text = String::from_utf8(place.content()).unwrap();
    fs::write(place.path(), text.replace("/file-1", "/file-7")).unwrap();
    assert!(matches!(problem(refused(&place)), Problem::Hash { .. }));
    let error = place.verify().unwrap_err();
    assert_eq!(
        (error.file.as_deref(), error.line),
        (Some("audit.jsonl"), Some(3))
    );
}

#[test]
fn i69_a_log_that_was_made_append_only_is_not_opened() {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};
    let place = Place::with_calls(1, LogOptions::default());
    let file = fs::File::open(place.path()).unwrap();
    let set = ioctl_getflags(&file)
        .and_then(|flags| ioctl_setflags(&file, flags | IFlags::APPEND).map(|()| flags));
    match set {
        Ok(before) => {
            let error = refused(&place);
            ioctl_setflags(&file, before).unwrap();
            assert!(matches!(error, OpenError::AppendOnly), "{error}");
        }
        Err(error) => eprintln!("SKIPPED: no append-only files here: {error}"),
    }
}

#[test]
fn a_missing_head_is_forgiven_only_before_the_first_flush() {
    let place = Place::with_calls(1, LogOptions::default());
    let content = place.content();
    fs::remove_file(place.file(".head")).unwrap();
    assert!(matches!(problem(refused(&place)), Problem::HeadMissing));
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::HeadMissing
    ));
    let first = content.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for kept in [first, first - 1, 10] {
        fs::write(place.path(), &content[..kept]).unwrap();
        let report = place.verify().unwrap();
        assert_eq!(
            (report.signed_records, report.unsigned_records),
            (0, u64::from(kept == first))
        );
        assert!(matches!(
            place.verify_pinned(&place.key).unwrap_err().problem,
            Problem::Unsigned
        ));
    }
    place.write(1, LogOptions::default());
    assert_eq!(place.records()[0].operation, "log.open");
    assert!(place.verify_pinned(&place.key).is_ok());
}

#[test]
fn no_error_holds_a_path() {
    let place = Place::with_calls(1, LogOptions::default());
    fs::write(place.file(".head"), "x").unwrap();
    let folder = place.folder.path().to_str().unwrap().to_owned();
    let nowhere = Log::file(
        &place.folder.path().join("no/where"),
        place.key.clone(),
        LogOptions::default(),
    );
    for error in [refused(&place), nowhere.err().unwrap()] {
        assert!(!error.to_string().contains(&folder), "{error}");
    }
}
