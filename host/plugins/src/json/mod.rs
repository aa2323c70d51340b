//! Values of the component model as JSON, and the schemas of both.
//!
//! A function's input is an object with one member for each parameter; its output is the result alone, and `null` where
//! it has none. Each type has one mapping:
//!
//! | type | JSON |
//! | --- | --- |
//! | `bool` | `true`, `false` |
//! | `u8` to `u32`, `s8` to `s32` | a number that is an integer within the type's range, however it is written (`1`, `1.0`, `1e0`) |
//! | `u64`, `s64` | such a number within ±(2⁵³−1), or a decimal string (`"0"`, `"-12"`: no `+`, no zero in front). Both are taken; given is a number where one will do, and else a string. A number beyond ±(2⁵³−1) is refused: not every program that writes one means the very integer that it writes |
//! | `f64` | a number, `"NaN"`, `"Infinity"`, `"-Infinity"` |
//! | `f32` | the same; a number is rounded to the nearest `f32`, and refused where that would be infinite (from 2¹²⁸−2¹⁰³). Given are the fewest digits that tell it from its neighbours (`0.1`) |
//! | `char` | a string of one Unicode scalar value |
//! | `string` | a string |
//! | `list<t>` | an array |
//! | `list<u8>` | an array of numbers; with [`BytesAs::Base64`] a string, and then nothing else |
//! | `list<t, n>` | an array of `n`, of `u8` too |
//! | `tuple<…>` | an array of as many |
//! | `record` | an object with a member for each field |
//! | `variant`, `result` | `{"case": payload}`, or `"case"` where there is no payload; the cases of a result are `ok` and `err` |
//! | `enum` | a string |
//! | `flags` | an array of strings: taken in any order, each once at most; given in WIT order |
//! | `option<t>` | `null`, or the JSON of `t`; where `t` is an option itself, `null` or `{"some": …}` |
//! | resources, streams, futures, error contexts, maps | none: a function that has one is listed, and says why it cannot be called |
//!
//! A parameter or a field whose type is an option may be left out, and is `none` then; what is given has every member.
//! Every other member is there, and no other one is. A payload and what is in `some` are never left out.
//!
//! Each finite float, −0 among them, comes back as the one that it was; of a NaN, that it is one. A type has
//! [`MAX_DEPTH`](crate::wit::MAX_DEPTH) levels at most, so that its JSON is within the 128 of the reader.
//!
//! There is one judge of an input, the pass that turns it into values: it takes exactly what the schema takes (which the
//! tests show with a validator), so that a text of 100 kB is looked at once, moved and never copied.

mod bytes_as;
mod call;
mod fault;
mod input;
mod number;
mod output;
mod ranges;
mod schema;
mod text;

pub use bytes_as::BytesAs;
pub use fault::{Invalid, InvalidInput};
pub use output::UnexpectedValue;
pub use text::{NotJson, WrongText, read, read_within};
