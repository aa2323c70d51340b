//! `tollgate tools`.

use serde_json::Value;
use tollgate_tests::{guests, scene};

use crate::support::echo;

#[test]
fn functions_are_listed_for_people() {
    let scene = scene!();
    let core = echo(&scene);
    let finished = scene.tollgate(["tools", guests::TOOL, &core]).run();
    let text = &finished.expect(0).stdout;
    for part in [
        "example:tools/shapes.area@1.0.0",
        "area: func(of: shape, in: option<unit>, how: how) -> result<f64, string>",
        "variant shape { circle(f64), rectangle(tuple<point, point>), nothing }",
        "echo: func(json) -> json",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn functions_are_listed_for_programs_with_schemas() {
    let scene = scene!();
    let core = echo(&scene);
    let finished = scene
        .tollgate(["tools", "--json", guests::TOOL, &core])
        .run();
    let files: Vec<Value> = serde_json::from_str(&finished.expect(0).stdout).unwrap();
    assert_eq!(files.len(), 2);
    let functions = files[0]["functions"].as_array().unwrap();
    let area = functions
        .iter()
        .find(|function| function["name"] == "example:tools/shapes.area@1.0.0")
        .unwrap();
    assert_eq!(area["input"]["type"], "object");
    assert_eq!(area["input"]["additionalProperties"], false);
    assert!(area["output"].is_object());
    assert!(
        files[0]["component"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    // The schema takes what the function takes.
    let validator = jsonschema::validator_for(&area["input"]).unwrap();
    let taken = serde_json::json!({"of": {"circle": 1.5}, "how": []});
    assert!(validator.is_valid(&taken));
    assert!(!validator.is_valid(&serde_json::json!({"of": "square", "how": []})));
}
