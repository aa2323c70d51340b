//! What the engine imports and exports: generated from the WIT.
#![allow(missing_docs, unsafe_code, clippy::all, reason = "generated code")]

use crate::{binding, bundle, runtime};

wit_bindgen::generate!({
    path: ["../../../wit/bridge", "../../../wit", "wit"],
    world: "tollgate:javascript/engine",
    generate_all,
    features: ["cli-exit-with-code"],
});

struct Engine;

export!(Engine);

use exports::tollgate::bridge::plugin;

impl Guest for Engine {
    fn initialise() -> Result<(), String> {
        runtime::initialise()
    }

    fn add_file(path: String, format: Option<Format>, source: String) {
        bundle::add_file(path, format, source);
    }

    fn add_link(folder: String, mode: Mode, specifier: String, target: String) {
        bundle::add_link(folder, mode, specifier, target);
    }

    fn begin_with(path: String, preload: Vec<String>) -> Result<(), String> {
        bundle::begin_with(path);
        runtime::prepare(preload)
    }

    fn compile(format: Format, name: String, text: String) -> Result<Vec<u8>, String> {
        runtime::compile(format, &name, &text)
    }

    fn describe_world(description: String) -> Result<(), String> {
        runtime::describe_world(description)
    }

    fn try_world() -> Result<(), String> {
        runtime::try_world()
    }
}

impl exports::wasi::cli::run::Guest for Engine {
    fn run() -> Result<(), ()> {
        match runtime::run() {
            0 => Ok(()),
            1 => Err(()),
            code => {
                // What the library of C has can say no more than that a program failed.
                wasi::cli::exit::exit_with_code(u8::try_from(code & 0xff).unwrap_or(u8::MAX));
                Err(())
            }
        }
    }
}

impl exports::wasi::http::incoming_handler::Guest for Engine {
    fn handle(
        request: exports::wasi::http::incoming_handler::IncomingRequest,
        answer: exports::wasi::http::incoming_handler::ResponseOutparam,
    ) {
        binding::serve::begin(request, answer);
        runtime::serve();
        binding::serve::end_of_exchange();
    }
}

impl plugin::Guest for Engine {
    fn describe() -> Result<String, plugin::Failure> {
        runtime::plugin("describe", Vec::new())
    }

    fn call(function: String, argument: String) -> Result<String, plugin::Failure> {
        runtime::plugin("call", vec![function, argument])
    }
}
