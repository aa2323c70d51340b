//! A head file of any bytes beside a real log: none is taken but the one that was signed.

use crate::audit_stream::pinned;
use crate::audit_tamper::genuine;

/// Holds the reader of heads to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let genuine = genuine();
    let folder = tempfile::tempdir().expect("there is a place for files");
    let path = folder.path().join("audit.jsonl");
    std::fs::write(&path, &genuine.log).expect("a file can be written");
    std::fs::write(folder.path().join("audit.jsonl.head"), data).expect("a file can be written");
    let taken = pinned(&path, genuine.key).is_ok();
    assert_eq!(
        taken,
        data == genuine.head,
        "{:?}",
        String::from_utf8_lossy(data)
    );
}

/// The real head, spelt in other ways, and what is none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let head = genuine().head.clone();
    let text = String::from_utf8_lossy(&head).into_owned();
    vec![
        head,
        text.trim_end().as_bytes().to_vec(),
        text.replace(':', ": ").into_bytes(),
        text.replace("\"v\":1", "\"v\":2").into_bytes(),
        b"{}".to_vec(),
        b"[1]".to_vec(),
    ]
}
