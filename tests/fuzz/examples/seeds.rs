//! Writes the seeds of a target into a folder, where a fuzzer begins: `seeds TARGET FOLDER`.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a tool of the tests: it writes files, and the panic says what was wrong with the call"
)]

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else {
        panic!("say `seeds TARGET FOLDER`")
    };
    let known = || {
        tollgate_fuzz::TARGETS
            .iter()
            .map(|target| target.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = tollgate_fuzz::TARGETS
        .iter()
        .find(|target| target.name == name);
    let target =
        found.unwrap_or_else(|| panic!("there is no target `{name}`; there are {}", known()));
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let mut seeds = (target.seeds)().into_iter().enumerate();
        seeds.try_for_each(|(index, seed)| {
            std::fs::write(Path::new(folder).join(format!("seed-{index:03}")), seed)
        })
    });
    written.unwrap_or_else(|error| panic!("{folder}: {error}"));
}
