//! What two runs of one snapshot share: nothing that one of them could tell.

use tollgate_tests::scene;

#[test]
fn two_runs_draw_different_numbers_and_tell_the_time_of_their_own() {
    let scene = scene!();
    let file = scene.write(
        "app/main.js",
        "console.log(Math.random(), crypto.randomUUID(), require('crypto').randomBytes(8).toString('hex'), Date.now() > 1.7e12, performance.now() < 60000)",
    );
    let first = scene.run(&file).finish();
    let second = scene.run(&file).finish();
    first.expect(0);
    second.expect(0);
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (first, second) = (words(&first.stdout), words(&second.stdout));
    for at in 0..3 {
        assert_ne!(first[at], second[at]);
    }
    assert_eq!(&first[3..], ["true", "true"]);
}

#[test]
fn what_one_run_changes_another_does_not_see() {
    let scene = scene!();
    let change = scene.write(
        "app/change.js",
        "Array.prototype.evil = 1; globalThis.left = 'here'; require('path').left = 'here'; Object.prototype.left = 'here'; process.env.LEFT = 'here';",
    );
    let look = scene.write(
        "app/look.js",
        "console.log([].evil, globalThis.left, require('path').left, {}.left, process.env.LEFT)",
    );
    scene.run(&change).finish().expect(0);
    let finished = scene.run(&look).finish();
    finished.expect(0);
    assert_eq!(
        finished.stdout,
        "undefined undefined undefined undefined undefined\n"
    );
}
