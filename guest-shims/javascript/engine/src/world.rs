//! What the engine imports and exports: generated from the WIT.
#![allow(missing_docs, unsafe_code, clippy::all, reason = "generated code")]

wit_bindgen::generate!({
    path: ["../../../wit/bridge", "../../../wit", "wit"],
    world: "tollgate:javascript/command",
    generate_all,
    features: ["cli-exit-with-code"],
});

struct Engine;

export!(Engine);

impl Guest for Engine {
    fn initialise() -> Result<(), String> {
        crate::runtime::initialise()
    }
}

impl exports::wasi::cli::run::Guest for Engine {
    fn run() -> Result<(), ()> {
        match crate::runtime::run() {
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
