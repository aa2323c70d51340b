//! What the names of the bridge contract need beyond what the rest of the binding gives.

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result};

use super::stdio;
use crate::bundle::{self, Bundle};
use crate::world::tollgate::bridge::module_loading::{self, Mode, Resolved};
use crate::world::wasi::clocks::monotonic_clock;
use crate::world::wasi::io::poll::{Pollable, poll};

const NANOSECONDS: f64 = 1e6;

/// As the host does it, for a program that lies in memory.
fn from_memory(bundle: &Bundle, requests: &[(String, String)]) -> Vec<Option<Resolved>> {
    let found = |(specifier, folder): &(String, String)| {
        let resolved = bundle.resolve(folder, Mode::Import, specifier).ok()?;
        let source = bundle.file(&resolved)?.source.clone();
        Some(Resolved { resolved, source })
    };
    requests.iter().map(found).collect()
}

/// Specifiers and folders, one behind the other, to paths and texts in the same way; null where there is none.
fn batch_resolve<'js>(ctx: Ctx<'js>, flat: Vec<String>) -> Result<Array<'js>> {
    let requests: Vec<(String, String)> = flat
        .chunks_exact(2)
        .filter_map(|pair| Some((pair.first()?.clone(), pair.last()?.clone())))
        .collect();
    let array = Array::new(ctx)?;
    let answers = bundle::with(|bundle| from_memory(bundle, &requests))
        .unwrap_or_else(|| module_loading::batch_resolve_modules(&requests));
    for (at, answer) in answers.into_iter().enumerate() {
        let (path, text) = answer.map(|found| (found.resolved, found.source)).unzip();
        array.set(2 * at, path)?;
        array.set(2 * at + 1, text)?;
    }
    Ok(array)
}

/// Those of the standard streams that are ready, a bit for each descriptor, of those that are asked about. It waits until
/// one is, at most so long; below zero without an end. The event loop's own watches are left as they are.
fn poll_standard(asked: u32, milliseconds: f64) -> u32 {
    let streams: Vec<(u32, Pollable)> = (0..3)
        .filter(|fd| asked & (1 << fd) != 0)
        .map(|fd| {
            let pollable = if fd == 0 {
                stdio::input()
            } else {
                stdio::output(fd)
            };
            (fd, pollable)
        })
        .collect();
    if milliseconds != 0.0 {
        wait(&streams, milliseconds);
    }
    streams
        .iter()
        .filter(|(_, pollable)| pollable.ready())
        .fold(0, |ready, (fd, _)| ready | 1 << fd)
}

fn wait(streams: &[(u32, Pollable)], milliseconds: f64) {
    // A number beyond what fits is as good as no end.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    let alarm = (milliseconds > 0.0)
        .then(|| monotonic_clock::subscribe_duration((milliseconds * NANOSECONDS) as u64));
    let mut all: Vec<&Pollable> = streams.iter().map(|(_, pollable)| pollable).collect();
    all.extend(&alarm);
    if !all.is_empty() {
        poll(&all);
    }
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("batchResolve", Func::from(batch_resolve))?;
    object.set("poll", Func::from(poll_standard))?;
    Ok(object)
}
