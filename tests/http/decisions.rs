//! Who may be reached: by the address that is dialled, however it is spelled.

use tollgate_tests::{Finished, Record, Scene, guests, scene};

use crate::peer::Peer;
use crate::requests::{last_run, requests};

fn run(scene: &Scene, flags: &[&str], arguments: &[&str]) -> (Finished, Vec<Record>) {
    let (finished, records) = scene
        .run(guests::HTTP)
        .flags(flags)
        .args(arguments)
        .logged();
    finished.expect(0);
    (finished, last_run(records))
}

fn reached(finished: &Finished) -> bool {
    finished.stdout.contains("answer: ok")
}

#[test]
fn i83_a_host_is_what_is_dialled_however_it_is_spelled() {
    let scene = scene!();
    let peer = Peer::content();
    let port = peer.port();
    // Each with whether it is reached where 127.0.0.1 is granted, and the word that it is refused with.
    for (host, granted, word) in [
        ("127.0.0.1", true, ""),
        ("[::ffff:127.0.0.1]", true, ""),
        ("[::ffff:7f00:1]", true, ""),
        ("[0:0:0:0:0:ffff:127.0.0.1]", true, ""),
        ("127.1", false, "HTTP-request-denied"),
        ("127.0.1", false, "HTTP-request-denied"),
        ("2130706433", false, "HTTP-request-denied"),
        ("0x7f000001", false, "HTTP-request-denied"),
        ("0x7f.0.0.1", false, "HTTP-request-denied"),
        ("017700000001", false, "HTTP-request-denied"),
        ("0177.0.0.1", false, "HTTP-request-denied"),
        ("127.0.0.1.", false, "HTTP-request-denied"),
        ("127.0.0.01", false, "HTTP-request-denied"),
        ("0.0.0.0", false, "HTTP-request-denied"),
        ("[::]", false, "HTTP-request-denied"),
        ("[::1]", false, "HTTP-request-denied"),
        ("[::127.0.0.1]", false, "HTTP-request-denied"),
        ("127.0.0.2", false, "HTTP-request-denied"),
        ("localhost", false, "HTTP-request-denied"),
        ("LOCALHOST.", false, "HTTP-request-denied"),
        ("a@127.0.0.1", false, "refused"),
        ("127.0.0.1@evil.example", false, "HTTP-request-denied"),
        ("xn--127001-9fd", false, "HTTP-request-denied"),
    ] {
        let authority = format!("{host}:{port}");
        let before = peer.seen().len();
        let (finished, records) = run(
            &scene,
            &["--allow-net", "127.0.0.1"],
            &["http", &authority, "/"],
        );
        assert_eq!(reached(&finished), granted, "{host}: {}", finished.stdout);
        assert_eq!(
            peer.seen().len() > before,
            granted,
            "{host} reached the peer"
        );
        let found = requests(&records);
        assert!(!found.is_empty(), "{host} left no record");
        let allowed = found.iter().all(|record| record.decision == "allow");
        assert_eq!(allowed, granted, "{host}: {found:#?}");
        assert!(
            granted || word == "refused" || finished.stdout.contains(word),
            "{host}: {}",
            finished.stdout
        );

        if granted {
            // All spellings of what is denied are it.
            let flags = ["--allow-net", "127.0.0.0/8", "--deny-net", "127.0.0.1"];
            let (finished, _) = run(&scene, &flags, &["http", &authority, "/"]);
            assert!(
                !reached(&finished),
                "{host} under a denial: {}",
                finished.stdout
            );
        }
    }
}

#[test]
fn i83_a_name_of_this_machine_is_reached_by_a_grant_of_it_alone() {
    let scene = scene!();
    let peer = Peer::content();
    let port = peer.port();
    for (host, field) in [("localhost", "localhost"), ("LocalHost", "localhost")] {
        let (finished, records) = run(
            &scene,
            &["--allow-net", "localhost"],
            &["http", &format!("{host}:{port}"), "/"],
        );
        assert!(reached(&finished), "{host}: {}", finished.stdout);
        let request = peer.seen().pop().unwrap().to_lowercase();
        assert!(
            request.contains(&format!("\r\nhost: {field}:{port}\r\n")),
            "{request}"
        );
        let found = requests(&records);
        let resources: Vec<&str> = found
            .iter()
            .map(|record| record.resource.as_str())
            .collect();
        let asked = format!("GET http://{}:{port}", host.to_lowercase());
        assert_eq!(resources[0], asked, "the lookup comes first: {resources:?}");
        assert_eq!(
            *resources.last().unwrap(),
            format!("{asked} at 127.0.0.1"),
            "{resources:?}"
        );
    }
    for flags in [
        &["--allow-net", "*"][..],
        &["--allow-net", "127.0.0.1"],
        &["--allow-net", "*.localhost"],
    ] {
        let (finished, records) = run(&scene, flags, &["http", &format!("localhost:{port}"), "/"]);
        assert!(
            finished.says("handle: error HTTP-request-denied"),
            "{flags:?}: {}",
            finished.stdout
        );
        assert_eq!(
            requests(&records).len(),
            1,
            "something was looked up: {records:#?}"
        );
    }
}

#[test]
fn a_denial_wins_over_a_grant() {
    let scene = scene!();
    let peer = Peer::content();
    let authority = peer.authority();
    for (flags, granted) in [
        (&["--allow-net", "127.0.0.1"][..], true),
        (
            &["--allow-net", "127.0.0.1", "--deny-net", "127.0.0.1"],
            false,
        ),
        (
            &[
                "--allow-net",
                "127.0.0.0/8",
                "--deny-net",
                "127.0.0.0/8:1-65535",
            ],
            false,
        ),
        (&["--allow-net", "127.0.0.1", "--deny-net", "*"], false),
        (
            &["--allow-net", "127.0.0.1", "--deny-net", "127.0.0.1:1"],
            true,
        ),
        (&["--allow-net", "127.0.0.1:1"], false),
        (&[], false),
    ] {
        let (finished, records) = run(&scene, flags, &["http", &authority, "/"]);
        assert_eq!(
            reached(&finished),
            granted,
            "{flags:?}: {}",
            finished.stdout
        );
        let decision = if granted { "allow" } else { "deny" };
        assert!(
            requests(&records)
                .iter()
                .all(|record| record.decision == decision),
            "{flags:?}: {records:#?}"
        );
    }
}

#[test]
fn a_policy_file_grants_by_method_scheme_host_and_port() {
    let scene = scene!();
    let peer = Peer::content();
    let (authority, port) = (peer.authority(), peer.port());
    for (grant, method, granted) in [
        (format!("http://127.0.0.1:{port}"), "GET", true),
        (format!("GET http://127.0.0.1:{port}"), "GET", true),
        (format!("GET http://127.0.0.1:{port}"), "POST", false),
        (format!("GET http://127.0.0.1:{port}"), "get", false),
        (format!("POST http://127.0.0.1:{port}"), "POST", true),
        (format!("*://127.0.0.1:{port}"), "PURGE", true),
        (format!("https://127.0.0.1:{port}"), "GET", false),
        ("http://127.0.0.1".to_owned(), "GET", false),
        ("http://127.0.0.1:*".to_owned(), "GET", true),
        (format!("http://127.0.0.2:{port}"), "GET", false),
    ] {
        let policy = format!("version = 1\n[http]\nallow = [\"{grant}\"]\n");
        let run = scene.run(guests::HTTP).policy(&policy);
        let (finished, records) = run
            .args(&["http", &authority, "/", &format!("method={method}")])
            .logged();
        finished.expect(0);
        assert_eq!(
            reached(&finished),
            granted,
            "{grant} {method}: {}",
            finished.stdout
        );
        let records = last_run(records);
        let found = requests(&records);
        assert_eq!(found.len(), 1, "{records:#?}");
        assert!(
            found[0].resource.starts_with(&format!("{method} ")),
            "{found:?}"
        );
        let rule = if granted { "file:0" } else { "default:http" };
        assert_eq!(found[0].rule, rule, "{grant} {method}");
    }
    let policy = format!(
        "version = 1\n[http]\nallow = [\"http://127.0.0.1:*\"]\ndeny = [\"DELETE http://127.0.0.1:{port}\"]\n"
    );
    for (method, granted) in [("GET", true), ("DELETE", false)] {
        let run = scene.run(guests::HTTP).policy(&policy);
        let finished = run
            .args(&["http", &authority, "/", &format!("method={method}")])
            .finish();
        assert_eq!(reached(&finished), granted, "{method}: {}", finished.stdout);
    }
}

#[test]
fn a_ceiling_is_not_exceeded() {
    let (peer, other) = (Peer::content(), Peer::content());
    let scene = scene!();
    let text = format!(
        "version = 1\n[http]\nallow = [\"http://{}\"]\n",
        peer.authority()
    );
    let ceiling = scene.write("ceiling.toml", text).display().to_string();
    for (to, granted) in [(&peer, true), (&other, false)] {
        let run =
            scene
                .run(guests::HTTP)
                .flags(&["--ceiling", &ceiling, "--allow-net", "127.0.0.1"]);
        let finished = run.args(&["http", &to.authority(), "/"]).finish();
        assert_eq!(reached(finished.expect(0)), granted, "{}", finished.stdout);
    }
    assert!(other.seen().is_empty());
}

#[test]
fn what_is_no_url_is_sent_to_nobody() {
    let scene = scene!();
    for (scheme, authority, word) in [
        ("ftp", "127.0.0.1", "HTTP-request-denied"),
        ("http", "127.0.0.1:99999", "HTTP-request-denied"),
        ("http", "127.0.0.1:0", "HTTP-request-denied"),
        ("http", "127.0.0.1:080", "HTTP-request-denied"),
        ("http", "", "HTTP-request-denied"),
    ] {
        let (finished, records) = run(
            &scene,
            &["--allow-net", "127.0.0.1"],
            &[scheme, authority, "/"],
        );
        assert!(
            finished.stdout.contains(&format!("handle: error {word}")),
            "{scheme} {authority}: {}",
            finished.stdout
        );
        let found = requests(&records);
        assert!(
            found.len() == 1 && found[0].decision == "deny",
            "{found:#?}"
        );
    }
    // Let through, it is still no URL.
    let (finished, _) = run(
        &scene,
        &["--permissive=http"],
        &["http", "127.0.0.1:99999", "/"],
    );
    assert!(
        finished.says("handle: error HTTP-request-URI-invalid"),
        "{}",
        finished.stdout
    );
    let (finished, _) = run(&scene, &["--permissive=http"], &["ftp", "127.0.0.1", "/"]);
    assert!(
        finished.says("handle: error HTTP-protocol-error"),
        "{}",
        finished.stdout
    );
}
