//! Gives back the text that it got: what the tool that it is held against does.

use extism_pdk::{FnResult, Json, plugin_fn};

#[derive(serde::Deserialize)]
struct Input {
    text: String,
}

#[plugin_fn]
pub fn echo(Json(input): Json<Input>) -> FnResult<Json<String>> {
    Ok(Json(input.text))
}
