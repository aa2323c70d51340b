//! The permissions of the sidecar protocol, as JSON. What is taken decides as the naive reading of the same rules does:
//! begin with the default, and let each rule that matches override.

use tollgate_policy::{
    Effective, FsVerb, Mode, Operation, Outcome, Policy, ProtocolPermissions, ProtocolScope,
};

use crate::globs;
use crate::samples::PATHS;

/// Holds the reader of permissions to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(policy) = Policy::from_protocol_json(text) else {
        return;
    };
    let permissions: ProtocolPermissions =
        serde_json::from_str(text).expect("the policy was made of the same text");
    let again = Policy::from_protocol(&permissions).expect("and of the same permissions");
    let [one, other] = [policy, again]
        .map(|policy| Effective::new(policy, None).expect("a run's policy stands alone"));
    for path in PATHS {
        for verb in FsVerb::ALL {
            let operation = Operation::Fs { verb: *verb, path };
            let (decided, naive) = (
                one.decide(&operation).outcome(),
                naive(&permissions, *verb, path),
            );
            assert_eq!(decided, naive, "{verb} on {path}");
            assert_eq!(
                other.decide(&operation).outcome(),
                decided,
                "{verb} on {path}"
            );
        }
    }
}

fn naive(permissions: &ProtocolPermissions, verb: FsVerb, path: &str) -> Outcome {
    let mode = match &permissions.fs {
        None => Mode::Deny,
        Some(ProtocolScope::Mode(mode)) => *mode,
        Some(ProtocolScope::Rules(scope)) => {
            let speaks = |words: &[String], paths: &[String]| {
                words
                    .iter()
                    .any(|word| word == "*" || word == verb.as_str())
                    && paths
                        .iter()
                        .any(|pattern| globs::matches(pattern.as_bytes(), path.as_bytes()))
            };
            let last = scope
                .rules
                .iter()
                .rev()
                .find(|rule| speaks(&rule.operations, &rule.paths));
            last.map_or(scope.default.unwrap_or(Mode::Deny), |rule| rule.mode)
        }
    };
    match mode {
        Mode::Allow => Outcome::Allow,
        Mode::Ask => Outcome::Ask,
        Mode::Deny => Outcome::Deny,
    }
}

/// Each scope, each form, and rules that override each other.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "{}",
        r#"{"fs":"allow","network":"ask","childProcess":"deny","process":"allow","env":"allow","binding":"ask"}"#,
        r#"{"fs":{"default":"deny","rules":[{"mode":"allow","operations":["*"],"paths":["/data/**","/a"]},
            {"mode":"deny","operations":["read","stat"],"paths":["/data/*/2024"]}]}}"#,
        r#"{"fs":{"rules":[{"mode":"ask","operations":["create_dir","mount_sensitive"],"paths":["/?","**"]}]}}"#,
        r#"{"network":{"rules":[{"mode":"allow","operations":["fetch","dns"],"patterns":["dns://*.example.com"]}]}}"#,
        r#"{"env":{"default":"ask","rules":[{"mode":"deny","operations":["read"],"patterns":["SECRET_*"]}]},"tool":"deny"}"#,
        r#"{"fs":{"rules":[{"mode":"allow","operations":[],"paths":[]}]}}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
