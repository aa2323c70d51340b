//! How much code is kept, and what making it may take.

/// Bytes of a text below which it is compiled each time. The JavaScript engine has the same number, and does not ask.
pub(crate) const LEAST_TEXT: usize = 1 << 10;

/// Bytes of all texts of a run below which no code is made for it: compiling them takes two milliseconds.
pub(crate) const LEAST_TEXTS: usize = 12 << 10;

/// The most bytes of texts that one run has code made of.
pub(crate) const MOST_TEXTS: usize = 16 << 20;

/// The most bytes of the name of a text.
pub(crate) const LONGEST_NAME: usize = 8 << 10;

/// The most bytes of one program's code.
pub(crate) const MOST_CODE: usize = 64 << 20;

/// The most texts whose code one program keeps.
pub(crate) const MOST_CODES: usize = 10_000;

/// How often the code of a program is written anew until what was not used meanwhile is left out.
pub(crate) const OLDEST: u8 = 4;

/// The most bytes of code that one process holds for the programs that it runs again.
pub(crate) const MOST_HELD: usize = 64 << 20;

/// Bytes of memory of the instance that compiles a text.
pub(crate) const MOST_MEMORY: usize = 512 << 20;

/// Milliseconds that compiling all texts of a run may take.
pub(crate) const LONGEST_MS: u64 = 10_000;

/// Milliseconds without a further text after which what was made is kept.
pub(crate) const LONGEST_IDLE_MS: u64 = 250;

/// Runs whose texts are compiled at a time.
pub(crate) const MOST_AT_ONCE: usize = 2;

/// Milliseconds that a command waits at the end of a run for the code of its texts.
pub const LONGEST_WAIT_MS: u64 = 100;
