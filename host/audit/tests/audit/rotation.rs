use crate::support::*;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use tollgate_audit::LogOptions;
use tollgate_audit::verify::Problem;

/// The set's files but for the current one.
fn aside(place: &Place) -> Vec<std::path::PathBuf> {
    (1..)
        .map(|n| place.file(&format!(".{n}")))
        .take_while(|path| exists(path))
        .collect()
}

#[test]
fn a_log_goes_on_across_files_of_the_stated_size() {
    let place = Place::with_calls(50, small_files());
    let files = aside(&place);
    assert!(files.len() > 5, "{}", files.len());
    for file in files.iter().chain([&place.path()]) {
        assert!(fs::metadata(file).unwrap().len() <= 4096);
    }
    let report = place.verify_pinned(&place.key).unwrap();
    assert_eq!((report.records, report.unsigned_records), (52, 0));
    assert_eq!(report.files as usize, files.len() + 1);
    let names: Vec<_> = place
        .records()
        .into_iter()
        .map(|r| r.resource)
        .filter(|r| r.starts_with("/file-"))
        .collect();
    assert_eq!(
        names,
        (0..50).map(|n| format!("/file-{n}")).collect::<Vec<_>>()
    );
}

#[test]
fn a_rotated_log_is_continued_again_and_again() {
    let place = Place::new();
    for _ in 0..10 {
        place.write(7, small_files());
        place.verify().unwrap();
    }
    assert_eq!(
        place
            .records()
            .iter()
            .filter(|record| record.operation == "fs.read")
            .count(),
        70
    );
}

#[test]
fn a_record_larger_than_a_file_has_a_file_of_its_own() {
    let options = LogOptions {
        rotate_bytes: 1,
        ..LogOptions::default()
    };
    let place = Place::with_calls(3, options);
    assert_eq!(place.verify().unwrap().files, 5);
}

#[test]
fn i69_an_older_file_that_is_gone_cut_swapped_or_changed_is_noticed() {
    let place = Place::with_calls(50, small_files());
    let files = aside(&place);
    let contents: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let restore = || {
        for (file, content) in files.iter().zip(&contents) {
            fs::write(file, content).unwrap();
        }
    };
    for (n, file) in files.iter().enumerate() {
        fs::remove_file(file).unwrap();
        assert!(place.verify().is_err(), "{n} gone");
        assert!(n + 1 < files.len() || place.open(small_files()).is_err());
        restore();

        let cut = contents[n].len() - 1;
        fs::write(file, &contents[n][..cut]).unwrap();
        assert!(
            matches!(place.verify().unwrap_err().problem, Problem::TornInside),
            "{n} cut"
        );
        assert!(
            place.open(small_files()).is_err(),
            "{n} cut: the sizes no longer add up to the head's"
        );
        restore();

        fs::write(file, &contents[(n + 1) % files.len()]).unwrap();
        assert!(place.verify().is_err(), "{n} swapped");
        restore();

        let mut changed = contents[n].clone();
        changed[contents[n].len() / 2] ^= 1;
        fs::write(file, changed).unwrap();
        assert!(place.verify().is_err(), "{n} changed");
        restore();
    }
    place.verify().unwrap();
    place.write(1, small_files());
}

#[test]
fn i69_the_newest_files_cannot_be_taken_away() {
    let place = Place::with_calls(50, small_files());
    let last = aside(&place).pop().unwrap();
    fs::rename(last, place.path()).unwrap();
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::Truncated { .. }
    ));
    assert!(place.open(small_files()).is_err());
}

/// The states that a kill in the middle of a rotation can leave, one after the other.
#[test]
fn i70_a_rotation_that_was_stopped_half_way_is_mended() {
    for step in 0..3 {
        let place = Place::with_calls(50, small_files());
        let files = aside(&place).len();
        let next = place.folder.path().join(".audit.jsonl.tollgate-next");
        let number = place.file(&format!(".{}", files + 1));
        fs::write(&next, "").unwrap();
        if step >= 1 {
            fs::hard_link(place.path(), &number).unwrap();
        }
        if step >= 2 {
            fs::rename(&next, place.path()).unwrap();
        }
        let report = place.verify().unwrap();
        assert_eq!(
            (report.records, report.unsigned_records),
            (52, 0),
            "step {step}"
        );
        place.write(20, small_files());
        assert!(!exists(&next), "step {step}");
        let notes: Vec<_> = place
            .records()
            .into_iter()
            .filter(|r| r.operation == "log.recover")
            .collect();
        assert_eq!(notes.len(), usize::from(step == 1), "step {step}");
        assert_eq!(
            place.verify().unwrap().signed_records,
            52 + 22 + notes.len() as u64,
            "step {step}"
        );
    }
}

#[test]
fn a_log_can_be_verified_while_it_is_written_and_rotated() {
    let place = Place::new();
    let log = place.open(small_files()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let verifier = scope.spawn(|| {
            let mut verified = 0;
            let mut last = 0;
            while !ended.load(Ordering::Relaxed) || verified < 3 {
                let report = place.verify().unwrap();
                assert!(report.records >= last, "it only grows");
                last = report.records;
                verified += 1;
            }
            verified
        });
        block_on(async {
            for n in 0..3000 {
                call(&run, entry(&n.to_string())).await;
                if n % 20 == 0 {
                    run.flush().await.unwrap();
                }
            }
        });
        ended.store(true, Ordering::Relaxed);
        assert!(verifier.join().unwrap() >= 3);
    });
    log.close().unwrap();
    assert!(place.verify().unwrap().files > 100);
}
