//! The grammar of each flag, its mistakes with their places, and what the flags decide.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use tollgate_policy::{
    BuildError, Clock, Decision, Effective, EnvVerb, FsVerb, GrantError, LimitKey, Operation,
    Outcome, Policy, PolicyBuilder, Random, Scope, Stdio,
};

fn policy(
    make: impl FnOnce(&mut PolicyBuilder) -> Result<&mut PolicyBuilder, GrantError>,
) -> Policy {
    let mut builder = PolicyBuilder::new();
    make(&mut builder).unwrap();
    builder.build().unwrap()
}

fn effective(
    make: impl FnOnce(&mut PolicyBuilder) -> Result<&mut PolicyBuilder, GrantError>,
) -> Effective {
    Effective::new(policy(make), None).unwrap()
}

/// Byte and message of the mistake that a flag makes.
fn mistake(
    make: impl FnOnce(&mut PolicyBuilder) -> Result<&mut PolicyBuilder, GrantError>,
) -> (usize, String) {
    let mut builder = PolicyBuilder::new();
    let error = make(&mut builder).map(|_| ()).unwrap_err();
    (error.offset, error.to_string())
}

fn fs(effective: &Effective, verb: FsVerb, path: &str) -> (Outcome, String) {
    let decision = effective.decide(&Operation::Fs { verb, path });
    (decision.outcome(), decision.rule().to_string())
}

fn allowed(rule: &str) -> (Outcome, String) {
    (Outcome::Allow, rule.to_owned())
}

fn denied(rule: &str) -> (Outcome, String) {
    (Outcome::Deny, rule.to_owned())
}

#[test]
fn nothing_is_granted_by_nothing() {
    let effective = Effective::new(PolicyBuilder::new().build().unwrap(), None).unwrap();
    let operations = [
        Operation::Fs {
            verb: FsVerb::Stat,
            path: "/",
        },
        Operation::Stdio {
            stream: Stdio::Stdout,
        },
        Operation::Clock {
            clock: Clock::Monotonic,
        },
        Operation::Random {
            source: Random::Insecure,
        },
        Operation::Env {
            verb: EnvVerb::Read,
            name: "",
        },
        Operation::ChildProcess { command: "sh" },
        Operation::Tool { name: "a:b" },
        Operation::Secret { name: "s" },
        Operation::Control { verb: "create-vm" },
        Operation::Config { key: "k" },
        Operation::Logging,
        Operation::Link { interface: "a:b/c" },
        Operation::Program {
            path: "/program/a.js",
        },
    ];
    for operation in operations {
        let decision = effective.decide(&operation);
        assert_eq!(decision.outcome(), Outcome::Deny, "{operation:?}");
        assert_eq!(
            decision.rule().as_str(),
            format!("default:{}", operation.scope())
        );
    }
}

#[test]
fn dir_grants_its_tree_and_nothing_else() {
    let effective = effective(|flags| flags.dir("./data")?.dir("/srv::ro-data:ro"));
    assert_eq!(fs(&effective, FsVerb::Write, "/data"), allowed("flags:0"));
    assert_eq!(fs(&effective, FsVerb::Rm, "/data/a/b"), allowed("flags:0"));
    assert_eq!(
        fs(&effective, FsVerb::MountSensitive, "/data"),
        denied("default:fs")
    );
    assert_eq!(fs(&effective, FsVerb::Read, "/"), denied("default:fs"));
    assert_eq!(
        fs(&effective, FsVerb::Read, "/ro-data/x"),
        allowed("flags:1")
    );
    assert_eq!(
        fs(&effective, FsVerb::Readdir, "/ro-data"),
        allowed("flags:1")
    );
    for verb in [
        FsVerb::Write,
        FsVerb::CreateDir,
        FsVerb::Rm,
        FsVerb::Rename,
        FsVerb::Symlink,
    ] {
        assert_eq!(fs(&effective, verb, "/ro-data/x"), denied("default:fs"));
    }
}

#[test]
fn dir_keeps_the_name_and_normalises_the_place() {
    let policy = policy(|flags| flags.dir(".")?.dir("../x/::sub/./dir:ro"));
    let mounts: Vec<_> = policy
        .mounts()
        .iter()
        .map(|m| {
            (
                m.host.as_str(),
                m.guest_name.as_str(),
                m.guest_path.as_str(),
                m.read_only,
            )
        })
        .collect();
    assert_eq!(
        mounts,
        [
            (".", ".", "/", false),
            ("../x/", "sub/./dir", "/sub/dir", true)
        ]
    );
}

#[test]
fn a66_a_mount_does_not_reach_its_sibling() {
    let effective = effective(|flags| flags.dir("x::/a"));
    assert_eq!(fs(&effective, FsVerb::Read, "/a/b"), allowed("flags:0"));
    assert_eq!(fs(&effective, FsVerb::Read, "/ab"), denied("default:fs"));
    assert_eq!(fs(&effective, FsVerb::Read, "/a b"), denied("default:fs"));
    assert_eq!(fs(&effective, FsVerb::Read, "/A"), denied("default:fs"));
}

#[test]
fn i51_a_path_that_is_not_canonical_lies_in_no_mount_of_its_ancestors() {
    // The vfs never asks so; if it did, no spelling may widen a grant.
    let effective = effective(|flags| flags.dir("x::/a"));
    for path in ["", "a", "a/b", "//a", "/./a", "/b/../a", "\0", "/a\0/../b"] {
        let (outcome, _) = fs(&effective, FsVerb::Read, path);
        assert_eq!(outcome, Outcome::Deny, "{path:?}");
    }
}

#[test]
fn a_folder_whose_name_has_wildcards_grants_only_itself() {
    let effective = effective(|flags| flags.dir("x::/a*?"));
    assert_eq!(fs(&effective, FsVerb::Read, "/a*?/f"), allowed("flags:0"));
    assert_eq!(fs(&effective, FsVerb::Read, "/abc/f"), denied("default:fs"));
}

#[test]
fn a_writable_mount_does_not_reach_into_a_read_only_one_inside_it() {
    let effective = effective(|flags| flags.dir("x::/")?.dir("y::/in:ro")?.dir("z::/in/out"));
    assert_eq!(fs(&effective, FsVerb::Write, "/other"), allowed("flags:0"));
    assert_eq!(fs(&effective, FsVerb::Write, "/in/f"), denied("default:fs"));
    assert_eq!(fs(&effective, FsVerb::Read, "/in/f"), allowed("flags:1"));
    assert_eq!(
        fs(&effective, FsVerb::Write, "/in/out/f"),
        allowed("flags:2")
    );
}

#[test]
fn two_mounts_at_one_place_are_a_mistake() {
    let mut builder = PolicyBuilder::new();
    builder.dir("a::/d").unwrap().dir("b::d/.").unwrap();
    let error = builder.build().unwrap_err();
    assert!(matches!(&error, BuildError::SamePlace { guest_path, .. } if guest_path == "/d"));
    assert_eq!(
        error.to_string(),
        "--dir a::/d and --dir b::d/. both mount at /d"
    );
}

#[test]
fn deny_read_and_deny_write_win_over_dir() {
    let effective = effective(|flags| {
        flags
            .dir("x::/d")?
            .deny_read("/d/secret/**")?
            .deny_write("/d/*.lock")
    });
    for verb in [FsVerb::Read, FsVerb::Readdir, FsVerb::Stat] {
        assert_eq!(fs(&effective, verb, "/d/secret/k"), denied("flags:1"));
    }
    assert_eq!(
        fs(&effective, FsVerb::Write, "/d/secret/k"),
        allowed("flags:0")
    );
    for verb in [
        FsVerb::Write,
        FsVerb::CreateDir,
        FsVerb::Rm,
        FsVerb::Rename,
        FsVerb::Symlink,
    ] {
        assert_eq!(fs(&effective, verb, "/d/a.lock"), denied("flags:2"));
    }
    assert_eq!(
        fs(&effective, FsVerb::Read, "/d/a.lock"),
        allowed("flags:0")
    );
    assert_eq!(
        fs(&effective, FsVerb::Write, "/d/sub/a.lock"),
        allowed("flags:0")
    );
}

#[test]
fn a61_a_denial_speaks_about_its_own_bytes_and_a_grant_about_its_own() {
    let effective = effective(|flags| flags.dir("x::/d")?.deny_read("/d/caf\u{e9}"));
    assert_eq!(
        fs(&effective, FsVerb::Read, "/d/caf\u{e9}"),
        denied("flags:1")
    );
    // Another name to the guest's tree, which never folds names: a different file.
    assert_eq!(
        fs(&effective, FsVerb::Read, "/d/cafe\u{301}"),
        allowed("flags:0")
    );
    assert_eq!(fs(&effective, FsVerb::Read, "/D/x"), denied("default:fs"));
}

#[test]
fn a_folder_can_be_renamed_only_where_rules_treat_all_of_it_alike() {
    let effective = effective(|flags| flags.dir("x::/d")?.deny_read("/d/a/secret"));
    assert!(effective.is_uniform("/d/b"));
    assert!(!effective.is_uniform("/d/a"));
    assert!(!effective.is_uniform("/d"));
    assert!(!effective.is_uniform("/"));
}

#[test]
fn env_grants_names_and_keeps_values_to_itself() {
    let policy = policy(|flags| {
        flags
            .env("HOME")?
            .env("LC_*")?
            .env("TOKEN=canary")?
            .deny_env("LC_SECRET")
    });
    let listing = format!("{policy:?} {} {:?}", policy.to_json(), policy.rules());
    assert!(!listing.contains("canary"));
    let effective = Effective::new(policy, None).unwrap();
    let env = |verb, name| effective.decide(&Operation::Env { verb, name }).outcome();
    assert_eq!(env(EnvVerb::Read, "HOME"), Outcome::Allow);
    assert_eq!(env(EnvVerb::Read, "LC_ALL"), Outcome::Allow);
    assert_eq!(env(EnvVerb::Read, "LC_SECRET"), Outcome::Deny);
    assert_eq!(env(EnvVerb::Read, "home"), Outcome::Deny);
    assert_eq!(env(EnvVerb::Write, "HOME"), Outcome::Deny);
    let host = [("HOME", "/h"), ("TOKEN", "host's"), ("OTHER", "x")];
    let host = host.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let names: Vec<_> = effective.environment(host).into_iter().collect();
    let names: Vec<_> = names
        .iter()
        .map(|v| (v.name.as_str(), v.value.reveal()))
        .collect();
    assert_eq!(names, [("HOME", "/h"), ("TOKEN", "canary")]);
}

#[test]
fn i68_a_mistake_in_env_does_not_show_the_value() {
    let (_, message) = mistake(|flags| flags.env("BAD*=canary"));
    assert_eq!(
        message,
        "--env `BAD*=(hidden)`: a name with `*` or `?` stands for several variables and takes no value"
    );
    let (_, message) = mistake(|flags| flags.deny_env("A=canary"));
    assert_eq!(
        message,
        "--deny-env `A=(hidden)`: only names stand here; a value is set where a variable is allowed"
    );
}

#[test]
fn mistakes_in_network_flags_say_where() {
    for (text, offset, message) in [
        ("", 0, "there is no host"),
        (":80", 0, "there is no host"),
        (
            "a.example:99999",
            10,
            "a port is a number from 1 to 65535, a range `a-b`, or `*`",
        ),
        (
            "a.example:",
            10,
            "a port is a number from 1 to 65535, a range `a-b`, or `*`",
        ),
        (
            "[::1]:x",
            6,
            "a port is a number from 1 to 65535, a range `a-b`, or `*`",
        ),
        (
            "[::1]80",
            5,
            "brackets hold an IPv6 address, and what follows them is `:PORT`",
        ),
        (
            "[::1",
            0,
            "brackets hold an IPv6 address, and what follows them is `:PORT`",
        ),
        (
            "[1.2.3.4]",
            0,
            "brackets hold an IPv6 address, and what follows them is `:PORT`",
        ),
        (
            "::1",
            0,
            "an IPv6 address stands in brackets: `[::1]` or `[::1]:PORT`",
        ),
        (
            "a.example:90-80",
            10,
            "the range of ports ends before it begins",
        ),
        (
            "10.0.0.0/33",
            0,
            "a block is ADDRESS/LENGTH, as in `10.0.0.0/8`",
        ),
        (
            "10.1.0.0/8:443",
            0,
            "the address has bits beyond the length of the block; did you mean `10.0.0.0/8`?",
        ),
        (
            "https://a.example",
            0,
            "a host stands here, without scheme, path or userinfo",
        ),
        (
            "me@a.example",
            0,
            "a host stands here, without scheme, path or userinfo",
        ),
        (
            "a.example,b.example",
            0,
            "one host stands here; give the flag (or a list item) once for each",
        ),
        (
            "a.*.example",
            0,
            "a wildcard is `*` alone or the first label, as in `*.example.com`",
        ),
        (
            "*a.example",
            0,
            "a wildcard is `*` alone or the first label, as in `*.example.com`",
        ),
        ("a b", 0, "` ` has no place there in a host name"),
        (
            "127.1",
            0,
            "a host whose last label is a number is no name; write an address as four decimal numbers",
        ),
    ] {
        let (at, said) = mistake(|flags| flags.allow_net(text));
        let place = if offset == 0 {
            String::new()
        } else {
            format!(", at character {}", offset + 1)
        };
        assert_eq!(
            (at, said),
            (offset, format!("--allow-net `{text}`{place}: {message}"))
        );
        assert_eq!(mistake(|flags| flags.deny_net(text)).0, offset);
    }
    let (_, message) = mistake(|flags| flags.allow_listen("a.example:80"));
    assert!(message.ends_with("what is listened on is an address, a block, `localhost` or `*`"));
}

#[test]
fn mistakes_in_path_and_limit_flags_say_where() {
    let (at, message) = mistake(|flags| flags.deny_read("*"));
    assert_eq!(at, 0);
    assert!(message.contains("no absolute path matches this"));
    assert_eq!(mistake(|flags| flags.deny_write("/a/../b")).0, 3);
    assert_eq!(mistake(|flags| flags.dir("/a::")).0, 4);
    for (text, offset, message) in [
        ("", 0, "a limit is KEY=VALUE, as in `memory=64MiB`"),
        ("memory", 0, "a limit is KEY=VALUE, as in `memory=64MiB`"),
        (
            "memroy=1MiB",
            0,
            "unknown limit `memroy`; did you mean `memory`?",
        ),
        (
            "wall=5s,memory=0",
            15,
            "memory: zero is no limit; leave the limit out to have its default",
        ),
        ("wall=5s,wall=6s", 8, "wall is stated twice"),
        ("wall=5s,", 8, "a limit is KEY=VALUE, as in `memory=64MiB`"),
        (
            "wall=5",
            5,
            "wall: `` is no unit here: a time, as in `100ms`, `5s` or `2m`, stands here; did you mean `5s`?",
        ),
        (
            "handles=9999999999",
            8,
            "handles: at most 1048576 can be stated",
        ),
    ] {
        let (at, said) = mistake(|flags| flags.limit(text));
        assert_eq!(at, offset, "{text}: {said}");
        assert!(said.ends_with(message), "{text}: {said}");
    }
    let (_, message) = mistake(|flags| flags.limit("wall=5s")?.limit("wall=6s"));
    assert!(message.ends_with("wall is stated twice"));
}

#[test]
fn limits_are_stated_or_default() {
    let policy = policy(|flags| {
        flags
            .limit("memory=64MiB,wall=5s,fuel=1000")?
            .limit("output=1KiB")
    });
    let limits = policy.limits();
    assert_eq!(limits.memory, 64 << 20);
    assert_eq!(limits.wall, std::time::Duration::from_secs(5));
    assert_eq!(limits.fuel, Some(1000));
    assert_eq!(limits.output, 1024);
    assert_eq!(Some(limits.handles), LimitKey::Handles.row().default);
}

#[test]
fn the_command_line_allows_streams_clocks_and_entropy_where_nothing_is_stated() {
    let mut builder = PolicyBuilder::new();
    builder
        .rule(Scope::Clock, tollgate_policy::Mode::Allow, "monotonic")
        .unwrap();
    builder.command_line_defaults();
    let effective = Effective::new(builder.build().unwrap(), None).unwrap();
    let rule = |operation| {
        let decision: Decision = effective.decide(&operation);
        (decision.outcome(), decision.rule().to_string())
    };
    assert_eq!(
        rule(Operation::Stdio {
            stream: Stdio::Stdin
        }),
        allowed("builtin:0")
    );
    assert_eq!(
        rule(Operation::Random {
            source: Random::Secure
        }),
        allowed("builtin:2")
    );
    assert_eq!(
        rule(Operation::Clock {
            clock: Clock::Monotonic
        }),
        allowed("api:0")
    );
    assert_eq!(
        rule(Operation::Clock { clock: Clock::Wall }),
        denied("default:clock")
    );
}

#[test]
fn a_denial_tells_the_operator_what_and_where() {
    let effective = effective(|flags| flags.dir("x::/d")?.deny_read("/d/k"));
    let said = |path| match effective.decide(&Operation::Fs {
        verb: FsVerb::Read,
        path,
    }) {
        Decision::Deny(denial) => denial.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(
        said("/d/k"),
        "fs.read of /d/k is denied by flags:1 (--deny-read /d/k)"
    );
    assert_eq!(
        said("/etc/passwd"),
        "fs.read of /etc/passwd is denied by default:fs: no rule allows it"
    );
}
