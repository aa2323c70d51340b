//! Version 1 is what it was published as, and each fault that could be in it would be found.

use crate::document::{CONVENTIONS, Contract, Convention, NAMES, TEXT};

/// The version that the protocol's `Authenticate` carries as `bridgeVersion`.
const VERSION: u32 = 1;

/// Its groups.
const GROUPS: usize = 18;

#[test]
fn the_contract_is_sound() {
    assert_eq!(Contract::ours().faults(), Vec::<String>::new());
}

#[test]
fn version_one_has_its_groups_and_names() {
    let contract = Contract::ours();
    assert_eq!(contract.version, VERSION);
    assert_eq!(contract.groups.len(), GROUPS);
    assert_eq!(
        contract
            .groups
            .iter()
            .map(|group| group.names.len())
            .sum::<usize>(),
        NAMES
    );
}

#[test]
fn each_convention_has_as_many_names_as_version_one_gave_it() {
    let contract = Contract::ours();
    let count = |convention| -> usize {
        contract
            .groups
            .iter()
            .filter(|group| group.convention == convention)
            .map(|group| group.names.len())
            .sum()
    };
    assert_eq!(CONVENTIONS.map(count), [136, 7, 32]);
}

/// What guests' module loaders call; they were compiled against exactly this.
#[test]
fn the_module_loader_is_called_with_exactly_these_signatures() {
    let contract = Contract::ours();
    for (name, arguments, return_type, names) in [
        (
            "_resolveModule",
            &[
                "specifier: string",
                "fromDir: string",
                r#"mode?: "require" | "import""#,
            ][..],
            "string | null",
            &["_resolveModule", "_resolveModuleSync"][..],
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
    ] {
        let group = contract.group_of(name);
        assert_eq!(group.convention, Convention::SyncPromise, "{name}");
        assert_eq!(group.argument_types, arguments, "{name}");
        assert_eq!(group.return_type, return_type, "{name}");
        assert_eq!(group.names, names, "{name}");
    }
}

/// Plants one fault into the real contract and demands exactly that one back.
#[track_caller]
fn planted(fault: &str, plant: impl FnOnce(&mut Contract)) {
    let mut contract = Contract::ours();
    plant(&mut contract);
    assert_eq!(contract.faults(), [fault]);
}

#[test]
fn each_fault_that_is_planted_is_found() {
    planted("the version is 0", |contract| contract.version = 0);
    planted("_none is served, and not listed", |contract| {
        contract.served.insert("_none".to_owned(), String::new());
    });
    planted("group 17 lists no name", |contract| {
        contract
            .groups
            .last_mut()
            .expect("a last group")
            .names
            .clear();
    });
    planted("_log is listed twice", |contract| {
        contract
            .groups
            .last_mut()
            .expect("a last group")
            .names
            .push("_log".to_owned());
    });
    planted("group 0 lists an empty name", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .names
            .push(" ".to_owned());
    });
    planted("group 0 has no return type", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .return_type
            .clear();
    });
    planted("group 0 has an empty argument type", |contract| {
        contract
            .groups
            .first_mut()
            .expect("a first group")
            .argument_types
            .push(String::new());
    });
    planted("no group is Async", |contract| {
        contract.served.clear();
        contract
            .groups
            .retain(|group| group.convention != Convention::Async);
    });
}

#[test]
fn a_key_that_the_shape_does_not_know_is_refused() {
    let renamed = TEXT.replacen("argumentTypes", "argumentType", 1);
    assert!(serde_json::from_str::<Contract>(&renamed).is_err());
}
