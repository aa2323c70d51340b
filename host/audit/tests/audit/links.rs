//! What somebody may have planted at the names that the log uses.

use crate::support::*;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use tollgate_audit::verify::Problem;
use tollgate_audit::{LogOptions, OpenError, SigningKey};

const SECRET: &str = "not yours to write\n";

fn victim(place: &Place) -> PathBuf {
    let path = place.folder.path().join("victim");
    fs::write(&path, SECRET).unwrap();
    path
}

#[test]
fn a69_a_link_at_the_logs_place_is_not_followed() {
    let place = Place::new();
    let victim = victim(&place);
    for target in [victim.clone(), place.folder.path().join("made-by-a-link")] {
        symlink(&target, place.path()).unwrap();
        let error = place.open(LogOptions::default()).err();
        assert!(matches!(error, Some(OpenError::Link { .. })), "{error:?}");
        assert!(matches!(
            place.verify().unwrap_err().problem,
            Problem::NotRegular
        ));
        fs::remove_file(place.path()).unwrap();
    }
    assert_eq!(fs::read_to_string(victim).unwrap(), SECRET);
    assert!(!exists(&place.folder.path().join("made-by-a-link")));
}

#[test]
fn a69_a_hard_link_at_the_logs_place_is_refused() {
    let place = Place::new();
    let empty = place.folder.path().join("victim");
    fs::write(&empty, "").unwrap();
    fs::hard_link(&empty, place.path()).unwrap();
    let error = place.open(LogOptions::default()).err();
    assert!(
        matches!(error, Some(OpenError::HardLinked { .. })),
        "{error:?}"
    );
    assert_eq!(fs::read(empty).unwrap(), b"");
}

#[test]
fn a69_links_at_every_other_name_of_a_new_log_are_replaced_or_refused_and_never_followed() {
    let names = [
        "audit.jsonl.head",
        ".audit.jsonl.tollgate-head",
        ".audit.jsonl.tollgate-next",
        "audit.jsonl.1",
    ];
    for name in names {
        for dangling in [false, true] {
            let place = Place::new();
            let victim = victim(&place);
            let target = if dangling {
                place.folder.path().join("made-by-a-link")
            } else {
                victim.clone()
            };
            symlink(&target, place.folder.path().join(name)).unwrap();
            let opened = place.open(small_files());
            match name {
                "audit.jsonl.head" | "audit.jsonl.1" => {
                    assert!(opened.is_err(), "{name} is part of a log")
                }
                _ => {
                    drop(opened.unwrap());
                    place.write(20, small_files());
                    assert!(place.verify().unwrap().files > 2);
                }
            }
            assert_eq!(fs::read_to_string(victim).unwrap(), SECRET, "{name}");
            assert!(
                !exists(&place.folder.path().join("made-by-a-link")),
                "{name}"
            );
        }
    }
}

#[test]
fn a69_links_planted_while_the_log_is_written_are_not_followed() {
    let place = Place::new();
    let victim = victim(&place);
    let log = place.open(small_files()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    block_on(async {
        for n in 0..20 {
            for name in [
                "audit.jsonl.head",
                ".audit.jsonl.tollgate-head",
                ".audit.jsonl.tollgate-next",
            ] {
                let name = place.folder.path().join(name);
                // The writer may be replacing it at this moment.
                let _gone = fs::remove_file(&name);
                let _there_again = symlink(&victim, &name);
            }
            call(&run, entry(&n.to_string())).await;
            if run.flush().await.is_err() {
                break;
            }
        }
    });
    // The writer may have found a link made between its removal and its own file: then it has stopped.
    let closed = log.close();
    assert_eq!(fs::read_to_string(victim).unwrap(), SECRET);
    if closed.is_ok() {
        place.verify().unwrap();
    }
}

#[test]
fn a69_a_number_that_is_taken_ends_the_log_and_is_left_alone() {
    let place = Place::new();
    let victim = victim(&place);
    let log = place.open(small_files()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    symlink(&victim, place.file(".1")).unwrap();
    block_on(async {
        for n in 0..20 {
            let Ok(pending) = run.begin(entry(&n.to_string())).await else {
                break;
            };
            pending.finish("ok", 0, 0);
        }
        assert!(run.end().await.is_err());
    });
    assert!(log.close().is_err());
    assert_eq!(fs::read_to_string(victim).unwrap(), SECRET);
}

#[test]
fn a69_a_link_at_the_keys_place_is_not_followed() {
    let place = Place::new();
    let path = place.folder.path().join("key");
    for target in [victim(&place), place.folder.path().join("made-by-a-link")] {
        symlink(&target, &path).unwrap();
        let error = SigningKey::load_or_create(&path).err();
        assert!(matches!(error, Some(OpenError::Link { .. })), "{error:?}");
        fs::remove_file(&path).unwrap();
    }
    assert!(!exists(&place.folder.path().join("made-by-a-link")));
}
