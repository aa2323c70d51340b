//! A call of a tool, and what may come back of it.

use tollgate::engine::CallError;
use tollgate::{Component, Outcome, Refused, RunOptions};

/// The type of each export of a generated component: what the tool gave; else, the numbers that it gave and the size of its
/// memory; else, how many bytes of input there was room for. Of types without names, so that the component imports none.
pub(super) const WIT: &str =
    "func(input: list<u8>) -> result<result<list<u8>, tuple<u32, s32, u64>>, u64>";

/// The result of each export of a generated component.
pub type Answer = Result<Result<Vec<u8>, (u32, i32, u64)>, u64>;

/// One tool of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreFunction {
    /// As the module exports it: any text.
    pub name: String,
    /// As the component exports it, for [`call`].
    pub export: String,
    /// The most bytes of input that the module's memory can ever hold, by the maximum that the module declares.
    pub most_input: u64,
}

/// Why a call that ended by itself gave no output: what crosses by the ABI did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exchange {
    /// The input does not fit in the module's memory, by its declared maximum or below what lies there already.
    #[error("Failed to write input to memory: {size} bytes, and there is room for {room}")]
    NoRoom {
        /// The input's size in bytes.
        size: u64,
        /// How many bytes there is room for.
        room: u64,
    },
    /// The tool gave a length below zero.
    #[error("WASM returned negative output length: {length}")]
    NegativeLength {
        /// As it gave it.
        length: i32,
    },
    /// The tool gave a length that no memory of the run can have: the seed's "out of resources".
    #[error("WASM returned output length {length}, more than the memory limit of {limit} bytes")]
    TooLong {
        /// As it gave it.
        length: u64,
        /// The run's limit of memory, in bytes.
        limit: u64,
    },
    /// The output would end beyond what 32 bits can name.
    #[error("WASM output pointer+length overflow")]
    Overflow,
    /// The output is not in the tool's memory.
    #[error("WASM output {start}..{end} outside guest memory size {memory}")]
    Outside {
        /// Where it begins, in bytes.
        start: u64,
        /// Where it ends.
        end: u64,
        /// The size of the memory.
        memory: u64,
    },
}

/// Why no call began.
#[derive(Debug, thiserror::Error)]
pub enum CallRefused {
    /// The input can never fit, whatever the run's limits are.
    #[error(transparent)]
    Exchange(#[from] Exchange),
    /// The run did not begin.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Calls a tool with these bytes of JSON, in a guest of its own. `component` is what
/// [`Wrapped::component`](super::Wrapped::component) was loaded as.
///
/// # Errors
///
/// The call did not begin. However it ends once it began is an outcome; bytes that are no JSON are the caller's to find.
pub async fn call(
    component: &Component,
    function: &CoreFunction,
    input: Vec<u8>,
    options: RunOptions,
) -> Result<Outcome<Result<Vec<u8>, Exchange>, CallError>, CallRefused> {
    let size = input.len() as u64;
    let room = function.most_input;
    if size > room {
        return Err(Exchange::NoRoom { size, room }.into());
    }
    let outcome = component
        .call::<_, (Answer,)>(&function.export, (input,), options)
        .await?;
    let limit = outcome.limits.memory;
    Ok(Outcome {
        run: outcome.run,
        result: outcome
            .result
            .map(|(answer,)| read_output(answer, size, limit)),
        usage: outcome.usage,
        limits: outcome.limits,
        seen_at: outcome.seen_at,
        audit: outcome.audit,
        stdout: outcome.stdout,
        stderr: outcome.stderr,
    })
}

/// What an export's answer to an input of `size` bytes means, under a memory limit of `limit` bytes.
///
/// # Errors
///
/// It is no output.
pub fn read_output(answer: Answer, size: u64, limit: u64) -> Result<Vec<u8>, Exchange> {
    match answer {
        Ok(Ok(output)) => Ok(output),
        Ok(Err((pointer, length, memory))) => Err(lie(pointer, length, memory, limit)),
        Err(room) => Err(Exchange::NoRoom { size, room }),
    }
}

/// What is wrong with numbers that are no output, in the order that the seed looks at them.
fn lie(pointer: u32, length: i32, memory: u64, limit: u64) -> Exchange {
    let Ok(unsigned) = u32::try_from(length) else {
        return Exchange::NegativeLength { length };
    };
    let length = u64::from(unsigned);
    if length > limit {
        return Exchange::TooLong { length, limit };
    }
    match pointer.checked_add(unsigned) {
        None => Exchange::Overflow,
        Some(end) => Exchange::Outside {
            start: pointer.into(),
            end: end.into(),
            memory,
        },
    }
}
