//! Edits of a real log and its head. Whatever still verifies against the pinned key holds every signed byte unchanged.

use std::sync::OnceLock;

use tollgate_audit::{
    Decision, Entry, Log, LogOptions, PublicKey, RunIdentity, RunLimits, SigningKey,
};

use crate::audit_stream::{pinned, read};

/// A log that this host wrote, closed.
pub(crate) struct Genuine {
    pub(crate) log: Vec<u8>,
    pub(crate) head: Vec<u8>,
    pub(crate) key: PublicKey,
    pub(crate) records: u64,
}

/// The log that all edits are of.
pub(crate) fn genuine() -> &'static Genuine {
    static GENUINE: OnceLock<Genuine> = OnceLock::new();
    GENUINE.get_or_init(|| write().expect("a log can be written"))
}

fn write() -> Result<Genuine, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("audit.jsonl");
    let key = SigningKey::from_seed(&[9; 32]);
    let public = key.public_key();
    let log = Log::file(&path, key, LogOptions::default())?;
    let identity = RunIdentity {
        run: "run".to_owned(),
        vm: None,
        process: None,
        component: "sha256:00".to_owned(),
    };
    let run = log.run(identity, RunLimits::default());
    for resource in ["/a", "/a\n{\"v\":1", "/ü", "/long/".repeat(40).as_str()] {
        let entry = Entry {
            import: "wasi:filesystem/types#[method]descriptor.read",
            operation: "fs.read",
            resource,
            decision: if resource == "/a" {
                Decision::Allow
            } else {
                Decision::Deny
            },
            rule: "flags:0",
            high_rate: false,
        };
        let pending = run.try_begin(entry)?.ok_or("the ring is full")?;
        pending.finish("ok", 10, 0);
    }
    log.close()?;
    let report = pinned(&path, public)?;
    let head = std::fs::read(folder.path().join("audit.jsonl.head"))?;
    Ok(Genuine {
        log: std::fs::read(&path)?,
        head,
        key: public,
        records: report.records,
    })
}

/// Holds verification to that. Each five bytes are an edit: where (three), how, and with what.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let genuine = genuine();
    let (mut log, mut head) = (genuine.log.clone(), genuine.head.clone());
    for edit in data.chunks_exact(5).take(64) {
        if let [high, middle, low, how, byte] = edit {
            let at = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
            let whole = log.len() + head.len();
            let at = at % (whole + 1);
            if at < log.len() {
                apply(&mut log, at, *how, *byte)
            } else {
                apply(&mut head, at - log.len(), *how, *byte)
            }
        }
    }
    let folder = tempfile::tempdir().expect("there is a place for files");
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, &log).expect("a file can be written");
    std::fs::write(folder.path().join("audit.jsonl.head"), &head).expect("a file can be written");
    let good = read(&path);
    if let Ok(report) = pinned(&path, genuine.key) {
        assert_eq!(head, genuine.head, "another head is taken");
        assert!(log.starts_with(&genuine.log), "signed records were changed");
        assert_eq!(report.signed_records, genuine.records);
        assert!(
            good >= report.records,
            "{good} are read of {} that were proven",
            report.records
        );
    }
}

fn apply(bytes: &mut Vec<u8>, at: usize, how: u8, byte: u8) {
    let end = (at + usize::from(byte)).min(bytes.len());
    match how % 6 {
        0 => {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        1 => bytes.insert(at, byte),
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => {
            // A whole line again, at the end: what a forger who knows the format tries first.
            let line: Vec<u8> = bytes
                .split_inclusive(|byte| *byte == b'\n')
                .nth(usize::from(byte % 8))
                .unwrap_or_default()
                .to_vec();
            bytes.extend(line);
        }
        _ => {
            if let Some(place) = bytes.get_mut(at) {
                *place ^= 1 << (byte % 8);
            }
        }
    }
}

/// One edit of each kind, in the log and in the head.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![Vec::new()];
    for how in 0..6 {
        seeds.push(vec![0, 1, 0, how, 3]);
        seeds.push(vec![0, 0xff, 0xff, how, 1]);
    }
    seeds.push([[0, 0, 10, 0, b' '], [0, 1, 0, 1, b'\n'], [0, 2, 0, 5, 1]].concat());
    seeds
}
