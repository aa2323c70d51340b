//! `wasi:filesystem@0.3`: the same acts on the same descriptors as 0.2, in the words of 0.3.

mod convert;
mod descriptor;
mod entries;
mod preopens;
