//! Bytes that are put while the process is killed, and files that were changed behind the store's back.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests start processes, kill them, and look at the store's files past the store"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cap_std::fs::Dir;

use super::bytes::{ByteStore, Kept, MAX_LABEL_BYTES};
use super::error::StoreError;
use super::tests::die_at;

const PLACE: &str = "TOLLGATE_BYTES_TEST_PLACE";
const DIE_AT: &str = "TOLLGATE_BYTES_TEST_DIE_AT";

fn open(place: &Path) -> Result<ByteStore, StoreError> {
    ByteStore::open(Dir::open_ambient_dir(place, cap_std::ambient_authority()).unwrap())
}

/// What is kept in one round, and nothing else has a piece of.
fn round(number: u64) -> Vec<u8> {
    number
        .to_le_bytes()
        .repeat(1_000 + usize::try_from(number % 7).unwrap())
}

/// Not a test by itself: puts, and says after each what is safe now.
#[test]
#[ignore = "the child of the tests in this file"]
fn child() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    die_at(std::env::var(DIE_AT).unwrap().parse().unwrap());
    let store = open(Path::new(&place)).unwrap();
    let mut out = std::io::stdout();
    let before = kept_round(&store).unwrap_or(0);
    for number in before + 1..before + 4 {
        store.put("vm", "round", &round(number)).unwrap();
        writeln!(out, "kept {number}").unwrap();
    }
    writeln!(out, "done").unwrap();
}

fn kept_round(store: &ByteStore) -> Option<u64> {
    let Kept { label, bytes } = store.get("vm").unwrap()?;
    let number = u64::from_le_bytes(*bytes.first_chunk().unwrap());
    assert_eq!((label.as_str(), bytes == round(number)), ("round", true));
    Some(number)
}

fn spawn(place: &Path, die_at: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "host::store::bytes_tests::child",
            "--ignored",
            "--nocapture",
        ])
        .env(PLACE, place)
        .env(DIE_AT, die_at.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn i70_bytes_that_are_put_while_the_process_is_killed_at_any_step_are_there_whole_or_not_at_all() {
    let place = tempfile::tempdir().unwrap();
    let (mut safe, mut died) = (0, 0);
    for step in 1.. {
        let mut child = spawn(place.path(), step);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut done = false;
        for line in lines.map_while(Result::ok) {
            done |= line == "done";
            if let Some(number) = line.strip_prefix("kept ") {
                safe = number.parse().unwrap();
            }
        }
        assert_ne!(!child.wait().unwrap().success(), done);
        let store = open(place.path()).unwrap();
        let there = kept_round(&store).unwrap_or(0);
        assert!(
            there == safe || there == safe + 1,
            "{safe} was safe, and {there} is there"
        );
        safe = there;
        for entry in std::fs::read_dir(place.path().join("kept")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with("tmp-"), "{name} was left");
        }
        if done {
            break;
        }
        died += 1;
    }
    // Opening, and then for each of the three: made, written, carried, named, and the folder carried.
    assert!(died >= 15, "only {died} steps");
}

#[test]
fn what_was_changed_on_the_disk_is_told_and_never_given() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path()).unwrap();
    store.put("vm", "round", &round(5)).unwrap();
    store.put("other", "round", &round(6)).unwrap();
    assert!(matches!(open(place.path()), Err(StoreError::InUse)));
    let folder = place.path().join("kept");
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let file = |key: &str| folder.join(crate::Digest::of(key.as_bytes()).to_string());
    let mode = std::fs::metadata(file("vm")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let whole = std::fs::read(file("vm")).unwrap();
    let is_damaged = || matches!(store.get("vm"), Err(StoreError::Corrupt { .. }));
    for (at, _) in whole
        .iter()
        .enumerate()
        .step_by(97)
        .chain([(4, &0), (whole.len() - 1, &0)])
    {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(file("vm"), &changed).unwrap();
        assert!(is_damaged(), "byte {at}");
    }
    for length in [0, 3, 4, 6, 40, whole.len() - 1] {
        std::fs::write(file("vm"), &whole[..length]).unwrap();
        assert!(is_damaged(), "{length} bytes");
    }
    // Whole, and another key's.
    std::fs::copy(file("other"), file("vm")).unwrap();
    assert!(is_damaged());
    std::fs::write(file("vm"), &whole).unwrap();
    assert_eq!(kept_round(&store), Some(5));
    assert!(store.remove("vm").unwrap() && !store.remove("vm").unwrap());
    assert_eq!(store.get("vm").unwrap(), None);
}

#[test]
fn keys_and_labels_have_lengths() {
    let place = tempfile::tempdir().unwrap();
    let store = open(place.path()).unwrap();
    for key in ["", &"k".repeat(257)] {
        assert_eq!(store.put(key, "", b""), Err(StoreError::Key));
        assert_eq!(store.get(key), Err(StoreError::Key));
    }
    let label = "l".repeat(MAX_LABEL_BYTES);
    let key = "../\0/k".repeat(42);
    store.put(&key, &label, b"").unwrap();
    assert_eq!(
        store.get(&key).unwrap(),
        Some(Kept {
            label,
            bytes: Vec::new()
        })
    );
    let long = "l".repeat(MAX_LABEL_BYTES + 1);
    assert!(matches!(
        store.put(&key, &long, b""),
        Err(StoreError::TooLarge { .. })
    ));
}
