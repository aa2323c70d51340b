//! Requests of the HTTP client: decided and recorded, and not served yet. Sockets have tests of their own.

use tollgate_tests::{guests, scene};

#[test]
pub(crate) fn http() {
    let (finished, records) = scene!()
        .run(guests::HTTP)
        .args(&["https", "api.example:8443", "/a?token=canary"])
        .logged();
    finished.expect(0);
    assert!(
        finished.says("handle: error HTTP-request-denied"),
        "{}",
        finished.stdout
    );
    let record = records
        .iter()
        .find(|record| record.operation == "http.request")
        .expect("the request is recorded");
    assert_eq!(
        (record.decision.as_str(), record.rule.as_str()),
        ("deny", "default:http")
    );
    assert!(
        record.resource.contains("https://api.example:8443"),
        "{}",
        record.resource
    );
    assert!(!record.resource.contains("canary"), "{}", record.resource);

    let run = scene!()
        .run(guests::HTTP)
        .flags(&["--allow-net", "api.example"])
        .args(&["https", "api.example:8443"])
        .finish();
    assert!(
        !run.expect(0).stdout.contains("HTTP-request-denied"),
        "{}",
        run.stdout
    );
}

#[test]
fn a17_a_path_that_names_another_host_changes_nothing() {
    let scene = scene!();
    let run = scene
        .run(guests::HTTP)
        .flags(&["--allow-net", "evil.example"]);
    let (finished, records) = run
        .args(&["https", "api.example", "http://evil.example/"])
        .logged();
    finished.expect(0);
    let request = records
        .iter()
        .find(|record| record.operation == "http.request");
    assert!(
        request.is_none_or(
            |record| record.decision == "deny" && record.resource.contains("api.example")
        ),
        "{records:#?}"
    );
    assert!(
        finished.says("set path: error refused")
            || finished.says("handle: error HTTP-request-denied"),
        "{}",
        finished.stdout
    );
    for authority in ["evil.example@api.example", "api.example@evil.example"] {
        let (finished, records) = scene
            .run(guests::HTTP)
            .flags(&["--allow-net", "evil.example"])
            .args(&["https", authority])
            .logged();
        assert!(
            finished.expect(0).stdout.contains("error"),
            "{}",
            finished.stdout
        );
        assert!(
            !records
                .iter()
                .any(|record| record.operation == "http.request" && record.decision == "allow"),
            "{records:#?}"
        );
    }
}
