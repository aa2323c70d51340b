//! What any version of the bridge contract satisfies, read by the loader that everybody has.

use std::collections::BTreeSet;

use tollgate_contract::{
    BridgeCallConvention, BridgeContract, BridgeContractGroup, bridge_contract,
};

#[test]
fn the_contract_has_a_version_and_every_group_lists_names_that_no_other_does() {
    let contract = bridge_contract().unwrap();
    assert!(contract.version > 0);
    let mut seen = BTreeSet::new();
    for group in &contract.groups {
        assert!(!group.names.is_empty(), "{group:?}");
        for name in &group.names {
            assert!(!name.trim().is_empty(), "{group:?}");
            assert!(seen.insert(name), "{name} is listed twice");
        }
    }
    assert_eq!(
        seen.len(),
        175,
        "a published version has the names that it has"
    );
}

#[test]
fn each_convention_occurs_in_the_contract() {
    let contract = bridge_contract().unwrap();
    for convention in BridgeCallConvention::ALL {
        let has = |group: &BridgeContractGroup| group.convention == convention;
        assert!(contract.groups.iter().any(has), "{convention:?}");
    }
}

#[test]
fn modules_are_loaded_with_the_signatures_that_guests_call() {
    let group = |name| bridge_contract().unwrap().group_of(name).unwrap();
    let expected: [(&str, &[&str], &str, &[&str]); 3] = [
        (
            "_resolveModule",
            &[
                "specifier: string",
                "fromDir: string",
                r#"mode?: "require" | "import""#,
            ],
            "string | null",
            &["_resolveModule", "_resolveModuleSync"],
        ),
        (
            "_loadFile",
            &["path: string"],
            "string | null",
            &["_loadFile", "_loadFileSync"],
        ),
        (
            "_moduleFormat",
            &["filename: string"],
            r#""module" | "commonjs" | "json" | null"#,
            &["_moduleFormat"],
        ),
    ];
    for (name, arguments, returns, names) in expected {
        let group = group(name);
        assert_eq!(
            group.convention,
            BridgeCallConvention::SyncPromise,
            "{name}"
        );
        assert_eq!(group.argument_types, arguments, "{name}");
        assert_eq!(group.return_type, returns, "{name}");
        assert_eq!(group.names, names, "{name}");
    }
}

#[test]
fn a_text_of_another_form_is_an_error_and_no_panic() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"version":-1,"groups":[]}"#,
        r#"{"version":1,"groups":[{"convention":"later","returnType":"void","names":[]}]}"#,
    ] {
        assert!(BridgeContract::read(text).is_err(), "{text}");
    }
    let least = BridgeContract::read(r#"{"version":1,"groups":[]}"#).unwrap();
    assert!(least.group_of("_log").is_none());
}
