//! `tollgate.toml`. A file that is taken lets pass, beneath itself as a ceiling, no more than alone; one that is not says
//! where in its text it is wrong.

use tollgate_policy::{Effective, FileErrors, Policy, PolicyBuilder};

use crate::samples::no_wider;

/// Holds the reader of policy files to that.
///
/// # Panics
///
/// When it does not hold.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match PolicyBuilder::from_toml("fuzz.toml", text) {
        Err(errors) => placed(&errors, text),
        Ok(builder) => taken(builder, text),
    }
}

/// Every mistake lies in the text, from the top, and can be shown.
fn placed(errors: &FileErrors, text: &str) {
    let places: Vec<(usize, usize)> = errors
        .errors()
        .iter()
        .map(|error| (error.line, error.column))
        .collect();
    assert!(!places.is_empty(), "refused without a reason");
    assert!(places.is_sorted(), "{places:?}");
    let lines: Vec<&str> = text.split('\n').collect();
    for (line, column) in places {
        let length = line
            .checked_sub(1)
            .and_then(|line| lines.get(line))
            .map(|line| line.chars().count());
        let within = length.is_some_and(|length| (1..=length + 1).contains(&column));
        assert!(within, "{line}:{column} is outside of {text:?}");
    }
    assert!(!errors.to_string().is_empty());
}

fn taken(builder: PolicyBuilder, text: &str) {
    let Ok(policy) = builder.build() else { return };
    let alone =
        Effective::new(policy.clone(), None).expect("a run's policy stands without a ceiling");
    no_wider(&alone, &alone);
    let Ok(ceiling) = Policy::ceiling_from_toml("ceiling.toml", text) else {
        return;
    };
    let Ok(beneath) = Effective::new(policy, Some(ceiling)) else {
        return;
    };
    no_wider(&beneath, &alone);
    assert!(
        beneath.limits().memory <= alone.limits().memory,
        "a ceiling raised a limit"
    );
}

/// Every table once, and each kind of mistake.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "version = 1\n",
        "version = 1\n[fs]\ndefault = \"deny\"\nallow = [\"/data/**\", \"read:/a\"]\ndeny = [\"write:/data/archive/**\"]\n",
        "version = 1\n[[mount]]\nhost = \"./data\"\nguest = \"/data\"\nread-only = true\n",
        "version = 1\n[network]\nallow = [\"example.com:443\", \"10.0.0.0/8\", \"listen:[::1]:80-90\"]\nask = [\"*\"]\n",
        "version = 1\n[http]\nallow = [\"GET https://example.com\", \"*://*.example.com:8080\"]\n",
        "version = 1\n[env]\nallow = [\"HOME\", \"A=1\", \"LC_*\"]\n[stdio]\ndefault = \"allow\"\n[clock]\ndeny = [\"wall\"]\n",
        "version = 1\n[limits]\nmemory = \"64MiB\"\nwall = \"5s\"\nfuel = 10\n[audit]\nfile = \"a.log\"\nflush = \"each\"\n",
        "version = 2\n[fss]\nalow = [\"/\"]\n",
        "version = 1\n[fs]\nallow = [\"a\", 5, \"/**/../x\"]\ndefault = \"maybe\"\n",
        "version = 1\n[fs\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
