//! WASI 0.1 through the gate.

use tollgate::audit::verify::{VerifyOptions, verify};
use tollgate::policy::Scope;
use tollgate::{Host, Refused, Stream};
use tollgate_plugins::core_abi::CallRefused;

use crate::support::{OPEN, Tool};

/// A tool that prints its input, and gives back the errno.
const PRINTER: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "print") (param i32 i32) (result i32 i32)
        (i32.store (i32.const 1004) (local.get 1))
        (i32.store8 (i32.const 1000)
            (call $write (i32.const 1) (i32.const 1000) (i32.const 1) (i32.const 1008)))
        (i32.const 1000) (i32.const 1)))"#;

#[tokio::test]
async fn what_a_tool_prints_passes_the_gate() {
    let tool = Tool::new(PRINTER).await.under(OPEN);
    let options = tool.options().stdout(Stream::Capture);
    let outcome = tool.try_call(0, "{\"a\":1}", options).await.unwrap();
    assert_eq!(outcome.stdout, b"{\"a\":1}");
    assert!(
        outcome.asked().any(|row| row.operation == "stdio.write"),
        "{:?}",
        outcome.audit
    );
    assert_eq!(outcome.result.unwrap().unwrap(), [0]);
}

#[tokio::test]
async fn i68_what_is_denied_is_an_errno_and_a_record() {
    let tool = Tool::new(PRINTER).await;
    let options = tool.options().stdout(Stream::Capture);
    let outcome = tool.try_call(0, "canary", options).await.unwrap();
    assert_eq!(outcome.stdout, b"");
    let denied: Vec<_> = outcome
        .denied()
        .map(|row| (&*row.operation, &*row.resource))
        .collect();
    assert_eq!(denied, [("stdio.write", "stdout")]);
    assert!(!format!("{:?}", outcome.audit).contains("canary"));
    let errno = outcome.result.unwrap().unwrap();
    assert!(errno.len() == 1 && errno != [0], "{errno:?}");
}

#[tokio::test]
async fn clocks_entropy_and_the_environment_are_the_runs() {
    let tool = Tool::new(
        r#"(module
            (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "look") (param i32 i32) (result i32 i32)
                (i32.store (i32.const 0) (i32.or (i32.or
                    (call $time (i32.const 0) (i64.const 1) (i32.const 8))
                    (call $random (i32.const 16) (i32.const 16))) (i32.or
                    (call $sizes (i32.const 32) (i32.const 36))
                    (call $environ (i32.const 1000) (i32.const 64)))))
                (drop (call $args (i32.const 40) (i32.const 44)))
                (i32.const 0) (i32.add (i32.const 64) (i32.load (i32.const 36)))))"#,
    )
    .await
    .under(OPEN);
    let look = async || {
        let options = tool
            .options()
            .name("name")
            .variable("SEEN", "value")
            .variable("CANARY", "secret");
        let outcome = tool.try_call(0, "", options).await.unwrap();
        let operations: Vec<_> = outcome.asked().map(|row| row.operation.clone()).collect();
        for expected in ["clock.read", "random.read", "env.read"] {
            assert!(
                operations.iter().any(|found| found == expected),
                "{operations:?}"
            );
        }
        outcome.result.unwrap().unwrap()
    };
    let (one, other) = (look().await, look().await);
    assert_eq!(one[..4], [0; 4], "{one:?}");
    let nanoseconds = u64::from_le_bytes(one[8..16].try_into().unwrap());
    assert!(nanoseconds > 1_600_000_000_000_000_000, "{nanoseconds}");
    assert_ne!(one[16..32], other[16..32]);
    assert_eq!(one[32..40], [1, 0, 0, 0, 11, 0, 0, 0]);
    assert_eq!(&one[64..], b"SEEN=value\0");
    assert_eq!(one[40], 1);
}

/// WASI has no error for a clock that is denied, so that a tool that has one is not run at all.
#[tokio::test]
async fn what_cannot_be_denied_politely_is_not_run() {
    let tool = Tool::new(
        r#"(module
            (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "f") (param i32 i32) (result i32 i32)
                (drop (call $random (i32.const 0) (i32.const 8))) (i32.const 0) (i32.const 8)))"#,
    )
    .await;
    let refused = tool.try_call(0, "", tool.options()).await.unwrap_err();
    assert!(
        matches!(refused, CallRefused::Refused(Refused::Inexpressible(_))),
        "{refused}"
    );
    let requests = tool.component.requests();
    assert!(
        requests
            .iter()
            .any(|request| request.scope == Scope::Random)
    );
}

/// Files: what no mount gives is not there, and what is asked for is recorded.
#[tokio::test]
async fn a_tool_without_mounts_has_no_files() {
    let tool = Tool::new(
        r#"(module
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
            (memory (export "memory") 1) (data (i32.const 100) "etc/passwd")
            (func (export "open") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 0) (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 10)
                    (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)))
                (i32.store8 (i32.const 1) (call $prestat (i32.const 3) (i32.const 64)))
                (i32.const 0) (i32.const 2)))"#,
    )
    .await
    .under(OPEN);
    // EBADF: there is no such descriptor.
    assert_eq!(tool.output("").await, [8, 8]);
}

#[tokio::test]
async fn i68_the_log_of_a_tools_call_is_whole_and_holds_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (log, key) = (folder.path().join("audit.jsonl"), folder.path().join("key"));
    let host = Host::builder()
        .compile_in_process()
        .log_file(&log, key)
        .build()
        .unwrap();
    let tool = Tool::at(host, PRINTER).await.under(OPEN);
    let options = tool.options().variable("SEEN", "canary-variable");
    let outcome = tool.try_call(0, "canary-input", options).await.unwrap();
    assert_eq!(outcome.result.unwrap().unwrap(), [0]);
    let Tool {
        host, component, ..
    } = tool;
    drop(component);
    host.close().unwrap();
    assert_eq!(
        verify(&log, &VerifyOptions::default())
            .unwrap()
            .unsigned_records,
        0
    );
    let text = std::fs::read_to_string(&log).unwrap();
    for operation in ["run.start", "stdio.write", "run.end"] {
        assert!(text.contains(operation), "{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

/// Toolchains that link badly import a function more than once.
#[tokio::test]
async fn an_import_may_be_there_twice() {
    let tool = Tool::new(
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (import "wasi_snapshot_preview1" "sched_yield" (func $one (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $leave (param i32)))
            (import "wasi_snapshot_preview1" "sched_yield" (func $other (result i32)))
            (memory (export "memory") 1)
            (func (export "f") (param i32 i32) (result i32 i32)
                (i32.store8 (i32.const 0) (i32.or (call $one) (call $other)))
                (if (i32.const 0) (then (call $exit (i32.const 1)) (call $leave (i32.const 2))))
                (i32.const 0) (i32.const 1)))"#,
    )
    .await
    .under(OPEN);
    assert_eq!(tool.output("x").await, [0]);
}
