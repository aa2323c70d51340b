//! `tollgate.toml`: what it says, and where its mistakes are.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

use tollgate_policy::{
    AuditSettings, Clock, Detail, Effective, EnvVerb, FileProblem, Flush, FsVerb, HttpScheme,
    LONGEST_FILE, Operation, Outcome, Policy, PolicyBuilder, RelativeTo, Stdio,
};

const FULL: &str = r#"version = 1

[fs]
default = "deny"
allow = ["read:/usr/**", "stat:/usr"]
ask = ["write:/etc/**"]
deny = ["/usr/secret"]

[network]
allow = ["example.com:443", "listen:127.0.0.1:8080"]

[http]
allow = ["GET https://api.example"]
ca = ["roots.pem"]

[env]
allow = ["HOME", "TOKEN=canary"]

[stdio]
allow = ["stdout"]

[tool]
allow = ["git:*"]

[[mount]]
host = "./data"
guest = "/data"

[[mount]]
host = "/srv"
read-only = true

[limits]
memory = "64MiB"
handles = 100
wall = "5s"

[audit]
file = "run.jsonl"
flush = "each"
detail = "full"
rotate = "1MiB"
"#;

fn decide(policy: Policy, operation: &Operation<'_>) -> (Outcome, String) {
    let decision = Effective::new(policy, None).unwrap().decide(operation);
    (decision.outcome(), decision.rule().to_string())
}

fn full() -> Policy {
    Policy::from_toml("tollgate.toml", FULL).unwrap()
}

fn fs<'a>(verb: FsVerb, path: &'a str) -> Operation<'a> {
    Operation::Fs { verb, path }
}

/// `line:column: problem` of each mistake.
fn mistakes(text: &str) -> Vec<String> {
    let errors = Policy::from_toml("f.toml", text).unwrap_err();
    errors.errors().iter().map(ToString::to_string).collect()
}

#[test]
fn rules_are_numbered_from_the_top_and_remember_their_lines() {
    let rows: Vec<String> = full()
        .rules()
        .iter()
        .map(|row| {
            format!(
                "{} {} {} [{}] {} @{}",
                row.rule, row.scope, row.mode, row.operations, row.pattern, row.origin
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "file:0 fs deny [*] default @tollgate.toml:4",
            "file:1 fs allow [read readdir stat] /usr/** @tollgate.toml:5",
            "file:2 fs allow [stat] /usr @tollgate.toml:5",
            "file:3 fs ask [write create_dir rm rename symlink] /etc/** @tollgate.toml:6",
            "file:4 fs deny [*] /usr/secret @tollgate.toml:7",
            "file:5 network allow [connect send resolve] example.com:443 @tollgate.toml:10",
            "file:5 http allow [*] example.com:443 @tollgate.toml:10",
            "file:6 network allow [bind listen] 127.0.0.1:8080 @tollgate.toml:10",
            "file:7 http allow [*] GET https://api.example @tollgate.toml:13",
            "file:8 env allow [read] HOME @tollgate.toml:17",
            "file:9 env allow [read] TOKEN @tollgate.toml:17",
            "file:10 stdio allow [*] stdout @tollgate.toml:20",
            "file:11 tool allow [*] git:* @tollgate.toml:23",
            "file:12 fs allow [read write create_dir readdir stat rm rename symlink] the tree at /data @tollgate.toml:26",
            "file:13 fs allow [read readdir stat] the tree at /srv @tollgate.toml:30",
        ]
    );
}

#[test]
fn the_file_decides() {
    let allow = |rule: &str| (Outcome::Allow, rule.to_owned());
    let deny = |rule: &str| (Outcome::Deny, rule.to_owned());
    assert_eq!(
        decide(full(), &fs(FsVerb::Readdir, "/usr/lib")),
        allow("file:1")
    );
    assert_eq!(decide(full(), &fs(FsVerb::Stat, "/usr")), allow("file:2"));
    assert_eq!(decide(full(), &fs(FsVerb::Readdir, "/usr")), deny("file:0"));
    assert_eq!(
        decide(full(), &fs(FsVerb::Write, "/etc/x")),
        (Outcome::Ask, "file:3".to_owned())
    );
    assert_eq!(
        decide(full(), &fs(FsVerb::Stat, "/usr/secret")),
        deny("file:4")
    );
    assert_eq!(
        decide(full(), &fs(FsVerb::Rename, "/data/a")),
        allow("file:12")
    );
    assert_eq!(decide(full(), &fs(FsVerb::Write, "/srv/a")), deny("file:0"));
    assert_eq!(
        decide(full(), &Operation::Tool { name: "git:log" }),
        allow("file:11")
    );
    assert_eq!(
        decide(full(), &Operation::Tool { name: "sh:run" }),
        deny("default:tool")
    );
    let token = Operation::Env {
        verb: EnvVerb::Read,
        name: "TOKEN",
    };
    assert_eq!(decide(full(), &token), allow("file:9"));
    let request = Operation::Http {
        method: "POST",
        scheme: HttpScheme::Https,
        host: "example.com",
        port: 443,
        addr: None,
    };
    assert_eq!(decide(full(), &request), allow("file:5"));
}

#[test]
fn a_table_replaces_the_default_of_the_command_line() {
    let policy = || full().command_line_defaults();
    let stdio = |stream| Operation::Stdio { stream };
    assert_eq!(decide(policy(), &stdio(Stdio::Stdout)).0, Outcome::Allow);
    assert_eq!(decide(policy(), &stdio(Stdio::Stderr)).1, "default:stdio");
    assert_eq!(
        decide(policy(), &Operation::Clock { clock: Clock::Wall }).1,
        "builtin:1"
    );
    let empty = || {
        Policy::from_toml("f", "version = 1\n[clock]\n")
            .unwrap()
            .command_line_defaults()
    };
    assert_eq!(
        decide(empty(), &Operation::Clock { clock: Clock::Wall }).0,
        Outcome::Deny
    );
}

#[test]
fn mounts_limits_and_audit_are_read() {
    let policy = full();
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
            ("./data", "/data", "/data", false),
            ("/srv", "/srv", "/srv", true)
        ]
    );
    assert_eq!(policy.mounts()[0].relative_to, RelativeTo::PolicyFile);
    let limits = policy.limits();
    assert_eq!(
        (limits.memory, limits.handles, limits.wall.as_secs()),
        (64 << 20, 100, 5)
    );
    let AuditSettings {
        file,
        flush,
        detail,
        rotate,
        ..
    } = policy.audit();
    assert_eq!(file.unwrap().path, "run.jsonl");
    assert_eq!(
        (flush, detail, rotate),
        (Flush::Each, Detail::Full, 1 << 20)
    );
    assert_eq!(policy.authorities()[0].path, "roots.pem");
}

#[test]
fn flags_add_to_the_file_and_a_denial_of_either_wins() {
    let text = "version = 1\n[fs]\nallow = [\"read:/f/**\"]\ndeny = [\"/d/file\"]\n[limits]\nmemory = \"1MiB\"\nwall = \"1s\"\n";
    let mut builder = PolicyBuilder::from_toml("tollgate.toml", text).unwrap();
    builder
        .dir("x::/d")
        .unwrap()
        .deny_read("/f/flag")
        .unwrap()
        .limit("memory=2MiB")
        .unwrap();
    let policy = builder.build().unwrap();
    assert_eq!(policy.limits().memory, 2 << 20);
    assert_eq!(policy.limits().wall.as_secs(), 1);
    let effective = Effective::new(policy, None).unwrap();
    let rule = |path| effective.decide(&fs(FsVerb::Read, path)).rule().to_string();
    assert_eq!(rule("/f/x"), "file:0");
    assert_eq!(rule("/f/flag"), "flags:1");
    assert_eq!(rule("/d/x"), "flags:0");
    assert_eq!(rule("/d/file"), "file:1");
}

#[test]
fn unknown_keys_are_errors_with_a_place_and_a_suggestion() {
    let text = "version = 1\ntitle = \"x\"\n[fs]\nalow = []\n  dney = [\"/x\"]\n[netwrok]\nallow = []\n[[mount]]\nhost = \"x\"\nreadonly = true\n[limits]\nmemroy = 1\n[audit]\nflsh = \"each\"\n";
    assert_eq!(
        mistakes(text),
        [
            "2:1: unknown key `title` in the file",
            "4:1: unknown key `alow` in [fs]; did you mean `allow`?",
            "5:3: unknown key `dney` in [fs]; did you mean `deny`?",
            "6:2: unknown key `netwrok` in the file; did you mean `network`?",
            "10:1: unknown key `readonly` in [[mount]]; did you mean `read-only`?",
            "12:1: unknown key `memroy` in [limits]; did you mean `memory`?",
            "14:1: unknown key `flsh` in [audit]; did you mean `flush`?",
        ]
    );
}

#[test]
fn an_unknown_key_deep_in_an_inline_table_is_found_too() {
    assert_eq!(
        mistakes(
            "version = 1\nfs = { allow = [], al = [] }\nmount = [{ host = \"x\", gest = \"/\" }]\n"
        ),
        [
            "2:20: unknown key `al` in [fs]",
            "3:24: unknown key `gest` in [[mount]]; did you mean `guest`?",
        ]
    );
}

#[test]
fn misspelt_grants_are_errors_at_the_very_character() {
    let text = concat!(
        "version = 1\n",
        "[fs]\n",
        "allow = [\"raed:/x\", \"/ok\", 'read:/a/../b']\n",
        "deny = [\"*\"]\n",
        "[network]\n",
        "allow = [\n",
        "  \"example.com:99999\",\n",
        "  \"listen:nowhere\",\n",
        "]\n",
        "[http]\n",
        "allow = [\"GET htps://x\"]\n",
        "[stdio]\n",
        "allow = [\"stdot\"]\n",
        "[clock]\n",
        "deny = [\"Wall\"]\n",
        "[limits]\n",
        "memory = \"64MB\"\n",
        "wall = 5\n",
    );
    assert_eq!(
        mistakes(text),
        [
            "3:11: [fs] allow `raed:/x`: unknown operation word `raed`; did you mean `read`?",
            "3:37: [fs] allow `read:/a/../b`, at character 9: guest paths have no empty, `.` or `..` component and no final `/`",
            "4:10: [fs] deny `*`: no absolute path matches this: a pattern begins with `/` or `**` (`*` stops at `/`)",
            "7:16: [network] allow `example.com:99999`, at character 13: a port is a number from 1 to 65535, a range `a-b`, or `*`",
            "8:11: [network] allow `listen:nowhere`, at character 8: what is listened on is an address, a block, `localhost` or `*`",
            "11:15: [http] allow `GET htps://x`, at character 5: unknown scheme `htps`; did you mean `https`?",
            "13:11: [stdio] allow `stdot`: unknown standard stream `stdot`; did you mean `stdout`?",
            "15:10: [clock] deny `Wall`: unknown clock `Wall`; did you mean `wall`?",
            "17:10: memory: `MB` is no unit here: a number of bytes, as in `64MiB`, `512KiB` or `1000`, stands here; did you mean `64MiB`?",
            "18:8: wall: `` is no unit here: a time, as in `100ms`, `5s` or `2m`, stands here; did you mean `5s`?",
        ]
    );
}

#[test]
fn in_a_string_with_escapes_the_mistake_is_placed_at_the_string() {
    assert_eq!(
        mistakes("version = 1\n[fs]\nallow = [\"read:/\\u0061/../b\"]\n"),
        [
            "3:10: [fs] allow `read:/a/../b`, at character 9: guest paths have no empty, `.` or `..` component and no final `/`"
        ]
    );
}

#[test]
fn wrong_types_and_modes_are_errors_with_a_place() {
    for (text, wanted) in [
        (
            "version = 1\n[fs]\ndefault = \"alow\"\n",
            "3:11: unknown variant `alow`",
        ),
        (
            "version = 1\n[fs]\nallow = \"/x\"\n",
            "3:9: invalid type: string",
        ),
        (
            "version = 1\n[fs]\nallow = [1]\n",
            "3:10: invalid type: integer",
        ),
        ("version = 1\nfs = 3\n", "2:6: invalid type: integer"),
        (
            "version = 1\n[limits]\nhandles = -1\n",
            "3:11: a limit is a positive number",
        ),
        (
            "version = 1\n[limits]\nhandles = 0\n",
            "3:11: handles: zero is no limit",
        ),
        (
            "version = 1\n[[mount]]\nguest = \"/x\"\n",
            "2:1: missing field `host`",
        ),
        ("[fs]\n", "1:1: missing field `version`"),
        ("version = 2\n", "1:11: version 2 is not known here"),
        (
            "version = 1\n[audit]\nrotate = \"x\"\n",
            "3:10: [audit] rotate: a number of bytes",
        ),
        (
            "version = 1\n[[mount]]\nhost = \"\"\n",
            "3:8: [[mount]] host ``: a folder of the host",
        ),
        (
            "version = 1\n[[mount]]\nhost = \"x\"\nguest = \"\"\n",
            "4:9: [[mount]] guest ``: the guest path is empty",
        ),
    ] {
        let said = mistakes(text);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with(wanted), "{text:?}: {}", said[0]);
    }
}

#[test]
fn what_is_no_toml_is_an_error_with_a_place() {
    let said = mistakes("version = 1\n[fs\nallow = [\n");
    assert!(said[0].starts_with("2:"), "{said:?}");
    assert!(mistakes("version = 1\nversion = 1\n")[0].starts_with("2:1: duplicate key"));
    assert!(mistakes("version = 1\n[fs]\nallow = [\"x\"\n").len() == 1);
}

#[test]
fn i68_no_mistake_shows_the_value_of_a_variable() {
    for text in [
        "version = 1\n[env]\nallow = [\"TOKEN*=canary\"]\n",
        "version = 1\n[env]\ndeny = [\"TOKEN=canary\"]\n",
        "version = 1\n[env]\nallow = [\"TOKEN=canary\" \"x\"]\n",
        "version = 1\n[env]\nallow = [\"TOKEN=canary]\n",
        "version = 1\n[env]\nallow = [\"=canary\"]\n",
        "version = 1\n[env]\nallow = [[\"TOKEN=canary\"]]\n",
    ] {
        let errors = Policy::from_toml("f", text).unwrap_err();
        assert!(
            !format!("{errors} {errors:?}").contains("canary"),
            "{errors:?}"
        );
    }
}

#[test]
fn a_file_that_is_too_long_or_too_wild_is_refused() {
    let long = " ".repeat(LONGEST_FILE + 1);
    let errors = Policy::from_toml("f", &long).unwrap_err();
    assert!(matches!(
        errors.errors()[0].problem,
        FileProblem::TooLong { .. }
    ));
    let many = format!("version = 1\n[fs]\nallow = [{}]\n", "\"/x\",".repeat(5_000));
    let errors = Policy::from_toml("f", &many).unwrap_err();
    assert!(errors.to_string().contains("5000 patterns"), "{errors}");
    let nested = format!("version = 1\nx = {}", "[".repeat(100_000));
    assert!(Policy::from_toml("f", &nested).is_err());
}

#[test]
fn two_mounts_at_one_place_are_an_error_with_both_lines() {
    let said =
        mistakes("version = 1\n[[mount]]\nhost = \"a\"\nguest = \"/d\"\n[[mount]]\nhost = \"d\"\n");
    assert_eq!(said, ["1:1: f.toml:3 and f.toml:6 both mount at /d"]);
}
