//! What was built for a world, as a tool: `tollgate tools`, `tollgate call`.

use serde_json::{Value, json};
use tollgate_tests::scene;

use super::built;

const WIT: &str = "
package test:shop;

interface prices {
  /// What can be bought.
  record item {
    name: string,
    /// How much it costs.
    cents: u64,
  }
  /// What all of them cost.
  total: func(items: list<item>) -> u64;
}

world shop {
  export prices;
  /// Says it louder.
  export shout: func(text: string) -> string;
}
";

#[test]
fn a_program_that_was_built_says_what_its_wit_says() {
    let scene = scene!();
    scene.write("app/wit/shop.wit", WIT);
    scene.write(
        "app/app.js",
        "export const prices = { total: (items) => items.reduce((sum, { cents }) => sum + cents, 0n) };
         export const shout = (text) => text.toUpperCase();",
    );
    let component = built(&scene, "app/app.js", "shop").display().to_string();
    let listed = scene.tollgate(["tools", "--json", &component]).run();
    listed.expect(0);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let functions = listed[0]["functions"].as_array().unwrap();
    let find = |name: &str| {
        let mut found = functions.iter().filter(|function| function["name"] == name);
        found.next().unwrap_or_else(|| panic!("{name}: {listed:#}"))
    };
    assert_eq!(find("shout")["docs"], json!("Says it louder."));
    let total = find("test:shop/prices.total");
    assert_eq!(total["docs"], json!("What all of them cost."));
    assert_eq!(total["input"]["description"], total["docs"]);
    let item = &total["input"]["$defs"]["item"];
    assert_eq!(item["description"], json!("What can be bought."));
    assert_eq!(
        item["properties"]["cents"]["description"],
        json!("How much it costs.")
    );
    let input =
        r#"{"items": [{"name": "a", "cents": "18446744073709551614"}, {"name": "b", "cents": 1}]}"#;
    for (function, input, given) in [
        ("test:shop/prices.total", input, r#""18446744073709551615""#),
        ("shout", r#"{"text": "é"}"#, r#""É""#),
    ] {
        let called = scene.tollgate(["call", &component, function, input]).run();
        called.expect(0);
        assert_eq!(called.stdout.trim_end(), given);
    }
}
