//! Takes the snapshot of the JavaScript engine: `initialise ENGINE.wasm SNAPSHOT.wasm`, as `just guests` does.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a tool of the build, which reads and writes the files that it is given"
)]

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(engine), Some(snapshot)) = (arguments.next(), arguments.next()) else {
        return Err("usage: initialise ENGINE.wasm SNAPSHOT.wasm".into());
    };
    let component = std::fs::read(engine)?;
    let step = tollgate_engine::Step {
        function: "initialise",
        arguments: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let mut taken = runtime.block_on(tollgate_engine::preinitialise(&component, &[step]))?;
    tollgate_engine::mark_deep_stack(&mut taken);
    std::fs::write(snapshot, &taken)?;
    println!("{} bytes, of {}", taken.len(), component.len());
    Ok(())
}
