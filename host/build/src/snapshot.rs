//! The engine with a program in its memory.

use tollgate_bridge::{Asking, ModuleFormat};
use tollgate_engine::{PreinitialiseError, Step, preinitialise, preinitialise_and_try};
use tollgate_languages::{Bundle, BundledFile, Link};
use wasmtime::component::Val;

use crate::wit::Wit;
use crate::world::World;

fn text(text: &str) -> Val {
    Val::String(text.to_owned())
}

fn format(format: Option<ModuleFormat>) -> Val {
    let case = format.map(|format| match format {
        ModuleFormat::Module => "module",
        ModuleFormat::CommonJs => "commonjs",
        ModuleFormat::Json => "json",
    });
    Val::Option(case.map(|case| Box::new(Val::Enum(case.to_owned()))))
}

fn file((path, file): (&String, &BundledFile)) -> Step {
    Step {
        function: "add-file",
        arguments: vec![text(path), format(file.format), text(&file.source)],
    }
}

fn link(link: &Link) -> Step {
    let mode = match link.asking {
        Asking::Require => "require",
        Asking::Import => "import",
    };
    Step {
        function: "add-link",
        arguments: vec![
            text(&link.folder),
            Val::Enum(mode.to_owned()),
            text(&link.specifier),
            text(&link.target),
        ],
    }
}

/// The program is taken in, and compiled.
fn taken_in(bundle: &Bundle, preload: &[&str]) -> impl Iterator<Item = Step> {
    let preload = preload.iter().map(|name| text(name)).collect();
    let begin = Step {
        function: "begin-with",
        arguments: vec![text(&bundle.entry), Val::List(preload)],
    };
    let files = bundle.files.iter().map(file);
    files.chain(bundle.links.iter().map(link)).chain([begin])
}

pub(crate) async fn of(
    engine: &[u8],
    bundle: &Bundle,
    world: World,
) -> Result<Vec<u8>, PreinitialiseError> {
    let steps: Vec<Step> = taken_in(bundle, world.preload()).collect();
    preinitialise(engine, &steps).await
}

pub(crate) async fn for_wit(
    engine: &[u8],
    bundle: &Bundle,
    wit: &Wit,
) -> Result<Vec<u8>, PreinitialiseError> {
    let describe = Step {
        function: "describe-world",
        arguments: vec![text(&wit.description())],
    };
    let steps: Vec<Step> = [describe]
        .into_iter()
        .chain(taken_in(bundle, &[]))
        .collect();
    let load = Step {
        function: "try-world",
        arguments: Vec::new(),
    };
    preinitialise_and_try(engine, &steps, &load).await
}
