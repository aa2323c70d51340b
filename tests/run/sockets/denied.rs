//! What the network is denied: by default, by rules, and by what addresses mean.

use std::os::unix::net::UnixListener;
use std::time::Duration;

use tollgate_tests::{guests, scene};

use super::answers;
use super::peers::{listener, peer};
use crate::support::{denied, of_the_guest};

#[test]
pub(crate) fn sockets() {
    let refused = [
        "tcp connect: error access-denied",
        "tcp bind: error access-denied",
        "tcp listen: error access-denied",
        "udp bind: error access-denied",
        "udp stream: error access-denied",
        "lookup: error access-denied",
    ];
    let (finished, records) = scene!()
        .run(guests::SOCKETS)
        .args(&["192.0.2.7", "81", "a.example"])
        .logged();
    finished.expect(0);
    for line in refused {
        assert!(
            finished.says(line),
            "{line} is missing in {}",
            finished.stdout
        );
    }
    for (operation, resource) in [
        ("network.connect", "tcp://192.0.2.7:81"),
        ("network.bind", "tcp://192.0.2.7:81"),
        ("network.listen", "tcp://0.0.0.0:0"),
        ("network.bind", "udp://192.0.2.7:81"),
        ("network.connect", "udp://192.0.2.7:81"),
        ("network.resolve", "dns://a.example"),
    ] {
        denied(
            &records,
            operation,
            resource,
            "default:network",
            "access-denied",
        );
    }
}

#[test]
fn a_denial_stands_above_a_grant() {
    let flags = [
        "--allow-net",
        "192.0.2.0/24",
        "--deny-net",
        "192.0.2.7",
        "--allow-net",
        "*.example",
        "--deny-net",
        "a.example",
    ];
    let (finished, records) = scene!()
        .run(guests::SOCKETS)
        .flags(&flags)
        .args(&["192.0.2.7", "81", "a.example"])
        .logged();
    assert!(
        finished.expect(0).says("tcp connect: error access-denied"),
        "{}",
        finished.stdout
    );
    assert!(
        finished.says("lookup: error access-denied"),
        "{}",
        finished.stdout
    );
    let connect = ("network.connect", "tcp://192.0.2.7:81");
    denied(&records, connect.0, connect.1, "flags:2", "access-denied");
    let resolve = ("network.resolve", "dns://a.example");
    denied(&records, resolve.0, resolve.1, "flags:3", "access-denied");
}

/// Which grants admit the loopback, and which do not.
#[test]
pub(crate) fn net_ops() {
    let (_listener, port) = listener();
    let connect = format!("connect t 127.0.0.1:{port}");
    let exact = format!("127.0.0.1:{port}");
    let other = format!("127.0.0.1:{}", port.parse::<u16>().unwrap() ^ 1);
    let scene = scene!();
    for (flags, expected) in [
        (vec![], "error access-denied"),
        (vec!["--allow-net", "localhost"], "ok"),
        (vec!["--allow-net", &exact], "ok"),
        (vec!["--allow-net", "127.0.0.0/8"], "ok"),
        (vec!["--allow-net", &other], "error access-denied"),
        (vec!["--allow-net", "*"], "error access-denied"),
        (vec!["--allow-net", "a.example"], "error access-denied"),
        (vec!["--allow-net", "0.0.0.0"], "error access-denied"),
        (vec!["--allow-listen", "*"], "error access-denied"),
        (
            vec!["--allow-net", "localhost", "--deny-net", "127.0.0.1"],
            "error access-denied",
        ),
        (
            vec!["--allow-net", "localhost", "--deny-net", &exact],
            "error access-denied",
        ),
        (vec!["--allow-net", "localhost", "--deny-net", &other], "ok"),
    ] {
        let (answers, records) = answers(&scene, &flags, &["tcp t 4", &connect]);
        assert_eq!(answers, ["ok", expected], "{flags:?}");
        let decision = if expected == "ok" { "allow" } else { "deny" };
        let told = of_the_guest(&records)
            .into_iter()
            .rfind(|record| record.operation == "network.connect")
            .unwrap();
        assert_eq!(
            (told.decision.as_str(), told.resource.clone()),
            (decision, format!("tcp://{exact}")),
            "{flags:?}"
        );
    }
}

#[test]
fn i83_no_spelling_of_an_address_is_another_one() {
    let (_listener, port) = listener();
    let everything = [
        "--allow-net",
        "localhost",
        "--allow-net",
        "*",
        "--allow-net",
        "0.0.0.0/0",
        "--allow-net",
        "[::/0]",
        "--allow-listen",
        "*",
    ];
    let lines = [
        "tcp four 4".to_owned(),
        "tcp six 6".to_owned(),
        "udp u 6".to_owned(),
        format!("connect six [::ffff:127.0.0.1]:{port}"),
        format!("bind six [::ffff:127.0.0.1]:{port}"),
        format!("connect four 0.0.0.0:{port}"),
        format!("connect six [::]:{port}"),
        "connect four 127.0.0.1:0".to_owned(),
        format!("connect four 255.255.255.255:{port}"),
        format!("connect four 224.0.0.1:{port}"),
        format!("connect four [::1]:{port}"),
        "bind u [::ffff:127.0.0.1]:0".to_owned(),
        "bind u [::]:0".to_owned(),
        format!("stream u [::ffff:127.0.0.1]:{port}"),
        format!("stream u [::]:{port}"),
        "stream u [::1]:0".to_owned(),
        "stream u -".to_owned(),
        format!("send u [::ffff:127.0.0.1]:{port} text"),
        format!("send u [::]:{port} text"),
        "send u - text".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (answers, records) = answers(&scene!(), &everything, &lines);
    for (line, answer) in lines.iter().zip(&answers) {
        let ok = ["tcp", "udp"].contains(&line.split(' ').next().unwrap())
            || *line == "bind u [::]:0"
            || *line == "stream u -";
        let expected = if ok { "ok" } else { "error invalid-argument" };
        assert_eq!(answer, expected, "{line}");
    }
    assert!(
        !records
            .iter()
            .any(|record| ["network.connect", "network.send"].contains(&record.operation.as_str())),
        "{records:#?}"
    );
}

#[test]
fn i83_what_only_looks_like_a_name_is_none() {
    let lines = [
        "lookup 127.1",
        "lookup 0x7f000001",
        "lookup 2130706433",
        "lookup 0177.0.0.1",
        "lookup a@b.example",
        "lookup a..b",
        "lookup ''",
        "lookup ex\u{430}mple.com",
        "lookup fe80::1%lo",
        "lookup 127.0.0.1",
        "lookup ::1",
        "lookup ::ffff:127.0.0.1",
    ];
    let (answers, records) = answers(&scene!(), &["--allow-net", "*"], &lines);
    for (line, answer) in lines.iter().zip(&answers).take(9) {
        assert_eq!(answer, "error invalid-argument", "{line}");
    }
    // An address says what it is: nobody is asked.
    assert_eq!(
        answers.get(9..).unwrap(),
        ["ok 127.0.0.1", "ok ::1", "ok 127.0.0.1"]
    );
    assert!(
        !records
            .iter()
            .any(|record| record.operation == "network.resolve"),
        "{records:#?}"
    );
}

/// There is no family but those of IP, and a socket in a folder that the guest has is none that it can speak with.
#[test]
fn a64_no_socket_of_this_machine_is_reached() {
    let scene = scene!();
    let listener = UnixListener::bind(scene.path("work/control")).unwrap();
    listener.set_nonblocking(true).unwrap();
    for flags in ["read", "write", "read,write"] {
        let (answers, _) = scene.operations_logged(
            &[&format!("open p0 control - {flags}")],
            &[
                "--dir",
                &scene.dir(""),
                "--allow-net",
                "*",
                "--allow-net",
                "localhost",
            ],
        );
        let answer = answers.first().unwrap();
        assert!(answer.starts_with("error "), "{flags}: {answer}");
    }
    assert!(listener.accept().is_err(), "somebody connected");
    let wit = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../wit/deps/sockets.wit"
    ));
    let family = wit.split("enum ip-address-family {").nth(1).unwrap();
    let family = family.split('}').next().unwrap();
    let cases: Vec<&str> = family
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("///"))
        .collect();
    assert_eq!(cases, ["ipv4,", "ipv6,"]);
}

/// Denied, nobody is told anything: the connection is not even begun.
#[test]
fn what_is_denied_reaches_nobody() {
    let (_thread, port) = peer(|_| ());
    let (answers, _) = answers(
        &scene!(),
        &["--allow-net", "a.example"],
        &[
            "tcp t 4",
            &format!("start-connect t 127.0.0.1:{port}"),
            "finish-connect t",
        ],
    );
    assert_eq!(
        answers,
        ["ok", "error access-denied", "error not-in-progress"]
    );
    std::thread::sleep(Duration::from_millis(50));
    assert!(!_thread.is_finished(), "somebody connected");
}
