//! ES modules: the engine asks here, and the library says what there is (`lib/internal/modules`), which asks the host.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Function, Module, Object, Result, Value};

use crate::world::tollgate::bridge::module_loading::Format;
use crate::{code, raw, runtime};

pub(crate) struct Modules;

/// The function that the library gave under this name.
fn hook<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    runtime::hooks(ctx)?.get(name)
}

impl Resolver for Modules {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        hook(ctx, "resolve")?.call((name, base, plain(ctx, attributes)?))
    }
}

/// The attributes of an import as an object of the library's.
fn plain<'js>(
    ctx: &Ctx<'js>,
    attributes: Option<ImportAttributes<'js>>,
) -> Result<Option<Object<'js>>> {
    let Some(attributes) = attributes else {
        return Ok(None);
    };
    let object = Object::new(ctx.clone())?;
    for key in attributes.keys() {
        let key = key?;
        object.set(key.as_str(), attributes.get(&key)?)?;
    }
    Ok(Some(object))
}

/// Fills `import.meta`.
pub(crate) fn describe<'js>(
    ctx: &Ctx<'js>,
    module: &Module<'js, Declared>,
    key: &str,
) -> Result<()> {
    hook(ctx, "importMeta")?.call((module.meta()?, key))
}

impl Loader for Modules {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        key: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let source: String = hook(ctx, "load")?.call((key,))?;
        let declared = match code::kept(&source, key, Format::Module) {
            Some(kept) => raw::code::read_module(ctx, &kept),
            None => Module::declare(ctx.clone(), key, source),
        };
        match declared {
            Ok(module) => {
                describe(ctx, &module, key)?;
                Ok(module)
            }
            Err(rquickjs::Error::Exception) => {
                let thrown = ctx.catch();
                hook(ctx, "failed")?.call::<_, Value<'js>>((key, thrown.clone()))?;
                Err(ctx.throw(thrown))
            }
            Err(error) => Err(error),
        }
    }
}

/// Has the library say of the exception at hand what the engine does not know: how the module `asked` was asked for in
/// `importer`, and where, for the `name` that it does not have.
pub(crate) fn explain(ctx: &Ctx<'_>, importer: &str, asked: &str, name: &str) {
    let thrown = ctx.catch();
    let explained = hook(ctx, "unlinked")
        .and_then(|hook| hook.call::<_, Value<'_>>((thrown.clone(), importer, asked, name)));
    let error = explained.unwrap_or_else(|_| {
        let _of_the_library = ctx.catch();
        thrown
    });
    let _thrown_again = ctx.throw(error);
}
