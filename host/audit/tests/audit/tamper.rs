use crate::support::*;
use proptest::prelude::*;
use std::fs;
use std::sync::LazyLock;
use tollgate_audit::verify::Problem;
use tollgate_audit::{LogOptions, SigningKey};

/// A log whose records are all signed; only its content and head are used, in places of the tests' own.
static LOG: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let place = Place::with_calls(6, LogOptions::default());
    (place.content(), fs::read(place.file(".head")).unwrap())
});

fn planted(content: &[u8]) -> Place {
    let place = Place::new();
    fs::write(place.path(), content).unwrap();
    fs::write(place.file(".head"), &LOG.1).unwrap();
    place
}

#[test]
fn i69_no_byte_of_a_signed_log_can_be_changed() {
    let place = planted(&LOG.0);
    place.verify().unwrap();
    for at in 0..LOG.0.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut changed = LOG.0.clone();
            changed[at] ^= flip;
            fs::write(place.path(), &changed).unwrap();
            assert!(place.verify().is_err(), "byte {at} ^ {flip:#x}");
        }
    }
}

#[test]
fn i69_no_byte_of_a_signed_log_can_be_cut_off_its_end() {
    let place = planted(&LOG.0);
    for cut in 0..LOG.0.len() {
        fs::write(place.path(), &LOG.0[..cut]).unwrap();
        assert!(
            matches!(
                place.verify().unwrap_err().problem,
                Problem::Truncated { .. }
            ),
            "cut at {cut}"
        );
    }
}

#[derive(Debug, Clone)]
enum Tampering {
    Drop(usize),
    Double(usize),
    Swap(usize, usize),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Overwrite(usize, Vec<u8>),
    MoveLine(usize, usize),
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let (line, at) = (0_usize..8, 0_usize..100_000);
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..40),
        "[{}\"\\\\,:0-9a-f\n ]{1,40}".prop_map(String::into_bytes),
    ];
    prop_oneof![
        line.clone().prop_map(Tampering::Drop),
        line.clone().prop_map(Tampering::Double),
        (line.clone(), line.clone()).prop_map(|(a, b)| Tampering::Swap(a, b)),
        (at.clone(), 1_usize..3000).prop_map(|(a, n)| Tampering::Remove(a, n)),
        (at.clone(), bytes.clone()).prop_map(|(a, b)| Tampering::Insert(a, b)),
        (at, bytes).prop_map(|(a, b)| Tampering::Overwrite(a, b)),
        (line.clone(), line).prop_map(|(a, b)| Tampering::MoveLine(a, b)),
    ]
}

fn tampered(how: &Tampering) -> Vec<u8> {
    let content = &LOG.0;
    let mut lines: Vec<Vec<u8>> = content
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let mut bytes = content.clone();
    match how {
        Tampering::Drop(n) => drop(lines.remove(*n)),
        Tampering::Double(n) => lines.insert(*n, lines[*n].clone()),
        Tampering::Swap(a, b) => lines.swap(*a, *b),
        Tampering::MoveLine(from, to) => {
            let line = lines.remove(*from);
            lines.insert((*to).min(lines.len()), line);
        }
        Tampering::Remove(at, count) => {
            let at = at % bytes.len();
            bytes.drain(at..(at + count).min(content.len()));
            return bytes;
        }
        Tampering::Insert(at, new) => {
            let at = at % bytes.len();
            bytes.splice(at..at, new.iter().copied());
            return bytes;
        }
        Tampering::Overwrite(at, new) => {
            let at = at % bytes.len();
            let end = (at + new.len()).min(bytes.len());
            bytes.splice(at..end, new.iter().copied());
            return bytes;
        }
    }
    lines.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn i69_a_signed_log_that_was_tampered_with_is_refused(how in tampering()) {
        let content = tampered(&how);
        let place = planted(&content);
        prop_assert_eq!(place.verify().is_ok(), content == LOG.0);
        prop_assert_eq!(place.open(LogOptions::default()).is_ok(), content == LOG.0);
    }

    /// No panic, no endless reading, no acceptance, whatever stands in the three files.
    #[test]
    fn hostile_files_are_refused_in_words(
        log in prop::collection::vec(any::<u8>(), 0..2000),
        older in prop::option::of(prop::collection::vec(any::<u8>(), 0..200)),
        head in prop::option::of("\\PC{0,300}"),
        nested in 0_usize..60_000,
    ) {
        let place = Place::new();
        let bomb = [log.as_slice(), b"\n{\"v\":", "[".repeat(nested).as_bytes(), b"\n"].concat();
        fs::write(place.path(), bomb).unwrap();
        if let Some(older) = older {
            fs::write(place.file(".1"), older).unwrap();
        }
        if let Some(head) = head {
            fs::write(place.file(".head"), head).unwrap();
        }
        let error = place.verify().unwrap_err();
        let acts = error.to_string().contains(|character: char| character.is_control());
        prop_assert!(!acts);
        prop_assert!(place.open(LogOptions::default()).is_err());
        prop_assert!(tollgate_audit::read::Records::open(&place.path()).unwrap().any(|item| item.is_err()));
    }
}

/// Whoever can compute the chain anew, which anybody can, is caught by the head, which only the key's holder can sign.
#[test]
fn i69_a_chain_that_was_computed_anew_is_refused() {
    let (place, forged) = (Place::with_calls(6, LogOptions::default()), Place::new());
    let log = forged.open(LogOptions::default()).unwrap();
    let run = log.run(identity("r"), UNLIMITED);
    block_on(async {
        for n in 0..9 {
            call(&run, entry(&format!("/innocent-{n}"))).await;
        }
    });
    log.close().unwrap();
    fs::copy(forged.path(), place.path()).unwrap();
    assert!(matches!(
        place.verify().unwrap_err().problem,
        Problem::Replaced { .. }
    ));
}

#[test]
fn i69_a_log_that_was_signed_anew_with_another_key_does_not_pass_the_pinned_one() {
    let mine = Place::with_calls(3, LogOptions::default());
    let theirs = Place {
        key: SigningKey::generate().unwrap(),
        ..Place::new()
    };
    theirs.write(3, LogOptions::default());
    fs::copy(theirs.file(".head"), mine.file(".head")).unwrap();
    assert!(mine.verify().is_err(), "a head of another log");
    fs::copy(theirs.path(), mine.path()).unwrap();
    assert!(
        mine.verify().is_ok(),
        "a whole other log, which only a pinned key tells apart"
    );
    assert!(matches!(
        mine.verify_pinned(&mine.key).unwrap_err().problem,
        Problem::OtherKey { .. }
    ));
    assert!(mine.open(LogOptions::default()).is_err());
}

#[test]
fn i69_a_head_that_is_no_head_is_refused() {
    let place = planted(&LOG.0);
    let huge = "x".repeat(1_000_000);
    for head in ["", "{}", "null", &huge] {
        fs::write(place.file(".head"), head).unwrap();
        assert!(matches!(
            place.verify().unwrap_err().problem,
            Problem::HeadUnreadable { .. }
        ));
        assert!(place.open(LogOptions::default()).is_err());
    }
    let text = String::from_utf8(LOG.1.clone()).unwrap();
    fs::write(
        place.file(".head"),
        text.replacen(r#""seq":7"#, r#""seq":2"#, 1),
    )
    .unwrap();
    assert_eq!(place.verify().unwrap_err().problem, Problem::HeadSignature);
}

#[test]
fn i69_an_older_head_shows_the_later_records_as_unsigned() {
    let place = Place::with_calls(2, LogOptions::default());
    let head = fs::read(place.file(".head")).unwrap();
    place.write(2, LogOptions::default());
    fs::write(place.file(".head"), head).unwrap();
    let report = place.verify().unwrap();
    assert_eq!((report.signed_records, report.unsigned_records), (4, 4));
}
