//! What network and HTTP grants reach.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use std::net::IpAddr;

use tollgate_policy::{
    Decision, Effective, GrantError, HttpScheme, Mode, NetworkTarget, NetworkVerb, Operation,
    Outcome, PolicyBuilder, Scope, Transport,
};

fn effective(
    make: impl FnOnce(&mut PolicyBuilder) -> Result<&mut PolicyBuilder, GrantError>,
) -> Effective {
    let mut builder = PolicyBuilder::new();
    make(&mut builder).unwrap();
    Effective::new(builder.build().unwrap(), None).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Whether a connection over TCP to `address`, perhaps by a name, is allowed.
fn connects(effective: &Effective, host: Option<&str>, address: &str, port: u16) -> bool {
    let target = NetworkTarget {
        transport: Transport::Tcp,
        host,
        addr: Some(ip(address)),
        port: Some(port),
    };
    allows(
        effective,
        &Operation::Network {
            verb: NetworkVerb::Connect,
            target,
        },
    )
}

fn resolves(effective: &Effective, host: &str) -> bool {
    let target = NetworkTarget {
        transport: Transport::Dns,
        host: Some(host),
        addr: None,
        port: None,
    };
    allows(
        effective,
        &Operation::Network {
            verb: NetworkVerb::Resolve,
            target,
        },
    )
}

fn binds(effective: &Effective, address: &str, port: u16) -> bool {
    let target = NetworkTarget {
        transport: Transport::Udp,
        host: None,
        addr: Some(ip(address)),
        port: Some(port),
    };
    allows(
        effective,
        &Operation::Network {
            verb: NetworkVerb::Bind,
            target,
        },
    )
}

fn requests(
    effective: &Effective,
    method: &str,
    url: (HttpScheme, &str, u16),
    addr: Option<&str>,
) -> bool {
    let (scheme, host, port) = url;
    allows(
        effective,
        &Operation::Http {
            method,
            scheme,
            host,
            port,
            addr: addr.map(ip),
        },
    )
}

fn allows(effective: &Effective, operation: &Operation<'_>) -> bool {
    effective.decide(operation).outcome() == Outcome::Allow
}

const PUBLIC: &str = "93.184.216.34";
const HTTPS: HttpScheme = HttpScheme::Https;

#[test]
fn a_name_grants_its_lookup_and_the_public_addresses_it_leads_to() {
    let effective = effective(|flags| flags.allow_net("example.com:443"));
    assert!(resolves(&effective, "example.com"));
    assert!(resolves(&effective, "EXAMPLE.com."));
    assert!(!resolves(&effective, "www.example.com"));
    assert!(!resolves(&effective, "example.com.evil.example"));
    assert!(connects(&effective, Some("example.com"), PUBLIC, 443));
    assert!(!connects(&effective, Some("example.com"), PUBLIC, 80));
    assert!(!connects(&effective, None, PUBLIC, 443));
    assert!(requests(
        &effective,
        "PUT",
        (HTTPS, "Example.com", 443),
        None
    ));
    assert!(requests(
        &effective,
        "GET",
        (HTTPS, "example.com", 443),
        Some(PUBLIC)
    ));
    assert!(!binds(&effective, "0.0.0.0", 443));
}

#[test]
fn i83_a_name_that_leads_inside_is_not_followed() {
    let effective = effective(|flags| flags.allow_net("rebinds.example")?.allow_net("*"));
    for inside in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1",
        "64:ff9b::7f00:1",
    ] {
        assert!(
            !connects(&effective, Some("rebinds.example"), inside, 80),
            "{inside}"
        );
        assert!(!connects(&effective, None, inside, 80), "{inside}");
        assert!(
            !requests(
                &effective,
                "GET",
                (HTTPS, "rebinds.example", 443),
                Some(inside)
            ),
            "{inside}"
        );
    }
    assert!(connects(&effective, Some("rebinds.example"), PUBLIC, 80));
}

#[test]
fn i83_odd_spellings_are_never_taken_for_addresses() {
    let effective = effective(|flags| flags.allow_net("127.0.0.1")?.allow_net("*"));
    for odd in [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0x7f.0.0.1",
        "127.0.0.1.",
        "a@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1#",
        "\u{ff11}27.0.0.1",
        "localhost",
        "x.localhost",
        "",
    ] {
        assert!(!resolves(&effective, odd), "{odd}");
        assert!(
            !requests(&effective, "GET", (HTTPS, odd, 443), Some("127.0.0.1")),
            "{odd}"
        );
        assert!(
            !requests(&effective, "GET", (HTTPS, odd, 443), Some(PUBLIC)),
            "{odd}"
        );
    }
    for plain in ["127.0.0.1", "[::ffff:127.0.0.1]"] {
        assert!(
            requests(&effective, "GET", (HTTPS, plain, 443), None),
            "{plain}"
        );
        assert!(
            requests(&effective, "GET", (HTTPS, plain, 443), Some("127.0.0.1")),
            "{plain}"
        );
        assert!(
            !requests(&effective, "GET", (HTTPS, plain, 443), Some("127.0.0.2")),
            "{plain}"
        );
    }
    assert!(resolves(&effective, "xn--bcher-kva.example"));
}

#[test]
fn an_internal_address_needs_a_grant_of_its_own_and_its_name_one_too() {
    let block = effective(|flags| flags.allow_net("10.0.0.0/8:5432"));
    assert!(connects(&block, None, "10.1.2.3", 5432));
    assert!(connects(&block, None, "::ffff:10.1.2.3", 5432));
    assert!(!connects(&block, None, "10.1.2.3", 5433));
    assert!(!connects(&block, None, "11.1.2.3", 5432));
    assert!(!resolves(&block, "db.internal"));
    assert!(!connects(&block, Some("db.internal"), "10.1.2.3", 5432));

    let both = effective(|flags| flags.allow_net("10.0.0.0/8")?.allow_net("db.internal"));
    assert!(resolves(&both, "db.internal"));
    assert!(connects(&both, Some("db.internal"), "10.1.2.3", 5432));
    assert!(!connects(&both, Some("db.internal"), "192.168.0.1", 5432));
    assert!(!connects(&both, Some("other.internal"), "10.1.2.3", 5432));
}

#[test]
fn localhost_is_both_loopbacks_and_no_other_spelling() {
    let effective = effective(|flags| flags.allow_net("localhost:8080"));
    assert!(resolves(&effective, "localhost"));
    assert!(resolves(&effective, "LOCALHOST."));
    for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert!(connects(&effective, None, address, 8080), "{address}");
        assert!(
            connects(&effective, Some("localhost"), address, 8080),
            "{address}"
        );
    }
    for address in [
        "0.0.0.0",
        "::",
        "10.0.0.1",
        PUBLIC,
        "64:ff9b::127.0.0.1",
        "::127.0.0.1",
    ] {
        assert!(!connects(&effective, None, address, 8080), "{address}");
        assert!(
            !connects(&effective, Some("localhost"), address, 8080),
            "{address}"
        );
    }
}

#[test]
fn a_star_is_every_public_address() {
    let effective = effective(|flags| flags.allow_net("*:443"));
    assert!(connects(&effective, None, PUBLIC, 443));
    assert!(connects(&effective, None, "2606:4700::1111", 443));
    assert!(connects(&effective, Some("any.example"), PUBLIC, 443));
    assert!(resolves(&effective, "any.example"));
    assert!(!connects(&effective, None, PUBLIC, 80));
    assert!(!connects(&effective, None, "192.168.1.1", 443));
}

#[test]
fn names_below_a_name_do_not_hold_the_name_itself() {
    let effective = effective(|flags| flags.allow_net("*.example.com"));
    assert!(resolves(&effective, "a.example.com"));
    assert!(resolves(&effective, "a.b.Example.com"));
    assert!(!resolves(&effective, "example.com"));
    assert!(!resolves(&effective, "aexample.com"));
}

#[test]
fn a_denial_covers_whatever_its_text_could_mean() {
    let effective = effective(|flags| {
        flags
            .allow_net("0.0.0.0/0")?
            .allow_net("[::]/0")?
            .allow_net("*")?
            .deny_net("127.0.0.0/8")?
            .deny_net("evil.example")?
            .deny_net("1.1.1.1:53")
    });
    for address in [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "64:ff9b::127.0.0.1",
        "::127.0.0.1",
    ] {
        assert!(!connects(&effective, None, address, 80), "{address}");
    }
    assert!(connects(&effective, None, "10.0.0.1", 80));
    assert!(!resolves(&effective, "Evil.example."));
    assert!(!requests(
        &effective,
        "GET",
        (HTTPS, "evil.example", 443),
        Some(PUBLIC)
    ));
    assert!(!connects(&effective, Some("evil.example"), PUBLIC, 443));
    assert!(!connects(&effective, None, "1.1.1.1", 53));
    assert!(connects(&effective, None, "1.1.1.1", 443));
    assert!(resolves(&effective, "fine.example"));
    // A denied port is no reason not to look a name up; an address without a port is one to refuse.
    let ports = self::effective(|flags| flags.allow_net("*")?.deny_net("*:25"));
    assert!(resolves(&ports, "mail.example"));
    assert!(connects(&ports, None, PUBLIC, 26));
    assert!(!connects(&ports, None, PUBLIC, 25));
    let target = NetworkTarget {
        transport: Transport::Tcp,
        host: None,
        addr: Some(ip(PUBLIC)),
        port: None,
    };
    let portless = Operation::Network {
        verb: NetworkVerb::Connect,
        target,
    };
    assert!(!allows(&ports, &portless));
}

#[test]
fn a_denial_of_everything_holds_for_internal_addresses_and_sockets_in_the_tree() {
    let mut builder = PolicyBuilder::new();
    builder.default_mode(Scope::Network, Mode::Allow);
    builder.deny_net("*").unwrap();
    let effective = Effective::new(builder.build().unwrap(), None).unwrap();
    assert!(!connects(&effective, None, "10.0.0.1", 80));
    assert!(!resolves(&effective, "a.example"));
    assert!(!resolves(&effective, "127.1"));
    assert!(binds(&effective, "127.0.0.1", 80));
}

#[test]
fn a64_no_grant_of_hosts_reaches_a_unix_socket() {
    let effective = effective(|flags| flags.allow_net("*")?.allow_listen("*"));
    let target = NetworkTarget {
        transport: Transport::Unix,
        host: Some("/run/x"),
        addr: None,
        port: None,
    };
    for verb in NetworkVerb::ALL {
        assert!(
            !allows(
                &effective,
                &Operation::Network {
                    verb: *verb,
                    target
                }
            ),
            "{verb}"
        );
    }
}

#[test]
fn listening_is_granted_apart_from_connecting() {
    let effective = effective(|flags| {
        flags
            .allow_listen("127.0.0.1:8000-8099")?
            .allow_listen("[::1]")?
            .allow_net("127.0.0.1")
    });
    assert!(binds(&effective, "127.0.0.1", 8000));
    assert!(!binds(&effective, "127.0.0.1", 80));
    assert!(!binds(&effective, "127.0.0.1", 0));
    assert!(!binds(&effective, "0.0.0.0", 8000));
    assert!(binds(&effective, "::1", 0));
    assert!(connects(&effective, None, "127.0.0.1", 1));
    assert!(!connects(&effective, None, "::1", 1));
}

#[test]
fn listening_everywhere_is_listening_where_it_is_denied() {
    let effective = effective(|flags| flags.allow_listen("*")?.deny_listen("192.168.0.0/16:22"));
    assert!(binds(&effective, "127.0.0.1", 22));
    assert!(!binds(&effective, "192.168.1.1", 22));
    assert!(!binds(&effective, "0.0.0.0", 22));
    assert!(!binds(&effective, "::", 22));
    assert!(binds(&effective, "0.0.0.0", 23));
}

#[test]
fn an_http_grant_looks_at_method_scheme_host_and_port() {
    let effective = effective(|flags| {
        flags
            .rule(Scope::Http, Mode::Allow, "GET https://api.example")?
            .rule(Scope::Http, Mode::Allow, "*://*.cdn.example:*")?
            .rule(Scope::Http, Mode::Deny, "POST *://b.cdn.example")
    });
    assert!(requests(
        &effective,
        "GET",
        (HTTPS, "api.example", 443),
        Some(PUBLIC)
    ));
    assert!(!requests(
        &effective,
        "get",
        (HTTPS, "api.example", 443),
        None
    ));
    assert!(!requests(
        &effective,
        "POST",
        (HTTPS, "api.example", 443),
        None
    ));
    assert!(!requests(
        &effective,
        "GET",
        (HttpScheme::Http, "api.example", 80),
        None
    ));
    assert!(!requests(
        &effective,
        "GET",
        (HTTPS, "api.example", 8443),
        None
    ));
    assert!(!requests(
        &effective,
        "GET",
        (HTTPS, "api.example", 443),
        Some("10.0.0.1")
    ));
    assert!(requests(
        &effective,
        "PUT",
        (HttpScheme::Http, "a.cdn.example", 8080),
        None
    ));
    assert!(!requests(
        &effective,
        "POST",
        (HTTPS, "b.cdn.example", 8443),
        None
    ));
    assert!(requests(
        &effective,
        "PUT",
        (HTTPS, "b.cdn.example", 8443),
        None
    ));
    assert!(!resolves(&effective, "api.example"));
    assert!(!connects(&effective, Some("api.example"), PUBLIC, 443));
}

#[test]
fn mistakes_in_http_grants_say_where() {
    for (text, offset, message) in [
        (
            "api.example",
            0,
            "an HTTP grant is `[METHOD ]SCHEME://HOST[:PORT]`; did you mean `https://api.example`?",
        ),
        (
            "get https://a",
            0,
            "a method is written in capital letters; did you mean `GET`?",
        ),
        (
            "GET htps://a",
            4,
            "unknown scheme `htps`; did you mean `https`?",
        ),
        (
            "https://a/path",
            9,
            "an HTTP grant ends with host and port; paths and queries are not looked at",
        ),
        (
            "GET https://a:0",
            14,
            "a port is a number from 1 to 65535, a range `a-b`, or `*`",
        ),
        (
            "https://u@a",
            8,
            "a host stands here, without scheme, path or userinfo",
        ),
    ] {
        let mut builder = PolicyBuilder::new();
        let error = builder
            .rule(Scope::Http, Mode::Allow, text)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.offset, offset, "{error}");
        assert!(error.to_string().ends_with(message), "{error}");
    }
    let mut builder = PolicyBuilder::new();
    for text in [
        "https://10.0.0.0/8",
        "https://[fd00::]/8:443",
        "http://[::1]:80",
        "*://*:*",
    ] {
        builder.rule(Scope::Http, Mode::Allow, text).unwrap();
    }
}

#[test]
fn a_permit_covers_the_address_that_was_judged_and_no_other() {
    let effective = effective(|flags| flags.allow_net("*"));
    let target = NetworkTarget {
        transport: Transport::Tcp,
        host: Some("a.example"),
        addr: Some(ip(PUBLIC)),
        port: Some(443),
    };
    let permit = |target| match effective.decide(&Operation::Network {
        verb: NetworkVerb::Connect,
        target,
    }) {
        Decision::Allow(permit, _) => permit,
        other => panic!("{other:?}"),
    };
    let judged = permit(target);
    assert!(judged.covers_network(NetworkVerb::Connect, ip(PUBLIC), 443));
    assert!(!judged.covers_network(NetworkVerb::Connect, ip("10.0.0.1"), 443));
    assert!(!judged.covers_network(NetworkVerb::Connect, ip(PUBLIC), 80));
    assert!(!judged.covers_network(NetworkVerb::Bind, ip(PUBLIC), 443));
    let early = permit(NetworkTarget {
        addr: None,
        ..target
    });
    assert!(!early.covers_network(NetworkVerb::Connect, ip(PUBLIC), 443));
}

#[test]
fn a_denied_internal_address_is_explained() {
    let effective = effective(|flags| flags.allow_net("db.internal"));
    let target = NetworkTarget {
        transport: Transport::Tcp,
        host: Some("db.internal"),
        addr: Some(ip("10.0.0.7")),
        port: Some(5432),
    };
    let decision = effective.decide(&Operation::Network {
        verb: NetworkVerb::Connect,
        target,
    });
    let Decision::Deny(denial) = decision else {
        panic!("{decision:?}")
    };
    assert_eq!(
        denial.to_string(),
        "network.connect of tcp://db.internal:5432 at 10.0.0.7 is denied by default:network: \
         no rule allows it; an address in 10.0.0.0/8 (private) needs a grant of the address or a block"
    );
}

#[test]
fn what_comes_in_is_decided_by_where_it_came_to() {
    let incoming = |local: &str, source: &str| Operation::Incoming {
        transport: Transport::Tcp,
        local: local.parse().unwrap(),
        source: source.parse().unwrap(),
    };
    let listening = effective(|builder| builder.allow_listen("127.0.0.1:8000-8999"));
    for source in ["127.0.0.1:50000", "203.0.113.9:1", "[2001:db8::1]:1"] {
        assert!(allows(&listening, &incoming("127.0.0.1:8080", source)));
        assert!(!allows(&listening, &incoming("127.0.0.1:80", source)));
        assert!(!allows(&listening, &incoming("0.0.0.0:8080", source)));
    }
    let denying = effective(|builder| builder.allow_listen("*")?.deny_listen("127.0.0.1"));
    assert!(!allows(&denying, &incoming("0.0.0.0:8080", "127.0.0.1:1")));
    // Connecting out is another grant.
    let outgoing = effective(|builder| builder.allow_net("localhost"));
    assert!(!allows(
        &outgoing,
        &incoming("127.0.0.1:8080", "127.0.0.1:1")
    ));

    let operation = incoming("127.0.0.1:8080", "203.0.113.9:1");
    assert_eq!(operation.name(), "network.listen");
    assert_eq!(
        operation.resource(),
        "tcp://127.0.0.1:8080 from 203.0.113.9:1"
    );
    let Decision::Allow(permit, _) = listening.decide(&operation) else {
        panic!("allowed above");
    };
    assert!(permit.covers_network(NetworkVerb::Listen, ip("127.0.0.1"), 8080));
    assert!(!permit.covers_network(NetworkVerb::Listen, ip("203.0.113.9"), 1));
}
