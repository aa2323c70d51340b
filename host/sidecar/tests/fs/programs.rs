//! What a program of the VM sees of the files that its client sees.

use tollgate::{Outcome, RunOptions, Stream};
use tollgate_protocol::types::GuestFilesystemOperation as Op;
use tollgate_sidecar::fs::Leave;
use tollgate_tests::guests;

use crate::support::*;

/// Runs the guest that does what it is told, a line each, in the files of the VM.
async fn told(vm: &Vm, permissions: &str, lines: &[&str]) -> (Vec<String>, Outcome) {
    let bytes = std::fs::read(guests::FS_OPS).unwrap();
    let component = vm.host.load(bytes).await.unwrap();
    let grants = vm.host.grants(policy(permissions)).unwrap();
    let mut options = RunOptions::new(&grants)
        .rooted(true)
        .process("vm-1", 7)
        .arguments(lines.iter().copied())
        .stdout(Stream::Capture);
    for (place, mount) in vm.files.mounts(vm.principal.gate(), &Leave::default()) {
        options = options.mount(place, mount);
    }
    let outcome = component.command(options).await.unwrap();
    let said = String::from_utf8(outcome.stdout.clone()).unwrap();
    (said.lines().map(str::to_owned).collect(), outcome)
}

#[tokio::test]
async fn a_program_and_its_client_share_their_files_and_the_rules_about_them() {
    let vm = vm().await;
    vm.mounted(vec![mount("/m", plugin("memory", "{}"))])
        .unwrap();
    vm.write("/f", "from the client").await.unwrap();
    vm.symlink("/l", "/m/inner").await.unwrap();
    vm.write("/m/inner", "beyond a link").await.unwrap();
    let permissions = r#"{"fs":{"default":"allow","rules":[
        {"mode":"deny","operations":["read"],"paths":["/etc/passwd"]}]}}"#;
    let (said, outcome) = told(
        &vm,
        permissions,
        &[
            "preopens",
            "open p0 f read f",
            "read f 64 0",
            "open p0 l follow,read l",
            "read l 64 0",
            "open p0 m/made create,write n",
            "write n 0 by-the-guest",
            "mkdir p0 etc/agentos/x",
            "open p0 dev/urandom read z",
            "read z 4 0",
            "open p0 etc/passwd read p",
            "mkdir p0 proc/x",
        ],
    )
    .await;
    assert_eq!(said.len(), 12, "{said:#?}");
    assert_eq!(said[0], "ok /", "{said:#?}");
    assert!(said[2].contains("from"), "{said:#?}");
    assert!(said[4].contains("beyond"), "{said:#?}");
    assert!(said[6].starts_with("ok"), "{said:#?}");
    assert_eq!(said[7], "error read-only");
    assert!(said[9].starts_with("ok"), "{said:#?}");
    assert_eq!(said[10], "error access");
    assert_eq!(said[11], "error read-only");
    assert_eq!(vm.read("/m/made").await.unwrap(), "by-the-guest");
    assert!(vm.exists("/m/made").await);
    let records = vm.log.recent();
    let own = records.iter().find(|record| record.run == outcome.run);
    let own = own.unwrap();
    assert_eq!((own.vm.as_deref(), own.process), (Some("vm-1"), Some(7)));
}

#[tokio::test]
async fn what_a_client_unmounts_is_gone_for_the_next_program() {
    let vm = vm().await;
    vm.mounted(vec![mount("/m", plugin("memory", "{}"))])
        .unwrap();
    vm.write("/m/f", "x").await.unwrap();
    let looks = ["stat-at p0 m/f"];
    let (said, _) = told(&vm, ALL, &looks).await;
    assert!(said[0].starts_with("ok"), "{said:?}");
    vm.mounted(Vec::new()).unwrap();
    let (said, _) = told(&vm, ALL, &looks).await;
    assert_eq!(said, ["error no-entry"]);
    assert!(vm.on(Op::Lstat, "/m").await.is_ok());
}
