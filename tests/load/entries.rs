//! Each way into the host runs the same suite of denials: a policy that one of them forgets to ask is no policy. A way that
//! comes to be (a server, a schedule, a restored guest) gets a row here.

use std::collections::BTreeSet;

use tollgate_engine::{Ended, Profile, RunProfile, RunWithFuel};
use tollgate_policy::Policy;
use tollgate_tests::{Scene, scene};
use tollgate_vfs::{Mount, TreeBuilder};

use crate::host::Host;
use crate::make::{speaking, wasm};

/// What the suite finds where everything is denied: a bit for each denial that arrived in the interface's own words.
const ALL_DENIED: u8 = 0b111;

/// A component that reads what it may not, makes what it may not, and looks for a variable that it may not see: as a
/// command, and as a function.
fn component() -> Vec<u8> {
    speaking(
        "export wasi:cli/run@0.2.12; export probe: func() -> u32;",
        "(module
            (import \"wasi:filesystem/preopens@0.2.12\" \"get-directories\" (func $folders (param i32)))
            (import \"wasi:filesystem/types@0.2.12\" \"[method]descriptor.open-at\"
                (func $open (param i32 i32 i32 i32 i32 i32 i32)))
            (import \"wasi:cli/environment@0.2.12\" \"get-environment\" (func $variables (param i32)))
            (import \"wasi:cli/exit@0.2.12\" \"exit-with-code\" (func $exit (param i32)))
            (memory (export \"memory\") 1)
            (data (i32.const 256) \"secretnew\")
            (global $free (mut i32) (i32.const 4096))
            (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)
                (global.get $free)
                (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 15)) (i32.const -16))))
            (func $denied (param $name i32) (param $length i32) (param $open i32) (param $flags i32) (result i32)
                (call $open (i32.load (i32.load (i32.const 64))) (i32.const 0) (local.get $name) (local.get $length)
                    (local.get $open) (local.get $flags) (i32.const 80))
                (i32.and
                    (i32.eq (i32.load8_u (i32.const 80)) (i32.const 1))
                    (i32.eq (i32.load8_u (i32.const 84)) (i32.const 0))))
            (func $probe (export \"probe\") (result i32)
                (call $folders (i32.const 64))
                (call $variables (i32.const 72))
                (i32.or
                    (i32.or
                        (call $denied (i32.const 256) (i32.const 6) (i32.const 0) (i32.const 1))
                        (i32.shl (call $denied (i32.const 262) (i32.const 3) (i32.const 1) (i32.const 2)) (i32.const 1)))
                    (i32.shl (i32.eqz (i32.load (i32.const 76))) (i32.const 2))))
            (func (export \"wasi:cli/run@0.2.12#run\") (result i32)
                (call $exit (call $probe))
                unreachable))",
    )
}

/// The same, as a command of WASI 0.1.
fn module() -> Vec<u8> {
    wasm(
        "(module
            (import \"wasi_snapshot_preview1\" \"path_open\"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import \"wasi_snapshot_preview1\" \"environ_sizes_get\" (func $variables (param i32 i32) (result i32)))
            (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
            (memory (export \"memory\") 1)
            (data (i32.const 256) \"secretnew\")
            (func $denied (param $name i32) (param $length i32) (param $open i32) (param $rights i64) (result i32)
                (i32.eq
                    (call $open (i32.const 3) (i32.const 0) (local.get $name) (local.get $length) (local.get $open)
                        (local.get $rights) (local.get $rights) (i32.const 0) (i32.const 16))
                    (i32.const 2)))
            (func (export \"_start\")
                (drop (call $variables (i32.const 32) (i32.const 36)))
                (call $exit (i32.or
                    (i32.or
                        (call $denied (i32.const 256) (i32.const 6) (i32.const 0) (i64.const 2))
                        (i32.shl (call $denied (i32.const 262) (i32.const 3) (i32.const 1) (i64.const 64)) (i32.const 1)))
                    (i32.shl (i32.eqz (i32.load (i32.const 32))) (i32.const 2))))))",
    )
}

/// What was denied, in the words of the log: operation, resource, outcome.
type Denied = BTreeSet<(String, String, String)>;

fn expected() -> Denied {
    [
        ("fs.read", "/work/secret", "access"),
        ("fs.write", "/work/new", "access"),
        ("env.read", "SECRET", "absent"),
    ]
    .map(|(operation, resource, outcome)| {
        (
            operation.to_owned(),
            resource.to_owned(),
            outcome.to_owned(),
        )
    })
    .into()
}

/// A policy that gives the folder and the variable, and takes both away, in the ways that it can be written.
fn policies(scene: &Scene) -> Vec<(&'static str, Vec<String>)> {
    let work = scene.work().display().to_string();
    let file = scene.write(
        "tollgate.toml",
        format!(
            "version = 1
            [[mount]]
            host = \"{work}\"
            guest = \"/work\"
            [stdio]
            default = \"allow\"
            [fs]
            default = \"allow\"
            deny = [\"read:/work/secret\", \"write:/work/**\"]
            [env]
            allow = [\"SECRET=value\"]
            deny = [\"SECRET\"]
            "
        ),
    );
    let flags = [
        "--dir",
        &scene.dir(""),
        "--deny-read",
        "/work/secret",
        "--deny-write",
        "/work/**",
        "--env",
        "SECRET=value",
        "--deny-env",
        "SECRET",
    ]
    .map(str::to_owned)
    .to_vec();
    let fuel = ["--limit".to_owned(), "fuel=1000000000".to_owned()];
    vec![
        ("flags", flags.clone()),
        ("flags, with fuel", [&flags[..], &fuel].concat()),
        (
            "a file",
            vec!["--policy".to_owned(), file.display().to_string()],
        ),
    ]
}

#[test]
fn a59_each_way_through_the_binary_runs_the_same_denials() {
    let scene = scene!();
    scene.write("work/secret", "content");
    scene.write("component.wasm", component());
    scene.write("module.wasm", module());
    let (all, shown) = (i32::from(ALL_DENIED), format!("{ALL_DENIED}\n"));
    for (policy, flags) in policies(&scene) {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        for (way, file, more, code, stdout) in [
            ("a component", "component.wasm", &[][..], all, ""),
            ("a component from the cache", "component.wasm", &[], all, ""),
            ("a module", "module.wasm", &[], all, ""),
            ("a module from the cache", "module.wasm", &[], all, ""),
            (
                "a function",
                "component.wasm",
                &["--invoke", "probe()"],
                0,
                &shown,
            ),
        ] {
            let what = format!("{way}, by {policy}");
            let (finished, records) = scene.run(file).flags(&flags).flags(more).logged();
            assert_eq!(
                (finished.code, finished.stdout.as_str()),
                (Some(code), stdout),
                "{what}: {}",
                finished.stderr
            );
            // One log for all of them: what stands behind its last beginning is this run's.
            let begun = records
                .iter()
                .rposition(|record| record.operation == "run.start")
                .unwrap();
            let denied: Denied = records
                .into_iter()
                .skip(begun)
                .filter(|record| record.decision == "deny")
                .map(|record| (record.operation, record.resource, record.outcome))
                .collect();
            assert_eq!(denied, expected(), "{what}");
            assert!(!scene.path("work/new").exists(), "{what}");
        }
    }
}

/// The control: nothing denies it, and the same suite finds nothing denied.
#[test]
fn what_is_given_is_not_denied_by_any_way() {
    let scene = scene!();
    scene.write("work/secret", "content");
    for (name, bytes) in [("component.wasm", component()), ("module.wasm", module())] {
        scene.write(name, bytes);
        let run = scene.run(name).work().flags(&["--env", "SECRET=value"]);
        run.finish().expect(0);
    }
}

const PROTOCOL: &str = r#"{
    "fs": {"default": "allow", "rules": [
        {"mode": "deny", "operations": ["read"], "paths": ["/work/secret"]},
        {"mode": "deny", "operations": ["write"], "paths": ["/work/**"]}]},
    "env": {"default": "allow", "rules": [{"mode": "deny", "operations": ["*"], "patterns": ["SECRET"]}]}
}"#;

/// The permissions of the protocol, in a host that is a library.
fn by_protocol<P: Profile>(profile: &str) {
    let scene = scene!();
    scene.write("work/secret", "content");
    let host: Host<P> = Host::new();
    for (way, bytes, call) in [
        ("a component", component(), None),
        ("a function", component(), Some("probe()")),
        ("a module", module(), None),
    ] {
        let what = format!("{way} under {profile}");
        let folder =
            cap_std::fs::Dir::open_ambient_dir(scene.work(), cap_std::ambient_authority()).unwrap();
        let mount = Mount::host(folder, false).unwrap();
        let tree = TreeBuilder::new()
            .mount("/work", "/work", mount)
            .unwrap()
            .build();
        let policy = Policy::from_protocol_json(PROTOCOL).unwrap();
        let done = host.run_under(&host.load(&bytes), policy, call, |guest| {
            guest
                .tree(tree)
                .environment([("SECRET".to_owned(), "value".to_owned())])
        });
        match (&done.result, call) {
            (Ok(Ended::Exit(ALL_DENIED)), None) => {}
            (Ok(Ended::Returned(values)), Some(_)) => {
                assert_eq!(values, &[ALL_DENIED.to_string()], "{what}")
            }
            other => panic!("{what}: {other:?}"),
        }
        let denied: Denied = done
            .records
            .into_iter()
            .filter(|record| record.decision.as_str() == "deny")
            .map(|record| (record.operation, record.resource, record.outcome))
            .collect();
        assert_eq!(denied, expected(), "{what}");
        assert!(!scene.path("work/new").exists(), "{what}");
    }
}

#[test]
fn a59_the_protocols_permissions_run_the_same_denials() {
    by_protocol::<RunProfile>("run");
    by_protocol::<RunWithFuel>("run with fuel");
}
