//! What runs when a guest is made.

use crate::support::{OPEN, Tool};

const YIELD: &str = r#"(import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))"#;

/// A module that writes down the order in which its functions are called.
fn module(import: &str, call: &str, start: &str, initialize: &str) -> String {
    format!(
        r#"(module {import} (memory (export "memory") 1) (global $next (mut i32) (i32.const 64))
            (func $note (param i32)
                {call}
                (i32.store8 (global.get $next) (local.get 0))
                (global.set $next (i32.add (global.get $next) (i32.const 1))))
            (func $start (call $note (i32.const 115))) {start}
            (func (export "{initialize}") (call $note (i32.const 105)))
            (func (export "_start") (call $note (i32.const 120)))
            (func (export "order") (param i32 i32) (result i32 i32)
                (call $note (i32.const 99))
                (i32.const 64) (i32.sub (global.get $next) (i32.const 64))))"#
    )
}

#[tokio::test]
async fn start_functions_and_initialize_run_in_this_order_and_start_does_not() {
    let yields = "(drop (call $yield))";
    for (import, call) in [("", ""), (YIELD, ""), (YIELD, yields)] {
        for (start, initialize, order) in [
            ("(start $start)", "_initialize", "sic"),
            ("(start $start)", "other", "sc"),
            ("", "_initialize", "ic"),
            ("", "other", "c"),
        ] {
            let text = module(import, call, start, initialize);
            let tool = Tool::new(&text).await.under(OPEN);
            assert_eq!(
                tool.output("").await,
                order.as_bytes(),
                "{import} {call} {start} {initialize}"
            );
        }
    }
}
