//! What guests ask of the HTTP client.

use tollgate_tests::{guests, scene};

use self::peer::Peer;
use crate::support::allowed;

#[path = "../../http/peer.rs"]
#[allow(dead_code, reason = "the tests of the client use all of it")]
pub(super) mod peer;

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

    let peer = Peer::content();
    let (finished, records) = scene!()
        .run(guests::HTTP)
        .flags(&["--allow-net", "127.0.0.1"])
        .args(&["http", &peer.authority(), "/"])
        .logged();
    assert!(
        finished.expect(0).says("body: ok 2 ok"),
        "{}",
        finished.stdout
    );
    let resource = format!("GET http://{}", peer.authority());
    allowed(&records, "http.request", &resource, "flags:0");
}

#[test]
pub(crate) fn http_many() {
    let peer = Peer::content();
    let run = scene!()
        .run(guests::HTTP_MANY)
        .flags(&["--allow-net", "127.0.0.1"])
        .args(&["5", "http", &peer.authority(), "/"])
        .finish();
    assert!(run.expect(0).says("answered: 5"), "{}", run.stdout);
    let run = scene!()
        .run(guests::HTTP_MANY)
        .args(&["5", "http", &peer.authority(), "/"])
        .finish();
    assert!(run.expect(0).says("under way: 0"), "{}", run.stdout);
}

#[test]
pub(crate) fn http_redirects() {
    let end = Peer::content();
    let location = format!("http://{}/next", end.authority());
    let peer = Peer::saying(format!(
        "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    ));
    let arguments = ["http", &peer.authority(), "/"];
    let run = scene!()
        .run(guests::HTTP_REDIRECTS)
        .flags(&["--allow-net", "127.0.0.1"])
        .args(&arguments)
        .finish();
    assert!(run.expect(0).says("answer: ok 200"), "{}", run.stdout);
    let run = scene!()
        .run(guests::HTTP_REDIRECTS)
        .flags(&["--allow-net", &peer.authority()])
        .args(&arguments)
        .finish();
    assert!(
        run.expect(0).says("handle: error HTTP-request-denied"),
        "{}",
        run.stdout
    );
}

#[test]
pub(crate) fn http_fields() {
    let run = |many: &str| {
        scene!()
            .run(guests::HTTP_FIELDS)
            .args(&["append", many])
            .finish()
    };
    assert!(run("100").expect(0).says("append: ok 100"));
    run("100000").expect(125);
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
