//! What a component can ask of a sidecar: each function of the world `tollgate:sidecar/control-plane` asks for an operation of
//! its own name, or says why it needs none. What is compared with the WIT is not the source but what is linked.

use std::collections::{BTreeMap, BTreeSet};

use tollgate::interface::Told;
use tollgate_policy::{CONTROL_FUNCTIONS, Operation, Scope};
use tollgate_sidecar::control::interfaces;
use tollgate_tests::repository;

use crate::world;

/// What passes no gate: it moves what came of what was decided.
const UNGATED: [&str; 5] = [
    "tollgate:sidecar/callbacks#answer",
    "tollgate:sidecar/callbacks#next",
    "tollgate:sidecar/callbacks#subscribe",
    "tollgate:sidecar/events#next",
    "tollgate:sidecar/events#subscribe",
];

#[test]
fn a65_every_function_of_control_asks_for_its_own_name_or_says_why_it_does_not() {
    let told: BTreeMap<String, Told> = interfaces()
        .iter()
        .flat_map(|interface| interface.told().collect::<Vec<_>>())
        .collect();
    let of_the_world = world::of_sidecar(repository());
    let names: BTreeSet<String> = told.keys().cloned().collect();
    assert_eq!(names, of_the_world);
    for (import, told) in &told {
        match told {
            Told::Gated {
                scope,
                operation,
                undeniable,
            } => {
                let name = import.strip_prefix("tollgate:sidecar/control#");
                let asked = operation.and_then(|operation| match operation {
                    Operation::Control { verb } => Some(verb),
                    _ => None,
                });
                assert!(
                    name.is_some() && asked == name,
                    "{import} asks for {asked:?}"
                );
                assert_eq!((*scope, *undeniable), (Scope::Control, false), "{import}");
            }
            Told::Ungated(reason) => {
                assert!(
                    UNGATED.contains(&import.as_str()),
                    "{import} passes no gate"
                );
                assert!(reason.len() > 20, "{import} gives no reason: {reason:?}");
            }
        }
    }
}

/// A grant names functions, and a name that is none is a slip.
#[test]
fn the_names_that_grants_know_are_those_of_the_wit() {
    let functions = world::of_sidecar(repository());
    let names: BTreeSet<&str> = functions
        .iter()
        .filter_map(|function| function.strip_prefix("tollgate:sidecar/control#"))
        .collect();
    assert_eq!(names, BTreeSet::from(CONTROL_FUNCTIONS));
}
