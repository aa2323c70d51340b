//! Programs that misbehave: each limit ends them, or is an error that they can catch.

use tollgate_tests::{Finished, Record, scene};

use super::{needs, run_text};
use crate::shared::{ended_at, failed_at, reached};

fn limited(text: &str, limits: &str) -> Option<(Finished, Vec<Record>)> {
    let scene = scene!();
    Some(run_text(&scene, text)?.flags(&["--limit", limits]).logged())
}

#[track_caller]
fn ended(text: &str, limits: &str, limit: &str, place: &str) {
    let logged = needs!(limited(text, limits));
    ended_at(&logged, limit, place);
}

#[test]
fn an_endless_loop_ends_by_time() {
    let place = "/program/main.py:2";
    ended("\nwhile True: pass", "cpu=300ms,wall=50s", "cpu", place);
    ended("\nwhile True: pass", "wall=1s", "wall", place);
    ended("import time\ntime.sleep(1000)", "wall=1s", "wall", place);
    ended(
        "try:\n while True: pass\nexcept BaseException: pass",
        "cpu=300ms",
        "cpu",
        place,
    );
    // In the middle of what is native.
    ended("one = 3\nend = one ** 10 ** 8", "cpu=1s", "cpu", place);
    // Long after each line was reached for the first time.
    ended(
        "\nfor i in range(3): len([i])\nwhile True: kept = [[i] for i in range(1000)]",
        "cpu=1s",
        "cpu",
        "/program/main.py:3",
    );
}

#[test]
fn endless_output_ends_by_its_limit() {
    ended(
        "def say(text):\n    print(text * 1000)\nwhile True:\n    say('x')",
        "output=100KiB",
        "output",
        "/program/main.py:2",
    );
    ended(
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "output=100KiB",
        "output",
        "/program/main.py:2",
    );
}

#[test]
fn endless_instructions_end_by_fuel() {
    // The one profile more is compiled for this test alone, which takes as long as all others.
    ended(
        "\nwhile True: pass",
        "fuel=300000000,compile-time=180s",
        "fuel",
        "/program/main.py:2",
    );
}

#[test]
fn an_uncaught_error_is_recorded_with_its_place() {
    for (text, place) in [
        (
            "import json\ndef fail():\n    json.loads('{')\nfail()",
            "/program/main.py:3:5",
        ),
        (
            "def half(n):\n    return 1 + 1 / n\nhalf(0)",
            "/program/main.py:2:16",
        ),
        ("good = 1\nbad = = 2\n", "/program/main.py:2:7"),
        ("good = 1\nbig = bytes(1 << 28)\n", "/program/main.py:2:7"),
    ] {
        let (finished, records) = needs!(limited(text, "memory=96MiB"));
        finished.expect(1);
        assert_eq!(failed_at(&records), [place], "{text}");
    }
}

/// Which of the line's two calls finds no memory is a matter of the last kibibyte, and so is whether there is some for the
/// frames of the error.
#[test]
fn memory_that_ran_out_is_recorded_with_its_line_however_little_is_left() {
    let text = "kept = []\nwhile True: kept.append([0] * 1000)";
    // CPython takes memory by the mebibyte.
    for kibibytes in (96 << 10..97 << 10).step_by(64) {
        let limit = format!("memory={kibibytes}KiB");
        let (finished, records) = needs!(limited(text, &limit));
        finished.expect(1);
        let [place] = failed_at(&records)[..] else {
            panic!("{limit}: {records:#?}");
        };
        assert!(
            [
                "/program/main.py:2",
                "/program/main.py:2:13",
                "/program/main.py:2:25"
            ]
            .contains(&place),
            "{limit}: {place}"
        );
        let said = &finished.stderr;
        assert!(
            said.contains("MemoryError") && said.contains("line 2"),
            "{limit}: {said}"
        );
    }
}

#[test]
fn memory_runs_out_as_an_error_that_a_program_can_catch() {
    let text = "kept = []\ntry:\n    while True: kept.append(bytes(1 << 20))\n\
         except MemoryError:\n    kept = None\n    print('MemoryError')";
    let (finished, records) = needs!(limited(text, "memory=96MiB"));
    finished.expect(0);
    assert_eq!(finished.stdout, "MemoryError\n");
    assert!(reached(&records, "memory"), "{records:#?}");
}

#[test]
fn runaway_recursion_is_an_error_that_a_program_can_catch() {
    let text = "import json\n\
         class Deep:\n    def __getattr__(self, name): return getattr(self, name + 'x')\n    def __eq__(self, other): return self == other\n    def __repr__(self): return repr(self)\n\
         def endless(): return endless()\n\
         def caught(work):\n    try: work()\n    except (RecursionError, MemoryError, SyntaxError) as error: print(type(error).__name__)\n    else: print('none')\n\
         caught(endless)\n\
         caught(lambda: Deep().value)\n\
         caught(lambda: Deep() == Deep())\n\
         caught(lambda: repr(Deep()))\n\
         caught(lambda: compile('(' * 100_000, 'x', 'eval'))\n\
         caught(lambda: compile('-' * 100_000 + '1', 'x', 'eval'))\n\
         caught(lambda: json.loads('[' * 5000 + ']' * 5000))";
    let (finished, _) = needs!(limited(text, "cpu=60s"));
    finished.expect(0);
    let lines = finished.lines();
    assert_eq!(lines[..4], ["RecursionError"; 4]);
    for line in &lines[4..6] {
        assert!(
            ["RecursionError", "MemoryError", "SyntaxError"].contains(line),
            "{lines:?}"
        );
    }
    assert_eq!(lines[6], "none");
}

#[test]
fn handles_and_what_one_call_hands_over_are_bounded() {
    let scene = scene!();
    let text = "kept = []\ntry:\n    while True: kept.append(open('/work/file'))\nexcept OSError as error: print(len(kept) < 64)";
    scene.write("work/file", "");
    let run = needs!(run_text(&scene, text));
    let logged = run.work().flags(&["--limit", "handles=64"]).logged();
    ended_at(&logged, "handles", "/program/main.py:3");
    let scene = scene!();
    scene.write("app/large.py", format!("word = '{}'", "x".repeat(2 << 20)));
    let text = "try: import large\nexcept ImportError as error: print(error)";
    let run = needs!(run_text(&scene, text));
    let (finished, _) = run.flags(&["--limit", "host-call-bytes=1MiB"]).logged();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "[Errno 22] File too large: '/program/large.py'\n"
    );
}
