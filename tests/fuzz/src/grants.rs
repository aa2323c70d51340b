//! The texts of flags. One that is refused says at which byte; a denial that is taken never lets more pass than there
//! was without it.

use tollgate_policy::{Effective, GrantError, PolicyBuilder};

use crate::samples::no_wider;

type Flag = for<'b> fn(&'b mut PolicyBuilder, &str) -> Result<&'b mut PolicyBuilder, GrantError>;

const GRANTS: [Flag; 6] = [
    PolicyBuilder::dir,
    PolicyBuilder::env,
    PolicyBuilder::allow_net,
    PolicyBuilder::allow_listen,
    PolicyBuilder::limit,
    PolicyBuilder::audit_file,
];

const DENIALS: [Flag; 5] = [
    PolicyBuilder::deny_env,
    PolicyBuilder::deny_net,
    PolicyBuilder::deny_listen,
    PolicyBuilder::deny_read,
    PolicyBuilder::deny_write,
];

/// Holds the readers of flags to that. The first byte chooses the flag, the rest is its text.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let kind = usize::from(*kind) % (GRANTS.len() + DENIALS.len());
    match (
        GRANTS.get(kind),
        kind.checked_sub(GRANTS.len())
            .and_then(|kind| DENIALS.get(kind)),
    ) {
        (Some(grant), _) => drop(with(PolicyBuilder::new(), *grant, text)),
        (None, Some(denial)) => denies(*denial, text),
        (None, None) => {}
    }
}

/// The policy with the flag, if it is taken.
fn with(mut builder: PolicyBuilder, flag: Flag, text: &str) -> Option<Effective> {
    if let Err(error) = flag(&mut builder, text) {
        assert!(
            text.is_char_boundary(error.offset),
            "{}: byte {} of {text:?}",
            error.place,
            error.offset
        );
        assert!(!error.to_string().is_empty());
        return None;
    }
    builder
        .build()
        .ok()
        .map(|policy| Effective::new(policy, None).expect("a run's policy stands alone"))
}

/// A policy that allows much, so that there is something to take away.
fn generous() -> PolicyBuilder {
    let mut builder = PolicyBuilder::new();
    for (flag, text) in [
        (PolicyBuilder::dir as Flag, "."),
        (PolicyBuilder::dir, "/tmp::/data"),
        (PolicyBuilder::env, "HOME"),
        (PolicyBuilder::env, "A=1"),
        (PolicyBuilder::allow_net, "*"),
        (PolicyBuilder::allow_net, "localhost"),
        (PolicyBuilder::allow_listen, "127.0.0.1:443"),
    ] {
        flag(&mut builder, text).unwrap_or_else(|error| panic!("{error}"));
    }
    builder
}

fn denies(denial: Flag, text: &str) {
    let wide = Effective::new(generous().build().expect("these fit together"), None)
        .expect("a run's policy stands alone");
    if let Some(narrow) = with(generous(), denial, text) {
        no_wider(&narrow, &wide);
    }
}

/// Each flag with the forms that it takes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts: [(u8, &str); 22] = [
        (0, "./data::/data:ro"),
        (0, "C::weird::/a:b"),
        (0, "."),
        (1, "HOME"),
        (1, "A=some=value"),
        (1, "LC_*"),
        (2, "example.com:443"),
        (2, "*.example.com:1-65535"),
        (2, "[::ffff:127.0.0.1]:80"),
        (2, "10.0.0.0/8:*"),
        (2, "localhost"),
        (3, "[::1]:8080"),
        (3, "0.0.0.0:0"),
        (4, "memory=64MiB,wall=5s"),
        (4, "wall=1.5h"),
        (5, "audit.log"),
        (6, "SECRET_*"),
        (7, "0x7f.1"),
        (7, "2130706433"),
        (8, "*:443"),
        (9, "/data/**"),
        (10, "/**/.git"),
    ];
    texts
        .map(|(kind, text)| [&[kind], text.as_bytes()].concat())
        .into()
}
