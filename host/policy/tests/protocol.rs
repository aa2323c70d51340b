//! The permissions of the sidecar protocol.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::net::IpAddr;

use tollgate_policy::{
    Effective, EnvVerb, FsVerb, HttpScheme, NetworkTarget, NetworkVerb, Operation, Outcome, Policy,
    ProcessVerb, Transport,
};

fn effective(json: &str) -> Effective {
    Effective::new(Policy::from_protocol_json(json).unwrap(), None).unwrap()
}

fn outcome(effective: &Effective, operation: &Operation<'_>) -> Outcome {
    effective.decide(operation).outcome()
}

fn refused(json: &str) -> String {
    Policy::from_protocol_json(json).unwrap_err().to_string()
}

fn network<'a>(
    verb: NetworkVerb,
    transport: Transport,
    host: &'a str,
    port: Option<u16>,
) -> Operation<'a> {
    let target = NetworkTarget {
        transport,
        host: Some(host),
        addr: None,
        port,
    };
    Operation::Network { verb, target }
}

#[test]
fn permissions_without_a_scope_deny_it() {
    let effective = effective("{}");
    let read = Operation::Fs {
        verb: FsVerb::Read,
        path: "/a",
    };
    assert_eq!(outcome(&effective, &read), Outcome::Deny);
    assert_eq!(effective.decide(&read).rule().as_str(), "default:fs");
}

#[test]
fn a_mode_speaks_about_the_whole_scope() {
    let effective = effective(
        r#"{"fs":"allow","network":"allow","childProcess":"ask","process":"allow","env":"deny","binding":"allow"}"#,
    );
    let allowed = [
        Operation::Fs {
            verb: FsVerb::MountSensitive,
            path: "/",
        },
        network(NetworkVerb::Connect, Transport::Tcp, "10.0.0.1", Some(80)),
        network(NetworkVerb::Bind, Transport::Unix, "/run/s", None),
        Operation::Http {
            method: "GET",
            scheme: HttpScheme::Http,
            host: "a",
            port: 80,
            addr: None,
        },
        Operation::Process {
            verb: ProcessVerb::Inspect,
        },
        Operation::Tool { name: "a:b" },
    ];
    for operation in allowed {
        assert_eq!(
            outcome(&effective, &operation),
            Outcome::Allow,
            "{operation:?}"
        );
    }
    assert_eq!(
        outcome(&effective, &Operation::ChildProcess { command: "x" }),
        Outcome::Ask
    );
    let env = Operation::Env {
        verb: EnvVerb::Read,
        name: "A",
    };
    assert_eq!(outcome(&effective, &env), Outcome::Deny);
    assert_eq!(outcome(&effective, &Operation::Logging), Outcome::Deny);
    let host = [("A".to_owned(), "1".to_owned())];
    assert_eq!(effective.environment(host), []);
}

#[test]
fn both_names_of_the_tool_scope_are_taken_but_not_at_once() {
    for key in ["binding", "tool"] {
        let effective = effective(&format!(r#"{{"{key}":"allow"}}"#));
        assert_eq!(
            outcome(&effective, &Operation::Tool { name: "a:b" }),
            Outcome::Allow
        );
    }
    assert!(refused(r#"{"binding":"allow","tool":"deny"}"#).contains("duplicate field"));
}

#[test]
fn the_last_matching_rule_wins_over_stricter_ones() {
    let effective = effective(
        r#"{"fs":{"default":"deny","rules":[
            {"mode":"allow","operations":["*"],"paths":["/tmp/**","/x"]},
            {"mode":"deny","operations":["read","stat"],"paths":["/tmp/secret/*"]},
            {"mode":"allow","operations":["read"],"paths":["/tmp/secret/not"]}]}}"#,
    );
    let decided = |verb, path| {
        let decision = effective.decide(&Operation::Fs { verb, path });
        (decision.outcome(), decision.rule().to_string())
    };
    assert_eq!(
        decided(FsVerb::Write, "/tmp/secret/a"),
        (Outcome::Allow, "protocol:1".into())
    );
    assert_eq!(
        decided(FsVerb::Read, "/tmp/secret/a"),
        (Outcome::Deny, "protocol:2".into())
    );
    assert_eq!(
        decided(FsVerb::Read, "/tmp/secret/not"),
        (Outcome::Allow, "protocol:3".into())
    );
    assert_eq!(
        decided(FsVerb::Read, "/tmp"),
        (Outcome::Deny, "protocol:0".into())
    );
    // The words of the protocol are single operations, unlike those of files.
    assert_eq!(decided(FsVerb::Readdir, "/tmp/secret/a").0, Outcome::Allow);
}

#[test]
fn the_words_of_the_network_cover_what_they_say() {
    let one = |word: &str| {
        effective(&format!(
            r#"{{"network":{{"rules":[{{"mode":"allow","operations":["{word}"],"patterns":["**"]}}]}}}}"#
        ))
    };
    let request = Operation::Http {
        method: "GET",
        scheme: HttpScheme::Https,
        host: "a",
        port: 443,
        addr: None,
    };
    let allowed = |word: &str| -> Vec<&'static str> {
        let effective = one(word);
        let target = NetworkTarget {
            transport: Transport::Tcp,
            host: Some("a"),
            addr: None,
            port: Some(1),
        };
        let verbs = NetworkVerb::ALL.iter().map(|verb| Operation::Network {
            verb: *verb,
            target,
        });
        let operations = verbs.chain([request]);
        operations
            .filter(|o| outcome(&effective, o) == Outcome::Allow)
            .map(|o| o.name())
            .collect()
    };
    assert_eq!(allowed("fetch"), ["http.request"]);
    assert_eq!(
        allowed("http"),
        ["network.connect", "network.send", "http.request"]
    );
    assert_eq!(allowed("dns"), ["network.resolve"]);
    assert_eq!(
        allowed("listen"),
        ["network.bind", "network.listen", "network.serve"]
    );
    assert_eq!(allowed("inspect"), ["network.inspect"]);
    assert_eq!(allowed("*").len(), NetworkVerb::ALL.len() + 1);
    for verb in NetworkVerb::ALL {
        assert!(
            allowed(verb.protocol_word()).contains(&verb.operation()),
            "{verb}"
        );
    }
}

#[test]
fn network_resources_have_the_protocols_spelling() {
    let effective = effective(
        r#"{"network":{"rules":[{"mode":"allow","operations":["*"],"patterns":[
            "tcp://*.example:443","dns://*.example","udp://10.0.0.1:*","unix:///run/**","tcp://**:1"]}]}}"#,
    );
    let address: IpAddr = [10, 0, 0, 1].into();
    let allowed = [
        network(NetworkVerb::Connect, Transport::Tcp, "a.example", Some(443)),
        network(NetworkVerb::Resolve, Transport::Dns, "a.example", None),
        Operation::Network {
            verb: NetworkVerb::Send,
            target: NetworkTarget {
                transport: Transport::Udp,
                host: None,
                addr: Some(address),
                port: Some(5),
            },
        },
        network(NetworkVerb::Connect, Transport::Unix, "/run/a/b", None),
        Operation::Network {
            verb: NetworkVerb::Inspect,
            target: NetworkTarget {
                transport: Transport::Tcp,
                host: None,
                addr: None,
                port: Some(1),
            },
        },
        Operation::Http {
            method: "GET",
            scheme: HttpScheme::Https,
            host: "a.example",
            port: 443,
            addr: None,
        },
    ];
    for operation in allowed {
        assert_eq!(
            outcome(&effective, &operation),
            Outcome::Allow,
            "{operation:?}"
        );
    }
    let denied = [
        network(NetworkVerb::Connect, Transport::Tcp, "a.example", Some(80)),
        network(NetworkVerb::Connect, Transport::Udp, "a.example", Some(443)),
        network(NetworkVerb::Resolve, Transport::Dns, "example", None),
        network(NetworkVerb::Connect, Transport::Unix, "/tmp/a", None),
    ];
    for operation in denied {
        assert_eq!(
            outcome(&effective, &operation),
            Outcome::Deny,
            "{operation:?}"
        );
    }
}

#[test]
fn the_other_scopes_match_their_resources() {
    let effective = effective(
        r#"{"childProcess":{"rules":[{"mode":"allow","operations":["spawn"],"patterns":["git"]}]},
            "process":{"rules":[{"mode":"allow","operations":["inspect"],"patterns":["process://*"]}]},
            "env":{"rules":[{"mode":"allow","operations":["read"],"patterns":["LC_*"]}]},
            "tool":{"rules":[{"mode":"allow","operations":["invoke"],"patterns":["math:*"]}]}}"#,
    );
    assert_eq!(
        outcome(&effective, &Operation::ChildProcess { command: "git" }),
        Outcome::Allow
    );
    assert_eq!(
        outcome(&effective, &Operation::ChildProcess { command: "Git" }),
        Outcome::Deny
    );
    assert_eq!(
        outcome(
            &effective,
            &Operation::Process {
                verb: ProcessVerb::Inspect
            }
        ),
        Outcome::Allow
    );
    assert_eq!(
        outcome(
            &effective,
            &Operation::Env {
                verb: EnvVerb::Read,
                name: "LC_ALL"
            }
        ),
        Outcome::Allow
    );
    assert_eq!(
        outcome(
            &effective,
            &Operation::Env {
                verb: EnvVerb::Write,
                name: "LC_ALL"
            }
        ),
        Outcome::Deny
    );
    assert_eq!(
        outcome(&effective, &Operation::Tool { name: "math:add" }),
        Outcome::Allow
    );
}

#[test]
fn mistakes_are_refused_with_their_place() {
    let rule = |scope: &str, rule: &str| format!(r#"{{"{scope}":{{"rules":[{rule}]}}}}"#);
    let cases = [
        (
            rule("fs", r#"{"mode":"allow","operations":[],"paths":["/"]}"#),
            "fs.rules[0].operations must not be empty; use [\"*\"] for wildcard",
        ),
        (
            rule("fs", r#"{"mode":"allow","operations":["read"],"paths":[]}"#),
            "fs.rules[0].paths must not be empty; use [\"*\"] for wildcard",
        ),
        (
            rule(
                "network",
                r#"{"mode":"allow","operations":["*"],"patterns":[]}"#,
            ),
            "network.rules[0].patterns must not be empty; use [\"*\"] for wildcard",
        ),
        (
            rule("network", r#"{"mode":"allow","operations":["*"]}"#),
            "network.rules[0].patterns must not be empty; use [\"*\"] for wildcard",
        ),
        (
            rule(
                "fs",
                r#"{"mode":"allow","operations":["raed"],"paths":["/"]}"#,
            ),
            "fs.rules[0].operations: unknown operation word `raed`; did you mean `read`?",
        ),
        (
            rule(
                "network",
                r#"{"mode":"allow","operations":["connect"],"patterns":["**"]}"#,
            ),
            "network.rules[0].operations: unknown operation word `connect`",
        ),
        (
            rule(
                "env",
                r#"{"mode":"allow","operations":["read"],"patterns":[""]}"#,
            ),
            "env.rules[0].patterns: the pattern is empty",
        ),
    ];
    for (json, said) in cases {
        assert_eq!(refused(&json), said);
    }
    for (json, fragment) in [
        (r#"{"fss":"allow"}"#, "unknown field `fss`"),
        (
            r#"{"fs":"alow"}"#,
            "unknown mode `alow`; did you mean `allow`?",
        ),
        (r#"{"fs":"Allow"}"#, "unknown mode `Allow`"),
        (r#"{"fs":{"rule":[]}}"#, "unknown field `rule`"),
        (
            r#"{"fs":{"rules":[{"mode":"deny","operations":["*"],"patterns":["/"]}]}}"#,
            "unknown field `patterns`",
        ),
        (r#"{"fs":3}"#, "an object with rules"),
        ("3", "invalid type: integer"),
        ("", "EOF"),
    ] {
        assert!(
            refused(json).contains(fragment),
            "{json}: {}",
            refused(json)
        );
    }
}

#[test]
fn a_client_cannot_buy_memory_with_patterns() {
    let pattern = "x".repeat(1_000);
    let patterns = vec![pattern; 300];
    let json = serde_json::json!({
        "fs": { "rules": [{ "mode": "allow", "operations": ["*"], "paths": patterns }] },
    });
    assert!(refused(&json.to_string()).contains("300 patterns with 300000 bytes"));
    let patterns = vec!["x"; 5_000];
    let json = serde_json::json!({
        "env": { "rules": [{ "mode": "allow", "operations": ["*"], "patterns": patterns }] },
    });
    assert!(refused(&json.to_string()).contains("5000 patterns"));
}
