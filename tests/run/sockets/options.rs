//! Options of sockets: within bounds, whatever the guest asks for.

use tollgate_tests::scene;

use super::{script, tell};

#[test]
fn options_are_set_within_bounds() {
    let scene = scene!();
    let mut running = script(&scene, &[]);
    tell(&mut running, &[("tcp t 4", "ok"), ("udp u 6", "ok")]);
    for option in [
        "backlog",
        "keep-alive-idle",
        "keep-alive-interval",
        "keep-alive-count",
        "hops",
        "receive-buffer",
        "send-buffer",
    ] {
        tell(
            &mut running,
            &[(&format!("set t {option} 0"), "error invalid-argument")],
        );
    }
    tell(
        &mut running,
        &[
            ("set t backlog max", "ok"),
            ("get t keep-alive", "ok false"),
            ("set t keep-alive 1", "ok"),
            ("get t keep-alive", "ok true"),
            ("set t keep-alive-idle 1", "ok"),
            ("get t keep-alive-idle", "ok 1000000000"),
            ("set t keep-alive-idle max", "ok"),
            ("get t keep-alive-idle", "ok 32767000000000"),
            ("set t keep-alive-interval 2500000000", "ok"),
            ("get t keep-alive-interval", "ok 3000000000"),
            ("set t keep-alive-count max", "ok"),
            ("get t keep-alive-count", "ok 127"),
            ("set t hops 7", "ok"),
            ("get t hops", "ok 7"),
            ("set t receive-buffer 65536", "ok"),
            ("get t receive-buffer", "ok 65536"),
            ("set u hops 0", "error invalid-argument"),
            ("set u hops 9", "ok"),
            ("get u hops", "ok 9"),
            ("set u send-buffer 0", "error invalid-argument"),
            ("set u send-buffer 65536", "ok"),
            ("get u send-buffer", "ok 65536"),
        ],
    );
    for option in ["receive-buffer", "send-buffer"] {
        tell(&mut running, &[(&format!("set t {option} max"), "ok")]);
        let size = running.ask(&format!("get t {option}"));
        let size: u64 = size.strip_prefix("ok ").unwrap().parse().unwrap();
        assert!((4096..=1 << 20).contains(&size), "{option} {size}");
    }
    running.wait().expect(0);
}
