//! 96: how much of WASI a WebAssembly program gets.

use tollgate_client::types::{ConfigureVmRequest, WasmPermissionTier};
use tollgate_client::{Vm, command};
use tollgate_tests::guests;

use crate::mounts::nothing;
use crate::support::{Ended, Watch, allowed, guest, wasm};

/// What the guest that is told its operations on files says to these, under a tier.
async fn operations(vm: &Vm, tier: WasmPermissionTier, lines: &[&str]) -> Vec<String> {
    let mut watch = Watch::over(vm);
    let mut asked = wasm(vm, "tier", guests::FS_OPS, lines).await;
    asked.wasm_permission_tier = Some(tier);
    vm.execute(asked).await.unwrap();
    let ended = watch.ended("tier").await;
    ended.expect(0);
    ended.stdout.lines().map(str::to_owned).collect()
}

const LINES: [&str; 4] = [
    "preopens",
    "open p0 tmp/f read r",
    "open p0 tmp/f write w",
    "open p0 tmp/new create,write n",
];

#[tokio::test]
async fn s96_a_tier_takes_away_what_it_says() {
    let (_host, vm) = allowed().await;
    vm.write_file("/tmp/f", b"x").await.unwrap();
    let full = operations(&vm, WasmPermissionTier::Full, &LINES).await;
    assert!(full.iter().all(|line| line.starts_with("ok")), "{full:?}");
    vm.remove_file("/tmp/new").await.unwrap();
    let read_only = operations(&vm, WasmPermissionTier::ReadOnly, &LINES).await;
    assert!(read_only[1].starts_with("ok"), "{read_only:?}");
    assert!(read_only[2].starts_with("error"), "{read_only:?}");
    assert!(read_only[3].starts_with("error"), "{read_only:?}");
    assert!(!vm.exists("/tmp/new").await.unwrap());
    let isolated = operations(&vm, WasmPermissionTier::Isolated, &LINES[..1]).await;
    assert_eq!(isolated, ["ok"], "there is no folder");
    let write = ["open p0 tmp/new create,write n", "unlink p0 tmp/f"];
    let read_write = operations(&vm, WasmPermissionTier::ReadWrite, &write).await;
    assert!(read_write[0].starts_with("ok"), "{read_write:?}");
    assert!(read_write[1].starts_with("error"), "{read_write:?}");
    assert!(vm.exists("/tmp/f").await.unwrap());
}

#[tokio::test]
async fn s96_a_command_has_the_tier_that_the_configuration_says() {
    let (_host, vm) = allowed().await;
    vm.write_file("/usr/bin/ops", &guest(guests::FS_OPS))
        .await
        .unwrap();
    vm.chmod("/usr/bin/ops", 0o755).await.unwrap();
    let configured = ConfigureVmRequest {
        command_permissions: vec![("ops".to_owned(), WasmPermissionTier::Isolated)],
        ..nothing()
    };
    vm.configure(configured).await.unwrap();
    let mut watch = Watch::over(&vm);
    vm.execute(command("p1", "ops", &["preopens"]))
        .await
        .unwrap();
    let ended: Ended = watch.ended("p1").await;
    assert_eq!(ended.expect(0).stdout, "ok\n");
    // What a request says comes before it.
    let mut asked = command("p2", "ops", &["preopens"]);
    asked.wasm_permission_tier = Some(WasmPermissionTier::Full);
    vm.execute(asked).await.unwrap();
    assert_ne!(watch.ended("p2").await.expect(0).stdout, "ok\n");
}
