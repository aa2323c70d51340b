//! The engine against a naive model of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails should say where, and the model must stay naive"
)]

mod model;

use model::{ModelRule, last_match, matches, meet, strictest};
use proptest::prelude::*;
use tollgate_policy::{
    Decision, Effective, FsVerb, Mode, Operation, Outcome, Pattern, Policy, PolicyBuilder, Scope,
    ScopeSet,
};

/// Few letters, so that things meet.
fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab/*?]{1,10}",
        "/[ab/*?]{0,10}",
        "/(a|b|ab|\\*|\\*\\*)(/(a|b|ab|\\*|\\*\\*)){0,3}"
    ]
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof!["/(a|b|ab|c)(/(a|b|ab|c)){0,3}", "[ab/]{0,10}"]
}

/// Patterns that a file takes: a component is something, and the first character a slash.
fn file_pattern() -> impl Strategy<Value = String> {
    "/(a|b|ab|\\*|\\*\\*|\\?|a\\*)(/(a|b|ab|\\*|\\*\\*|\\?)){0,3}"
}

fn mode() -> impl Strategy<Value = Mode> {
    proptest::sample::select(Mode::ALL)
}

fn verb() -> impl Strategy<Value = FsVerb> {
    proptest::sample::select(FsVerb::ALL)
}

fn protocol_word() -> impl Strategy<Value = String> {
    let words = FsVerb::ALL.iter().map(|verb| verb.as_str()).chain(["*"]);
    proptest::sample::select(words.map(str::to_owned).collect::<Vec<_>>())
}

fn protocol_rule() -> impl Strategy<Value = ModelRule> {
    let words = proptest::collection::vec(protocol_word(), 1..3);
    let patterns = proptest::collection::vec(pattern(), 1..3);
    (mode(), words, patterns).prop_map(|(mode, words, patterns)| ModelRule {
        mode,
        words,
        patterns,
    })
}

/// A rule as a file lists it, `WORD:GLOB`; `read` and `write` of a file are several words.
fn file_rule() -> impl Strategy<Value = (ModelRule, String)> {
    let spelled = |word: &str| -> Vec<String> {
        let words: &[&str] = match word {
            "read" => &["read", "readdir", "stat"],
            "write" => &["write", "create_dir", "rm", "rename", "symlink"],
            word => &[word],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    };
    (mode(), protocol_word(), file_pattern()).prop_map(move |(mode, word, pattern)| {
        let text = format!("{word}:{pattern}");
        (
            ModelRule {
                mode,
                words: spelled(&word),
                patterns: vec![pattern],
            },
            text,
        )
    })
}

fn protocol_policy(default: Option<Mode>, rules: &[ModelRule]) -> Policy {
    let rules: Vec<serde_json::Value> = rules
        .iter()
        .map(|rule| {
            serde_json::json!({
                "mode": rule.mode, "operations": rule.words, "paths": rule.patterns,
            })
        })
        .collect();
    let mut scope = serde_json::json!({ "rules": rules });
    if let Some(default) = default {
        scope["default"] = default.as_str().into();
    }
    Policy::from_protocol_json(&serde_json::json!({ "fs": scope }).to_string()).unwrap()
}

fn file_policy(mut builder: PolicyBuilder, default: Mode, rules: &[(ModelRule, String)]) -> Policy {
    for (rule, text) in rules {
        builder.rule(Scope::Fs, rule.mode, text).unwrap();
    }
    builder.default_mode(Scope::Fs, default);
    builder.build().unwrap()
}

fn rules_of(rules: &[(ModelRule, String)]) -> Vec<ModelRule> {
    rules.iter().map(|(rule, _)| rule.clone()).collect()
}

/// The mode that a decision stands for.
fn mode_of(decision: &Decision) -> Mode {
    match decision {
        Decision::Allow(..) => Mode::Allow,
        Decision::Ask(..) => Mode::Ask,
        Decision::WouldDeny(..) | Decision::Deny(_) => Mode::Deny,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_matcher_agrees_with_trying_everything(pattern in pattern(), text in path()) {
        let compiled = Pattern::new(&pattern).unwrap();
        prop_assert_eq!(compiled.matches(&text), matches(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn the_matcher_agrees_on_any_bytes(pattern in ".{1,12}", text in ".{0,12}") {
        let compiled = Pattern::new(&pattern).unwrap();
        prop_assert_eq!(compiled.matches(&text), matches(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn a_pattern_without_wildcards_matches_itself_alone(text in "[a-z/]{1,20}", other in "[a-z/]{0,20}") {
        let pattern = Pattern::new(&text).unwrap();
        prop_assert!(pattern.matches(&text));
        prop_assert_eq!(pattern.matches(&other), text == other);
    }

    #[test]
    fn in_the_protocol_the_last_match_wins(
        default in proptest::option::of(mode()),
        rules in proptest::collection::vec(protocol_rule(), 0..6),
        verb in verb(),
        path in path(),
    ) {
        let effective = Effective::new(protocol_policy(default, &rules), None).unwrap();
        let decision = effective.decide(&Operation::Fs { verb, path: &path });
        let model_default = default.unwrap_or(Mode::Deny);
        let (mode, index) = last_match(model_default, &rules, verb.as_str(), &path);
        prop_assert_eq!(mode_of(&decision), mode);
        // The stated default is the first statement.
        let offset = usize::from(default.is_some());
        let rule = match (index, default) {
            (Some(index), _) => format!("protocol:{}", index + offset),
            (None, Some(_)) => "protocol:0".to_owned(),
            (None, None) => "default:fs".to_owned(),
        };
        prop_assert_eq!(decision.rule().as_str(), rule);
    }

    #[test]
    fn in_files_the_strictest_match_wins(
        default in mode(),
        rules in proptest::collection::vec(file_rule(), 0..6),
        verb in verb(),
        path in path(),
    ) {
        let policy = file_policy(PolicyBuilder::new(), default, &rules);
        let effective = Effective::new(policy, None).unwrap();
        let decision = effective.decide(&Operation::Fs { verb, path: &path });
        let (mode, index) = strictest(default, &rules_of(&rules), verb.as_str(), &path);
        prop_assert_eq!(mode_of(&decision), mode);
        let rule = format!("api:{}", index.unwrap_or(rules.len()));
        prop_assert_eq!(decision.rule().as_str(), rule);
    }

    #[test]
    fn a_ceiling_and_a_run_meet(
        run_default in mode(),
        run in proptest::collection::vec(protocol_rule(), 0..4),
        ceiling_default in mode(),
        ceiling in proptest::collection::vec(file_rule(), 0..4),
        verb in verb(),
        path in path(),
        permissive in any::<bool>(),
    ) {
        let (run_mode, _) = last_match(run_default, &run, verb.as_str(), &path);
        let (ceiling_mode, ceiling_index) =
            strictest(ceiling_default, &rules_of(&ceiling), verb.as_str(), &path);
        let ceiling_rule = format!("ceiling:{}", ceiling_index.unwrap_or(ceiling.len()));

        let run = protocol_policy(Some(run_default), &run);
        let ceiling = file_policy(PolicyBuilder::ceiling(), ceiling_default, &ceiling);
        let scopes = if permissive { ScopeSet::all() } else { ScopeSet::NONE };
        let effective = Effective::new(run, Some(ceiling)).unwrap().with_permissive(scopes);
        let operation = Operation::Fs { verb, path: &path };
        let decision = effective.decide(&operation);

        prop_assert_eq!(mode_of(&decision), meet(run_mode, ceiling_mode));
        let would = permissive && run_mode == Mode::Deny && ceiling_mode == Mode::Allow;
        prop_assert_eq!(decision.outcome() == Outcome::WouldDeny, would);
        if ceiling_mode == Mode::Deny {
            prop_assert_eq!(decision.rule().as_str(), ceiling_rule);
        }
        let explanation = effective.explain(&operation);
        prop_assert_eq!(explanation.decision, decision.outcome());
        prop_assert_eq!(&explanation.rule, decision.rule());
        prop_assert_eq!(explanation.run.mode, run_mode);
        prop_assert_eq!(explanation.ceiling.unwrap().mode, ceiling_mode);
    }

    #[test]
    fn in_a_uniform_tree_one_decision_is_every_decision(
        default in mode(),
        rules in proptest::collection::vec(file_rule(), 0..5),
        verb in verb(),
        root in "/(a|b|ab)(/(a|b)){0,2}",
        below in proptest::collection::vec("(/(a|b|ab|c)){0,3}", 1..8),
    ) {
        let policy = file_policy(PolicyBuilder::new(), default, &rules);
        let effective = Effective::new(policy, None).unwrap();
        if effective.is_uniform(&root) {
            let at_root = mode_of(&effective.decide(&Operation::Fs { verb, path: &root }));
            for below in below {
                let path = format!("{root}{below}");
                let decision = effective.decide(&Operation::Fs { verb, path: &path });
                prop_assert_eq!(mode_of(&decision), at_root);
            }
        }
    }

    #[test]
    fn no_text_makes_a_grammar_panic(text in "\\PC{0,24}") {
        let mut builder = PolicyBuilder::new();
        drop(builder.dir(&text).map(|_| ()));
        drop(builder.env(&text).map(|_| ()));
        drop(builder.allow_net(&text).map(|_| ()));
        drop(builder.allow_listen(&text).map(|_| ()));
        drop(builder.deny_read(&text).map(|_| ()));
        drop(builder.limit(&text).map(|_| ()));
        for scope in Scope::ALL {
            drop(builder.rule(*scope, Mode::Allow, &text).map(|_| ()));
        }
        drop(Policy::from_toml("f", &text));
        drop(Policy::from_protocol_json(&text));
    }

    #[test]
    fn no_network_text_makes_a_grammar_panic(text in "[\\[\\]:./*0-9a-f@,-]{0,16}") {
        let mut builder = PolicyBuilder::new();
        drop(builder.allow_net(&text).map(|_| ()));
        drop(builder.deny_listen(&text).map(|_| ()));
        drop(builder.rule(Scope::Http, Mode::Deny, &format!("https://{text}")).map(|_| ()));
    }

    /// What a grant displays is a grant of the same.
    #[test]
    fn a_network_grant_reads_back_from_its_display(
        host in "([a-c]{1,3}(\\.[a-c]{1,2}){0,2}|\\*|\\*\\.[ab]{1,3}|localhost|10\\.0\\.0\\.0/8|[0-9]\\.2\\.3\\.4|\\[::1\\]|fd00::/8|\\[fd00::\\]/16)",
        port in "(:[1-9][0-9]{0,3}|:80-90|:\\*|)",
    ) {
        let rows = |text: &str| {
            let mut builder = PolicyBuilder::new();
            builder.allow_net(text).unwrap();
            let rules = builder.build().unwrap().rules();
            rules.into_iter().map(|row| row.pattern).collect::<Vec<_>>()
        };
        let shown = rows(&format!("{host}{port}"));
        prop_assert_eq!(rows(&shown[0]), shown);
    }
}
