//! Recurses until its stack is used up: `small` frames or `big` ones.

use std::hint::black_box;

#[expect(unconditional_recursion, reason = "it ends by using up the stack")]
fn small(depth: u64) -> u64 {
    black_box(depth) + small(black_box(depth + 1))
}

#[expect(unconditional_recursion, reason = "it ends by using up the stack")]
fn big(depth: u64) -> u64 {
    let frame = black_box([depth; 4096]);
    frame.iter().sum::<u64>() + big(black_box(depth + 1)) + frame.len() as u64
}

fn main() {
    let deepest = match std::env::args().nth(1).as_deref() {
        Some("big") => big(0),
        _ => small(0),
    };
    black_box(deepest);
}
