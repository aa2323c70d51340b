//! A log of any bytes. Nothing is proven without a head beyond a first record, and whoever reads the records sees at
//! least what was proven.

use std::path::Path;

use tollgate_audit::read::Records;
use tollgate_audit::verify::{Report, VerifyOptions, verify};
use tollgate_audit::{PublicKey, VerifyError};

use crate::audit_tamper::genuine;

/// Holds reading and verifying to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let folder = tempfile::tempdir().expect("there is a place for files");
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, data).expect("a file can be written");
    if let Ok(report) = verify(&path, &VerifyOptions::default()) {
        assert!(
            report.records <= 1,
            "{} records are proven by nobody",
            report.records
        );
        assert_eq!(report.signed_records, 0);
        assert_eq!(report.bytes + report.torn_bytes, data.len() as u64);
    }
    read(&path);
}

/// Reads every record that there is, and counts them. Each good line is a record, and no line is read twice.
pub(crate) fn read(path: &Path) -> u64 {
    let lines = std::fs::read(path).map_or(0, |bytes| {
        bytes.iter().filter(|byte| **byte == b'\n').count()
    });
    let Ok(records) = Records::open(path) else {
        return 0;
    };
    let (mut good, mut seen) = (0, 0_usize);
    for record in records {
        seen += 1;
        assert!(seen <= lines + 2, "reading does not come to an end");
        good += u64::from(record.is_ok());
    }
    good
}

/// Verifies against a known key.
pub(crate) fn pinned(path: &Path, key: PublicKey) -> Result<Report, VerifyError> {
    verify(
        path,
        &VerifyOptions {
            public_key: Some(key),
        },
    )
}

/// A real log, its parts, and what is none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let log = genuine().log.clone();
    let first = log
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let start = log.get(..first).unwrap_or_default().to_vec();
    let torn = log.get(..first / 2).unwrap_or_default().to_vec();
    let no_start = log.get(first..).unwrap_or_default().to_vec();
    vec![
        log,
        start,
        torn,
        no_start,
        b"{\"v\":1}\n".to_vec(),
        b"\n\n".to_vec(),
        vec![0; 100],
    ]
}
