//! A run under the operator's ceiling.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails should say where"
)]

use std::sync::Arc;

use tollgate_policy::{
    Decision, Effective, EffectiveError, FsVerb, LimitKey, Operation, Outcome, Policy,
    PolicyBuilder, RelativeTo, Scope, ScopeSet, Stdio,
};

fn run(flags: &[(&str, &str)]) -> Policy {
    let mut builder = PolicyBuilder::new();
    for (flag, text) in flags {
        match *flag {
            "dir" => builder.dir(text),
            "net" => builder.allow_net(text),
            "limit" => builder.limit(text),
            "env" => builder.env(text),
            "audit" => builder.audit_file(text),
            other => panic!("{other}"),
        }
        .unwrap();
    }
    builder.build().unwrap()
}

fn ceiling(text: &str) -> Policy {
    Policy::ceiling_from_toml("ceiling.toml", &format!("version = 1\n{text}")).unwrap()
}

fn under(run: Policy, text: &str) -> Effective {
    Effective::new(run, Some(ceiling(text))).unwrap()
}

fn fs<'a>(verb: FsVerb, path: &'a str) -> Operation<'a> {
    Operation::Fs { verb, path }
}

fn decided(effective: &Effective, operation: &Operation<'_>) -> (Outcome, String) {
    let decision = effective.decide(operation);
    (decision.outcome(), decision.rule().to_string())
}

#[test]
fn the_rule_of_the_ceiling_is_named_when_the_ceiling_denies() {
    let effective = under(
        run(&[("dir", "x::/d")]),
        "[fs]\nallow = [\"/d/**\"]\ndeny = [\"write:/d/etc/**\"]\n[[mount]]\nhost = \"/srv\"\nguest = \"/nowhere\"\n",
    );
    let deny = |rule: &str| (Outcome::Deny, rule.to_owned());
    assert_eq!(
        decided(&effective, &fs(FsVerb::Write, "/d/x")),
        (Outcome::Allow, "flags:0".into())
    );
    assert_eq!(
        decided(&effective, &fs(FsVerb::Write, "/d/etc/x")),
        deny("ceiling:1")
    );
    assert_eq!(
        decided(&effective, &fs(FsVerb::Read, "/e")),
        deny("ceiling-default:fs")
    );
    assert_eq!(
        decided(
            &effective,
            &Operation::Stdio {
                stream: Stdio::Stdout
            }
        ),
        deny("ceiling-default:stdio")
    );
}

#[test]
fn what_the_run_denies_the_ceiling_does_not_allow() {
    let effective = under(
        run(&[]),
        "[fs]\ndefault = \"allow\"\n[tool]\nask = [\"*:*\"]\n",
    );
    let read = fs(FsVerb::Read, "/x");
    assert_eq!(
        decided(&effective, &read),
        (Outcome::Deny, "default:fs".into())
    );
}

#[test]
fn permissive_lets_pass_what_the_run_denies_and_the_ceiling_allows() {
    let text = "[fs]\nallow = [\"/a\"]\nask = [\"/q\"]\n[tool]\nallow = [\"*\"]\n";
    let effective = under(run(&[]), text).with_permissive(ScopeSet::NONE.with(Scope::Fs));
    let fs = |path| decided(&effective, &fs(FsVerb::Read, path));
    assert_eq!(fs("/a"), (Outcome::WouldDeny, "default:fs".into()));
    assert_eq!(fs("/q"), (Outcome::Deny, "default:fs".into()));
    assert_eq!(fs("/b"), (Outcome::Deny, "ceiling-default:fs".into()));
    assert_eq!(
        decided(&effective, &Operation::Tool { name: "t" }).0,
        Outcome::Deny
    );
}

#[test]
fn a_question_is_answered_by_whoever_is_asked_and_silence_denies() {
    let policy = || Policy::from_toml("f", "version = 1\n[tool]\nask = [\"*\"]\n").unwrap();
    let ask = |effective: &Effective| match effective.decide(&Operation::Tool { name: "t" }) {
        Decision::Ask(question, _) => question,
        other => panic!("{other:?}"),
    };
    let effective = Effective::new(policy(), None).unwrap();
    assert_eq!(
        ask(&effective).to_string(),
        "allow tool.invoke of t? (file:0 asks)"
    );
    assert_eq!(ask(&effective).allow().outcome(), Outcome::Allow);
    assert_eq!(ask(&effective).deny().outcome(), Outcome::Deny);
    let Decision::Deny(denial) = ask(&effective).unanswered() else {
        panic!("allowed")
    };
    assert_eq!(
        denial.to_string(),
        "tool.invoke of t is denied by file:0, which asks: there was nobody to answer"
    );

    let permissive = effective.with_permissive(ScopeSet::all());
    assert_eq!(ask(&permissive).unanswered().outcome(), Outcome::WouldDeny);
    assert_eq!(ask(&permissive).deny().outcome(), Outcome::Deny);
    let asks_too = ceiling("[tool]\nask = [\"*\"]\n");
    let both = Effective::new(policy(), Some(asks_too))
        .unwrap()
        .with_permissive(ScopeSet::all());
    assert_eq!(ask(&both).unanswered().outcome(), Outcome::Deny);
}

#[test]
fn limits_are_the_smaller_of_both_and_silence_is_the_default() {
    let effective = under(
        run(&[("limit", "memory=1GiB,wall=1s,handles=8000,fuel=10")]),
        "[limits]\nmemory = \"512MiB\"\nwall = \"1h\"\n",
    );
    let limits = effective.limits();
    assert_eq!(limits.memory, 512 << 20);
    assert_eq!(limits.wall.as_secs(), 1);
    assert_eq!(limits.handles, 4_096);
    assert_eq!(limits.fuel, Some(10));
}

#[test]
fn a_ceiling_without_mounts_lets_no_folder_in() {
    let run = run(&[("dir", "x::/d")]);
    let error = Effective::new(run.clone(), Some(ceiling("[fs]\ndefault = \"allow\"\n")));
    assert!(matches!(error, Err(EffectiveError::NoMounts { .. })));
    let effective = under(run, "[[mount]]\nhost = \"tenants\"\nread-only = true\n");
    let mounts = effective.ceiling_mounts().unwrap();
    let listed: Vec<_> = mounts
        .iter()
        .map(|m| (m.host.as_str(), m.read_only, m.relative_to))
        .collect();
    assert_eq!(listed, [("tenants", true, RelativeTo::PolicyFile)]);
    assert!(
        Effective::new(self::run(&[]), None)
            .unwrap()
            .ceiling_mounts()
            .is_none()
    );
}

#[test]
fn a_ceilings_mount_grants_the_place_that_it_names_or_any() {
    let anywhere = "[[mount]]\nhost = \"/srv\"\nread-only = true\n";
    let effective = under(run(&[("dir", "/srv/x::/d")]), anywhere);
    assert_eq!(
        decided(&effective, &fs(FsVerb::Read, "/d/f")),
        (Outcome::Allow, "flags:0".into())
    );
    assert_eq!(
        decided(&effective, &fs(FsVerb::Write, "/d/f")),
        (Outcome::Deny, "ceiling-default:fs".into())
    );
    let placed =
        "[[mount]]\nhost = \"/srv\"\nguest = \"/d\"\n[[mount]]\nhost = \"/opt\"\nguest = \"/d\"\n";
    let effective = under(run(&[("dir", "/srv/x::/d")]), placed);
    assert_eq!(
        decided(&effective, &fs(FsVerb::Write, "/d/f")).0,
        Outcome::Allow
    );
    let effective = under(run(&[("dir", "/srv/x::/e")]), placed);
    assert_eq!(
        decided(&effective, &fs(FsVerb::Write, "/e/f")).0,
        Outcome::Deny
    );
}

#[test]
fn a_ceiling_sets_no_variable_and_inherits_none() {
    let error =
        Policy::ceiling_from_toml("c", "version = 1\n[env]\nallow = [\"A=b\"]\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "c:3:11: [env] allow `A=(hidden)`: a ceiling sets no values; write the name alone"
    );
    let effective = under(run(&[("env", "A")]), "[env]\ndefault = \"allow\"\n");
    let host = [("A", "1"), ("B", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let names: Vec<_> = effective
        .environment(host)
        .into_iter()
        .map(|v| v.name)
        .collect();
    assert_eq!(names, ["A"]);
}

#[test]
fn the_log_of_the_ceiling_is_the_log() {
    let effective = under(run(&[("audit", "mine")]), "[audit]\nfile = \"theirs\"\n");
    assert_eq!(effective.audit().file.unwrap().path, "theirs");
}

#[test]
fn a_policy_of_a_run_is_no_ceiling() {
    let wrong = Effective::new(run(&[]), Some(run(&[])));
    assert!(matches!(
        wrong,
        Err(EffectiveError::WrongRole { wanted: "ceiling" })
    ));
    let wrong = Effective::new(ceiling(""), None);
    assert!(matches!(wrong, Err(EffectiveError::WrongRole { .. })));
}

#[test]
fn an_explanation_shows_every_rule_that_was_looked_at() {
    let mut builder = PolicyBuilder::new();
    builder.dir("x::/d").unwrap().deny_read("/d/k").unwrap();
    let text = "[fs]\ndefault = \"allow\"\n[[mount]]\nhost = \"/\"\n";
    let effective = under(builder.build().unwrap(), text);
    let explanation = effective.explain(&fs(FsVerb::Read, "/d/k"));
    let json = serde_json::to_value(&explanation).unwrap();
    let considered = |side: &str| -> Vec<String> {
        let rules = json.get(side).and_then(|side| side.get("rules")).unwrap();
        let rules = rules.as_array().unwrap().iter();
        rules
            .map(|rule| format!("{} {}", rule["rule"].as_str().unwrap(), rule["matched"]))
            .collect()
    };
    assert_eq!(considered("run"), ["flags:1 true", "flags:0 true"]);
    assert_eq!(considered("ceiling"), ["ceiling:1 true", "ceiling:0 false"]);
    assert_eq!(json["decision"], "deny");
    assert_eq!(json["rule"], "flags:1");
    assert_eq!(json["resource"], "/d/k");
}

#[test]
fn the_whole_policy_is_shown_as_json() {
    let mut builder = PolicyBuilder::new();
    builder
        .dir("./x::/d:ro")
        .unwrap()
        .limit("wall=90s")
        .unwrap();
    let json = builder.build().unwrap().to_json();
    assert_eq!(json["rules"][0]["rule"], "flags:0");
    assert_eq!(json["rules"][0]["origin"], "--dir ./x::/d:ro");
    assert_eq!(
        json["rules"][0]["operations"],
        serde_json::json!(["read", "readdir", "stat"])
    );
    assert_eq!(json["mounts"][0]["guest_path"], "/d");
    assert_eq!(
        json["limits"][1],
        serde_json::json!({
            "key": "wall", "value": "90s", "origin": "--limit wall=90s",
        })
    );
    assert_eq!(
        json["scopes"]["fs"],
        serde_json::json!({ "default": "deny", "decides": "strictest" })
    );
    assert_eq!(json["scopes"].get("env"), None);
}

/// An entry point may have a default of its own, and no more: what the run states and what the ceiling has both hold.
#[test]
fn another_default_gives_way_to_what_is_stated_and_to_the_ceiling() {
    let wall = |policy: &Effective| policy.limits().wall.as_secs();
    let bare = Effective::new(run(&[]), None).unwrap();
    assert_eq!(wall(&bare), 60);
    let longer = |policy: Effective| policy.limit_unless_stated(LimitKey::Wall, 300_000, "a test");
    assert_eq!(wall(&longer(bare)), 300);
    let stated = Effective::new(run(&[("limit", "wall=90s")]), None).unwrap();
    assert_eq!(wall(&longer(stated)), 90);
    let bounded = under(run(&[]), "[limits]\nwall = \"100s\"\n");
    assert_eq!(wall(&longer(bounded)), 100);
    let maker = Arc::new(Effective::new(run(&[("limit", "wall=7s")]), None).unwrap());
    let beneath = Effective::new(run(&[]), None).unwrap().beneath(&maker);
    assert_eq!(wall(&longer(beneath)), 7);
}

/// Finding a program to run is the embedder's own act; what a run loads by itself is not, and what is stated holds for both.
#[test]
fn a_ceiling_that_says_nothing_of_programs_lets_them_be_found_and_not_loaded() {
    let load = Operation::Program { path: "/program/a" };
    let allows = |policy: &Effective| matches!(policy.decide(&load), Decision::Allow(..));
    let silent = || under(run(&[]), "");
    assert!(!allows(&silent()) && !allows(&silent().with_program()));
    assert!(allows(&silent().finding_programs()));
    let without = || Effective::new(run(&[]), None).unwrap();
    assert!(!allows(&without()) && allows(&without().with_program()));
    let denies = || under(run(&[]), "[program]\ndefault = \"deny\"\n");
    assert!(!allows(&denies().with_program()) && !allows(&denies().finding_programs()));
    let allowing = || under(run(&[]), "[program]\ndefault = \"allow\"\n");
    assert!(!allows(&allowing()) && allows(&allowing().with_program()));
}

/// One policy serves every guest of a host, on whichever thread it runs.
#[test]
fn what_holds_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Effective>();
    shared::<Decision>();
}
