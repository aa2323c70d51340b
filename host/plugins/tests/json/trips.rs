//! What goes through JSON and a guest and back is what it was.

use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate_plugins::json::{BytesAs, read};
use tollgate_plugins::wit::Function;
use wasmtime::component::Val;

use crate::echo::Echo;
use crate::kinds::with_values;
use crate::support::BOTH;

/// The text of what a function gives for a text of input, through the guest.
fn called(echo: &Echo, function: &Function, input: &str, bytes_as: BytesAs) -> String {
    let input = read(input.as_bytes()).unwrap();
    echo.call(function, input, bytes_as).to_string()
}

/// The canonical JSON of a value: what a function that gives it alone gives.
fn canonical(same: &Function, value: &Val, bytes_as: BytesAs) -> Value {
    same.output(Some(value.clone()), bytes_as).unwrap()
}

fn go_and_return(echo: &Echo, values: Vec<Val>) -> Result<(), TestCaseError> {
    let [whole, same] = echo.functions.as_slice() else {
        panic!("two functions: {:?}", echo.functions);
    };
    prop_assert_eq!(whole.full_name(), "t:t/echo.echo");
    for (value, bytes_as) in values
        .into_iter()
        .flat_map(|value| BOTH.map(|way| (value.clone(), way)))
    {
        let json = canonical(same, &value, bytes_as);
        // JSON → value: nothing was lost.
        let alone = same.arguments(json!({ "x": json }), bytes_as);
        prop_assert_eq!(alone.map_err(|error| error.to_string()), Ok(vec![value]));
        // JSON → guest → JSON, as texts.
        let input = json!({ "pad": vec![0; 16], "x": json, "a": 7 }).to_string();
        let output = json!([json, 7]).to_string();
        prop_assert_eq!(called(echo, whole, &input, bytes_as), output);
        if echo.has_same {
            let input = json!({ "x": json }).to_string();
            prop_assert_eq!(called(echo, same, &input, bytes_as), json.to_string());
        }
    }
    Ok(())
}

proptest! {
    // Each case compiles a component.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_value_that_goes_through_json_and_a_guest_comes_back((kind, values) in with_values()) {
        go_and_return(&Echo::of(&kind), values)?;
    }
}
