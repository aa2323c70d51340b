//! The numbers of the engine that nobody can state.

use tollgate_policy::{LimitRow, Unit};

use crate::caps::{self, Cap};
use crate::profile::{Profile as _, Run};
use crate::{code, compile, place, pool, preinitialise, source, time, worker};

const fn cap(key: &'static str, cap: Cap) -> LimitRow {
    LimitRow::fixed(key, Unit::Count, cap.limit, cap.what, cap.reason)
}

/// Numbers of this crate that nobody can state: what a component may be made of, and what holding one takes.
pub const FIXED: &[LimitRow] = &[
    LimitRow::fixed(
        "component-bytes",
        Unit::Bytes,
        source::MAX_SOURCE_BYTES,
        "Length of a component or module.",
        "it is read as a whole; CPython with its library takes a sixth of it",
    ),
    cap("function-body-bytes", caps::FUNCTION_BYTES),
    cap("functions", caps::FUNCTIONS),
    cap("core-types", caps::CORE_TYPES),
    cap("component-types", caps::COMPONENT_TYPES),
    cap("imports", caps::IMPORTS),
    cap("exports", caps::EXPORTS),
    cap("nested-modules", caps::NESTED),
    cap("nesting", caps::DEPTH),
    LimitRow::fixed(
        "preinitialised-memory",
        Unit::Bytes,
        preinitialise::MOST_MEMORY as u64,
        "Memory of a component while a build runs its initialisation.",
        "sixteen times the largest program that is built",
    ),
    LimitRow::fixed(
        "attempt",
        Unit::Time,
        preinitialise::LONGEST_ATTEMPT,
        "How long a build loads a program to see what it lacks of a world.",
        "what is not seen by then is said when it is called",
    ),
    LimitRow::fixed(
        "preinitialised-time",
        Unit::Time,
        preinitialise::LONGEST_MS,
        "Time that a build may take to run a component's initialisation.",
        "the largest bundle that is taken is compiled in a fifth of it",
    ),
    LimitRow::fixed(
        "place-bytes",
        Unit::Bytes,
        place::LONGEST_FILE as u64,
        "Length of the name of a file in which a program says that it is.",
        "one is kept for each run, and no path that people write is longer",
    ),
    LimitRow::fixed(
        "code-texts-least",
        Unit::Bytes,
        code::LEAST_TEXTS as u64,
        "Length of all texts of a program in source below which no code is kept of it.",
        "compiling them takes two milliseconds",
    ),
    LimitRow::fixed(
        "code-texts",
        Unit::Bytes,
        code::MOST_TEXTS as u64,
        "Length of all texts that one run has code made of.",
        "they are held until it is made; larger programs are built",
    ),
    LimitRow::fixed(
        "code-name-bytes",
        Unit::Bytes,
        code::LONGEST_NAME as u64,
        "Length of the name of a text whose code is kept.",
        "twice the longest path, as a URL",
    ),
    LimitRow::fixed(
        "code-bytes",
        Unit::Bytes,
        code::MOST_CODE as u64,
        "Length of the code that is kept of one program.",
        "four times the texts that it is made of",
    ),
    LimitRow::fixed(
        "code-count",
        Unit::Count,
        code::MOST_CODES as u64,
        "Texts whose code is kept of one program.",
        "as many as the largest programs load",
    ),
    LimitRow::fixed(
        "code-age",
        Unit::Count,
        code::OLDEST as u64,
        "Times that the code of a program is written anew until what was not used is left out.",
        "whoever goes back to an earlier version finds it for a while",
    ),
    LimitRow::fixed(
        "code-held",
        Unit::Bytes,
        code::MOST_HELD as u64,
        "Length of the code that one process holds in memory for programs that it runs again.",
        "what is not held is read from the cache",
    ),
    LimitRow::fixed(
        "code-memory",
        Unit::Bytes,
        code::MOST_MEMORY as u64,
        "Memory of the instance that compiles a text to be kept.",
        "thirty times the longest text",
    ),
    LimitRow::fixed(
        "code-time",
        Unit::Time,
        code::LONGEST_MS,
        "Time that compiling the texts of one run to be kept may take.",
        "as many as are taken need a third of it",
    ),
    LimitRow::fixed(
        "code-idle",
        Unit::Time,
        code::LONGEST_IDLE_MS,
        "Time without a further text of a run after which the code that was made is kept.",
        "a program that stays has loaded its texts by then, and keeps no thread",
    ),
    LimitRow::fixed(
        "code-makers",
        Unit::Count,
        code::MOST_AT_ONCE as u64,
        "Runs of one runtime whose texts are compiled to be kept at a time.",
        "each takes a thread; the code of the others is made by a later run",
    ),
    LimitRow::fixed(
        "code-wait",
        Unit::Time,
        code::LONGEST_WAIT_MS,
        "Time that the end of a command waits for the code of its program to be made.",
        "what is not made by then is made by the next run",
    ),
    LimitRow::fixed(
        "compilations",
        Unit::Count,
        compile::flights::MOST_AT_ONCE as u64,
        "Components that one engine compiles at a time.",
        "each may take the memory of its limit",
    ),
    LimitRow::fixed(
        "compile-threads",
        Unit::Count,
        worker::THREADS as u64,
        "Threads of one compilation.",
        "each reserves memory, and more gain little",
    ),
    LimitRow::fixed(
        "stack",
        Unit::Bytes,
        Run::WASM_STACK as u64,
        "Stack of a guest, by engine profile; it counts against the run's memory.",
        "deep recursion of a language runtime fits; it is what the engine gives by default",
    ),
    LimitRow::fixed(
        "tick",
        Unit::Time,
        time::TICK_MS,
        "Time that a guest computes before others have their turn; a tenth of it with ten guests or more.",
        "a deadline is noticed this late at most; shorter ones cost throughput",
    ),
    LimitRow::fixed(
        "pool-guests",
        Unit::Count,
        pool::MOST_GUESTS as u64,
        "Guests that one pool holds, at most.",
        "their address space is a quarter of what a process has",
    ),
    LimitRow::fixed(
        "pool-table-elements",
        Unit::Count,
        pool::TABLE_ELEMENTS as u64,
        "Elements of one table of a pooled guest.",
        "CPython has some ten thousand",
    ),
    LimitRow::fixed(
        "pool-memories",
        Unit::Count,
        pool::MEMORIES as u64,
        "Memories of one pooled component.",
        "known runtimes share one, and adapters add one; a guest must not take the pool's room from others",
    ),
    LimitRow::fixed(
        "pool-tables",
        Unit::Count,
        pool::TABLES as u64,
        "Tables of one pooled component.",
        "CPython with its extension modules has two dozen",
    ),
];
