//! What programs are given, how they end, and what they say then.

use tollgate_tests::{Finished, scene};

use super::{cache, needs, run_text};

#[test]
fn a_program_has_its_arguments_environment_and_standard_streams() {
    let scene = scene!();
    let text = "import os, sys\n\
         print(sys.argv, os.environ.get('GREETING'), os.environ.get('HOME'), sys.stdin.read())\n\
         print('done', file=sys.stderr)";
    let finished = needs!(run_text(&scene, text))
        .flags(&["--env", "GREETING=good day"])
        .args(&["a", "--b", "-c"])
        .input("typed\n")
        .finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout.trim(),
        "['/program/main.py', 'a', '--b', '-c'] good day None typed"
    );
    assert_eq!(finished.stderr, "done\n");
}

fn of_text(arguments: &[&str], input: &str) -> Option<Finished> {
    let cache = cache()?;
    let scene = scene!();
    let program = scene.tollgate(["run", "--lang", "py"]).args(arguments);
    Some(program.env("XDG_CACHE_HOME", cache).input(input).run())
}

#[test]
fn a_text_of_the_command_line_or_of_standard_input_is_a_program() {
    let text = "import sys; print(sys.argv, __name__, '__file__' in globals())";
    let finished = needs!(of_text(&["-e", text, "x", "-y"], ""));
    finished.expect(0);
    assert_eq!(finished.stdout, "['-c', 'x', '-y'] __main__ False\n");
    let finished = needs!(of_text(&["-", "x"], text));
    finished.expect(0);
    assert_eq!(finished.stdout, "['-', 'x'] __main__ False\n");
    let failed = needs!(of_text(&["-"], "if True:\n  x = 1 +\n"));
    failed.expect(1);
    assert!(
        failed
            .stderr
            .starts_with("  File \"<stdin>\", line 2\n    x = 1 +\n           ^\nSyntaxError"),
        "{}",
        failed.stderr
    );
}

#[test]
fn an_exit_code_is_the_programs() {
    for (text, code) in [
        ("import sys; sys.exit(7)", 7),
        ("raise SystemExit('text')", 1),
        ("import os; os._exit(9)", 9),
        ("1/0", 1),
        ("", 0),
    ] {
        let scene = scene!();
        needs!(run_text(&scene, text)).finish().expect(code);
    }
}

#[test]
fn an_uncaught_error_shows_lines_of_every_file_by_guest_path() {
    let scene = scene!();
    scene.write("app/helper.py", "def fail(n):\n    return 1 / n\n");
    let text = "import helper, json\n\n\ndef main():\n    try:\n        helper.fail(0)\n    except ZeroDivisionError:\n        json.loads('{')\n\n\nmain()\n";
    let finished = needs!(run_text(&scene, text)).finish();
    finished.expect(1);
    let said = &finished.stderr;
    for part in [
        "Traceback (most recent call last):\n  File \"/program/main.py\", line 6, in main\n    helper.fail(0)\n",
        "  File \"/program/helper.py\", line 2, in fail\n    return 1 / n\n           ~~^~~\nZeroDivisionError: division by zero\n",
        "  File \"/program/main.py\", line 11, in <module>\n    main()\n",
        "File \"/python/json/decoder.py\"",
        "    obj, end = self.scan_once(s, idx)\n",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    for part in ["tollgate", "importlib", &scene.root().display().to_string()] {
        assert!(!said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_module_that_is_no_python_says_where_and_shows_no_frames_of_the_runner() {
    let scene = scene!();
    scene.write("app/bad.py", "good = 1\nbad = = 2\n");
    let finished = needs!(run_text(&scene, "import bad\n")).finish();
    finished.expect(1);
    assert_eq!(
        finished.stderr,
        "Traceback (most recent call last):\n  File \"/program/main.py\", line 1, in <module>\n    import bad\n  \
         File \"/program/bad.py\", line 2\n    bad = = 2\n          ^\nSyntaxError: invalid syntax\n"
    );
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let cache = needs!(cache());
    let scene = scene!();
    let gone = scene.path("app/gone.py");
    let finished = scene
        .run(&gone)
        .host_env("XDG_CACHE_HOME", &cache.display().to_string())
        .finish();
    finished.expect(127);
    assert!(
        finished.stderr.contains("there is no file"),
        "{}",
        finished.stderr
    );
}
