//! What the gate costs beside the bare engine.

fn main() {}
