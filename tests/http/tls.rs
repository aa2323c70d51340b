//! TLS: whom it trusts, and what for.

use tollgate_tests::{Finished, Record, Scene, guests, scene};

use crate::peer::Peer;
use crate::requests::requests;
use crate::tls_peer::{Authority, Server};

fn ask(scene: &Scene, flags: &[&str], authority: &str) -> (Finished, Vec<Record>) {
    let run = scene
        .run(guests::HTTP)
        .flags(&["--allow-net", "localhost"])
        .flags(flags);
    let (finished, records) = run.args(&["https", authority, "/secret?a=b"]).logged();
    finished.expect(0);
    (finished, records)
}

fn refused(scene: &Scene, flags: &[&str], authority: &str, word: &str) {
    let (finished, records) = ask(scene, flags, authority);
    assert!(
        finished.says(&format!("answer: error {word}")),
        "{authority}: {}",
        finished.stdout
    );
    assert_eq!(
        requests(&records).last().unwrap().outcome,
        word,
        "{records:#?}"
    );
}

#[test]
fn a_server_is_trusted_by_an_authority_that_the_operator_names() {
    let authority = Authority::new();
    let server = Server::new(&authority, &["localhost", "127.0.0.1"], false);
    let scene = scene!();
    let ca = scene.write("ca.pem", authority.pem()).display().to_string();
    let to = format!("localhost:{}", server.port());
    let (finished, _) = ask(&scene, &["--ca", &ca], &to);
    assert!(
        finished.says("answer: ok 200") && finished.says("body: ok 7 0%20bytes"),
        "{}",
        finished.stdout
    );
    let line = format!("GET /secret?a=b HTTP/1.1 {to}");
    assert_eq!(server.seen(), std::slice::from_ref(&line));
    for spelling in [
        format!("LOCALHOST:{}", server.port()),
        format!("127.0.0.1:{}", server.port()),
    ] {
        let (finished, _) = ask(&scene, &["--ca", &ca], &spelling);
        assert!(
            finished.says("answer: ok 200"),
            "{spelling}: {}",
            finished.stdout
        );
    }
    assert_eq!(server.seen()[1], line);

    let policy = "version = 1\n[http]\nallow = [\"https://localhost:*\"]\nca = [\"ca.pem\"]\n";
    let run = scene
        .run(guests::HTTP)
        .policy(policy)
        .args(&["https", &to, "/"]);
    assert!(run.finish().expect(0).says("answer: ok 200"));
    let ceiling = scene
        .write("operator/ceiling.toml", policy)
        .display()
        .to_string();
    scene.write("operator/ca.pem", authority.pem());
    let run = scene
        .run(guests::HTTP)
        .flags(&["--ceiling", &ceiling, "--allow-net", "localhost"]);
    assert!(
        run.args(&["https", &to, "/"])
            .finish()
            .expect(0)
            .says("answer: ok 200")
    );
}

#[test]
fn a_server_that_nobody_vouches_for_is_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let scene = scene!();
    let ca = scene.write("ca.pem", authority.pem()).display().to_string();
    let server = Server::new(&authority, &["localhost"], false);
    let to = format!("localhost:{}", server.port());
    refused(&scene, &[], &to, "TLS-certificate-error");
    let strange = scene.write("other.pem", other.pem()).display().to_string();
    refused(&scene, &["--ca", &strange], &to, "TLS-certificate-error");
    // The name counts, not the address that it leads to.
    refused(
        &scene,
        &["--ca", &ca],
        &format!("127.0.0.1:{}", server.port()),
        "TLS-certificate-error",
    );
    assert!(server.seen().is_empty());
    let wrong = Server::new(&authority, &["other.example"], false);
    refused(
        &scene,
        &["--ca", &ca],
        &format!("localhost:{}", wrong.port()),
        "TLS-certificate-error",
    );
    let expired = Server::new(&authority, &["localhost"], true);
    refused(
        &scene,
        &["--ca", &ca],
        &format!("localhost:{}", expired.port()),
        "TLS-certificate-error",
    );
    assert!(wrong.seen().is_empty() && expired.seen().is_empty());
    let both = ["--ca", &strange, "--ca", &ca];
    assert!(
        ask(&scene, &both, &to).0.says("answer: ok 200"),
        "two files count together"
    );
}

#[test]
fn a_peer_without_tls_is_none_that_is_spoken_to() {
    let scene = scene!();
    let plain = Server::plain();
    refused(
        &scene,
        &[],
        &format!("localhost:{}", plain.port()),
        "TLS-protocol-error",
    );
    assert!(
        plain.seen().iter().all(|line| !line.contains("secret")),
        "{:?}",
        plain.seen()
    );
    let mute = Peer::saying("");
    let run = scene.run(guests::HTTP).flags(&["--allow-net", "localhost"]);
    let arguments = ["https", &mute.authority(), "/", "connect=300000000"];
    let finished = run.args(&arguments).finish();
    assert!(
        finished.expect(0).says("answer: error connection-timeout"),
        "{}",
        finished.stdout
    );
    let closing = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closing.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in closing.incoming() {
            drop(stream)
        }
    });
    refused(
        &scene,
        &[],
        &format!("127.0.0.1:{port}"),
        "connection-terminated",
    );
}

#[test]
fn a_real_server_without_tls_is_spoken_to_plainly() {
    let server = Server::plain();
    let scene = scene!();
    let run = scene.run(guests::HTTP).flags(&["--allow-net", "127.0.0.1"]);
    let to = format!("127.0.0.1:{}", server.port());
    let finished = run
        .args(&["http", &to, "/a?b=c", "method=POST", "size=100000"])
        .finish();
    assert!(
        finished.expect(0).says("body: ok 12 100000%20bytes"),
        "{}",
        finished.stdout
    );
    assert_eq!(server.seen(), [format!("POST /a?b=c HTTP/1.1 {to}")]);
}

#[test]
fn a_file_that_holds_no_authority_is_refused_at_the_start() {
    let scene = scene!();
    let large = vec![b'x'; (1 << 20) + 1];
    for (name, content, words) in [
        ("empty.pem", &b""[..], "holds no certificate"),
        ("words.pem", b"words", "holds no certificate"),
        (
            "bad.pem",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "cannot be read",
        ),
        ("large.pem", &large, "more than 1048576 bytes"),
    ] {
        scene.write(name, content);
        let finished = scene.run(guests::HELLO).flags(&["--ca", name]).finish();
        finished.expect(2);
        assert!(
            finished.stderr.contains(name) && finished.stderr.contains(words),
            "{}",
            finished.stderr
        );
        assert_eq!(finished.stdout, "");
    }
    for name in ["missing.pem", "work"] {
        let finished = scene.run(guests::HELLO).flags(&["--ca", name]).finish();
        finished.expect(2);
        assert!(finished.stderr.contains(name), "{}", finished.stderr);
    }
    let policy = "version = 1\n[http]\nca = [\"nowhere.pem\"]\n";
    let finished = scene.run(guests::HELLO).policy(policy).finish();
    assert!(
        finished.expect(2).stderr.contains("nowhere.pem"),
        "{}",
        finished.stderr
    );
}

#[test]
fn the_systems_authorities_are_read_for_a_request_that_needs_them_alone() {
    let authority = Authority::new();
    let server = Server::new(&authority, &["localhost"], false);
    let scene = scene!();
    // As OpenSSL's users know it: a store of the operator's choice in the place of the system's.
    let store = scene
        .write("store.pem", authority.pem())
        .display()
        .to_string();
    let run = scene.run(guests::HTTP).flags(&["--allow-net", "localhost"]);
    let run = run.host_env("SSL_CERT_FILE", &store);
    let finished = run
        .args(&["https", &format!("localhost:{}", server.port()), "/"])
        .finish();
    assert!(
        finished.expect(0).says("answer: ok 200"),
        "{}",
        finished.stdout
    );
}
