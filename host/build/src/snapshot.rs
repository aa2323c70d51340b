//! The engine with a program in its memory.

use tollgate_bridge::{Asking, ModuleFormat};
use tollgate_engine::{PreinitialiseError, Step, preinitialise};
use tollgate_languages::{Bundle, BundledFile, Link};
use wasmtime::component::Val;

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

pub(crate) async fn of(
    engine: &[u8],
    bundle: &Bundle,
    world: World,
) -> Result<Vec<u8>, PreinitialiseError> {
    let preload = world.preload().iter().map(|name| text(name)).collect();
    let begin = Step {
        function: "begin-with",
        arguments: vec![text(&bundle.entry), Val::List(preload)],
    };
    let steps: Vec<Step> = bundle
        .files
        .iter()
        .map(file)
        .chain(bundle.links.iter().map(link))
        .chain([begin])
        .collect();
    preinitialise(engine, &steps).await
}
