//! What is waited for: pollables, each under a number that the library knows it by.

use std::cell::RefCell;

use rquickjs::prelude::Func;
use rquickjs::{Ctx, Object, Result};

use super::numbered::Numbered;
use crate::place;
use crate::world::wasi::clocks::monotonic_clock;
use crate::world::wasi::io::poll::{Pollable, poll};

const NANOSECONDS: f64 = 1e6;

/// Each is ready when any of its pollables is.
type Watches = Numbered<Vec<Pollable>>;

thread_local! {
    static WATCHES: RefCell<Watches> = RefCell::default();
}

/// Watches something; the number is its own until it was ready, or is let go.
pub(crate) fn watch(pollables: Vec<Pollable>) -> u32 {
    WATCHES.with_borrow_mut(|watches| watches.add(pollables))
}

fn unwatch(number: u32) {
    WATCHES.with_borrow_mut(|watches| watches.remove(number));
}

/// The watches that are ready, which are no longer watched. `milliseconds` below zero: without an end.
fn wait(milliseconds: f64) -> Vec<u32> {
    WATCHES.with_borrow_mut(|watches| {
        let ready = if milliseconds == 0.0 {
            let ready = |(number, pollables): (u32, &Vec<Pollable>)| {
                pollables.iter().any(Pollable::ready).then_some(number)
            };
            watches.iter().filter_map(ready).collect()
        } else {
            place::tell_noted();
            blocking(watches, milliseconds)
        };
        for number in &ready {
            watches.remove(*number);
        }
        ready
    })
}

fn blocking(watches: &Watches, milliseconds: f64) -> Vec<u32> {
    // A number beyond what fits is as good as no end.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates"
    )]
    let alarm = (milliseconds > 0.0)
        .then(|| monotonic_clock::subscribe_duration((milliseconds * NANOSECONDS) as u64));
    let (numbers, mut pollables): (Vec<u32>, Vec<&Pollable>) = watches
        .iter()
        .flat_map(|(number, pollables)| pollables.iter().map(move |pollable| (number, pollable)))
        .unzip();
    pollables.extend(&alarm);
    if pollables.is_empty() {
        return Vec::new();
    }
    // WASI promises no order.
    let mut ready = poll(&pollables);
    ready.sort_unstable();
    let number = |at: u32| numbers.get(usize::try_from(at).ok()?).copied();
    let mut numbers: Vec<u32> = ready.into_iter().filter_map(number).collect();
    numbers.dedup();
    numbers
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("poll", Func::from(wait))?;
    object.set("note", Func::from(|ctx: Ctx<'_>| place::note(&ctx)))?;
    object.set(
        "watchStdin",
        Func::from(|| watch(vec![super::stdio::input()])),
    )?;
    object.set("unwatch", Func::from(unwatch))?;
    Ok(object)
}
