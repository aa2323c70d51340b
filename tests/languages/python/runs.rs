//! What two runs of one snapshot share: nothing that one of them could tell.

use tollgate_tests::scene;

use super::{needs, run, run_text};

#[test]
fn two_runs_draw_different_numbers_and_tell_the_time_of_their_own() {
    let scene = scene!();
    let text = "import os, random, secrets, tempfile, time, uuid\n\
         print(random.random(), random.Random().random(), random.SystemRandom().random())\n\
         print(secrets.token_hex(8), uuid.uuid4(), uuid.uuid1(), os.urandom(8).hex())\n\
         print(next(tempfile._get_candidate_names()), id(object()) and '')\n\
         print(time.time() > 1.7e9, time.perf_counter() < 60, time.process_time() < 60)";
    let run = needs!(run_text(&scene, text));
    let (first, second) = (run.finish(), run.finish());
    first.expect(0);
    second.expect(0);
    let (first, second) = (first.lines(), second.lines());
    for (one, other) in first[..3].iter().zip(&second[..3]) {
        for (one, other) in one.split_whitespace().zip(other.split_whitespace()) {
            assert_ne!(one, other);
        }
    }
    assert_eq!((first[3], second[3]), ("True True True", "True True True"));
}

#[test]
fn what_one_run_changes_another_does_not_see() {
    let scene = scene!();
    let change = scene.write(
        "app/change.py",
        "import builtins, json, os, sys\n\
         builtins.left = json.left = sys.left = 'here'\n\
         os.environ['LEFT'] = 'here'\nsys.path.append('left')\nsys.modules['left'] = sys",
    );
    let look = scene.write(
        "app/look.py",
        "import builtins, json, os, sys\n\
         print(*(hasattr(it, 'left') for it in (builtins, json, sys)), 'LEFT' in os.environ, 'left' in sys.path, 'left' in sys.modules)",
    );
    needs!(run(&scene, &change)).finish().expect(0);
    let finished = needs!(run(&scene, &look)).finish();
    finished.expect(0);
    assert_eq!(finished.stdout, "False False False False False False\n");
}
