//! What several of these tests say in the same words.

use tollgate_tests::{Finished, Record, Scene};

/// The records about an operation on a resource.
pub(crate) fn about<'a>(records: &'a [Record], operation: &str, resource: &str) -> Vec<&'a Record> {
    records
        .iter()
        .filter(|record| record.is(operation, resource))
        .collect()
}

/// The one decision and rule that the records about an operation on a resource agree on, with the last outcome.
#[track_caller]
pub(crate) fn ruling(
    records: &[Record],
    operation: &str,
    resource: &str,
) -> (String, String, String) {
    let found = about(records, operation, resource);
    let Some(last) = found.last() else {
        panic!("no record of {operation} on {resource} in {records:#?}");
    };
    assert!(
        found
            .iter()
            .all(|record| (&record.decision, &record.rule) == (&last.decision, &last.rule)),
        "{operation} on {resource} is decided in different ways: {found:#?}"
    );
    (
        last.decision.clone(),
        last.rule.clone(),
        last.outcome.clone(),
    )
}

/// Checks that the log has an operation denied by a rule, with the interface's own word for it.
#[track_caller]
pub(crate) fn denied(
    records: &[Record],
    operation: &str,
    resource: &str,
    rule: &str,
    outcome: &str,
) {
    let expected = ("deny".to_owned(), rule.to_owned(), outcome.to_owned());
    assert_eq!(
        ruling(records, operation, resource),
        expected,
        "{operation} on {resource}"
    );
}

/// Checks that the log has an operation allowed by a rule.
#[track_caller]
pub(crate) fn allowed(records: &[Record], operation: &str, resource: &str, rule: &str) {
    let (decision, by, _) = ruling(records, operation, resource);
    assert_eq!(
        (decision.as_str(), by.as_str()),
        ("allow", rule),
        "{operation} on {resource}"
    );
}

/// The records of the run itself.
pub(crate) fn of_the_guest(records: &[Record]) -> Vec<&Record> {
    let own = |record: &&Record| {
        !record.operation.starts_with("log.") && !record.operation.starts_with("run.")
    };
    records.iter().filter(own).collect()
}

/// What the binary says to a file, without running anything else.
pub(crate) fn run_file(scene: &Scene, name: &str, content: impl AsRef<[u8]>) -> Finished {
    let file = scene.write(name, content);
    scene.run(file).finish()
}

/// A WASI 0.1 module from its text.
pub(crate) fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is WebAssembly")
}

/// Everything about a tree that a guest could have changed.
pub(crate) fn fingerprint(scene: &Scene, name: &str) -> Vec<String> {
    use std::os::unix::fs::MetadataExt as _;
    let mut found = Vec::new();
    let mut left = vec![scene.path(name)];
    while let Some(path) = left.pop() {
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        let content = if metadata.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        found.push(format!(
            "{} mode={:o} links={} size={} mtime={}.{} ctime={}.{} {content:?}",
            path.display(),
            metadata.mode(),
            metadata.nlink(),
            metadata.size(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec()
        ));
        if metadata.is_dir() {
            left.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    found.sort();
    found
}
