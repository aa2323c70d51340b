//! The policy of the VM, and what the log says of its client.

use tollgate::audit::{Decision, Record};
use tollgate_protocol::types::GuestFilesystemOperation as Op;

use crate::support::*;

#[tokio::test]
async fn s74_s75_without_permissions_nothing_of_the_files_is_told() {
    for permissions in ["{}", r#"{"network":"allow"}"#] {
        let vm = vm_under(permissions).await;
        vm.files.bootstrap(vec![file("/there", "x")]).unwrap();
        refused(vm.write("/f", "x").await, "EACCES");
        let there = vm.read("/there").await.unwrap_err();
        let missing = vm.read("/missing").await.unwrap_err();
        assert_eq!(
            there.message,
            "EACCES: permission denied, read '/there': blocked by fs.read policy"
        );
        assert_eq!(missing.message, there.message.replace("/there", "/missing"));
        refused(vm.stat("/there/below").await, "EACCES");
        assert!(!vm.exists("/there").await);
    }
}

#[tokio::test]
async fn s76_the_last_rule_that_matches_decides() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["*"],"paths":["/s/**"]},
            {"mode":"allow","operations":["read"],"paths":["/s/open"]}]}}"#,
    )
    .await;
    let given = vec![file("/s/open", "o"), file("/s/shut", "s")];
    vm.files.bootstrap(given).unwrap();
    assert_eq!(vm.read("/s/open").await.unwrap(), "o");
    refused(vm.read("/s/shut").await, "EACCES");
    refused(vm.write("/s/open", "x").await, "EACCES");
    vm.write("/elsewhere", "x").await.unwrap();
}

#[tokio::test]
async fn s77_one_star_matches_within_a_folder_and_two_beneath_it() {
    for (pattern, below) in [("/tmp/*", false), ("/tmp/**", true)] {
        let vm = vm_under(&format!(
            r#"{{"fs":{{"rules":[{{"mode":"allow","operations":["*"],"paths":["{pattern}"]}}]}}}}"#
        ))
        .await;
        vm.on(Op::Mkdir, "/tmp/a").await.unwrap();
        assert_eq!(vm.on(Op::Mkdir, "/tmp/a/b").await.is_ok(), below);
        refused(vm.on(Op::Mkdir, "/else").await, "EACCES");
    }
}

#[tokio::test]
async fn s78_asking_denies_and_says_that_somebody_would_have_to_be_asked() {
    let vm = vm_under(r#"{"fs":"ask"}"#).await;
    let error = vm.read("/etc/passwd").await.unwrap_err();
    assert_eq!(
        error.message,
        "EACCES: permission denied, read '/etc/passwd': permission prompt required for fs.read"
    );
}

#[tokio::test]
async fn a_link_is_decided_where_it_leads() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["read","stat"],"paths":["/secret/**"]}]}}"#,
    )
    .await;
    vm.files.bootstrap(vec![file("/secret/key", "k")]).unwrap();
    vm.symlink("/way", "/secret/key").await.unwrap();
    refused(vm.read("/way").await, "EACCES");
    refused(vm.stat("/way").await, "EACCES");
    assert!(!vm.exists("/way").await);
    refused(vm.on(Op::Realpath, "/way").await, "EACCES");
    assert!(vm.lstat("/way").await.unwrap().is_symbolic_link);
}

#[tokio::test]
async fn a_rename_carries_nothing_past_a_rule() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["read"],"paths":["/d/key"]}]}}"#,
    )
    .await;
    let given = vec![file("/d/key", "k"), file("/d/f", "f")];
    vm.files.bootstrap(given).unwrap();
    refused(vm.to(Op::Rename, "/d", "/e").await, "EACCES");
    refused(vm.to(Op::Rename, "/d/key", "/k").await, "EACCES");
    refused(vm.to(Op::Link, "/d/key", "/k").await, "EACCES");
    vm.to(Op::Rename, "/d/f", "/f").await.unwrap();
}

#[tokio::test]
async fn parents_are_made_only_where_folders_may_be_made() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["create_dir"],"paths":["/a/b"]}]}}"#,
    )
    .await;
    refused(vm.write("/a/b/c", "x").await, "EACCES");
    assert!(vm.exists("/a").await);
    assert!(!vm.exists("/a/b").await);
}

#[tokio::test]
async fn every_operation_is_recorded_under_the_vm_with_what_was_decided() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["write"],"paths":["/no"]}]}}"#,
    )
    .await;
    vm.write("/yes", "1234").await.unwrap();
    refused(vm.write("/no", "x").await, "EACCES");
    refused(vm.read("/none").await, "ENOENT");
    let summary = vm.principal.end("requested", "ok").await;
    assert!(summary.is_some());
    let records = vm.log.recent();
    assert!(
        records
            .iter()
            .all(|record| record.vm.as_deref() == Some("vm-1") || record.run.is_empty())
    );
    let found = |operation: &str, resource: &str| -> Record {
        let mut records = records.iter();
        let one = records.find(|one| one.operation == operation && one.resource == resource);
        one.unwrap_or_else(|| panic!("{operation} {resource}: {records:#?}"))
            .clone()
    };
    assert_eq!(found("vm.created", "vm-1").outcome, "ok");
    assert_eq!(found("vm.disposed", "requested").outcome, "ok");
    let written = found("fs.write", "/yes");
    assert_eq!(
        written.import,
        "tollgate:sidecar/control#guest-filesystem-call"
    );
    assert_eq!(written.decision, Decision::Allow);
    let denied = found("fs.write", "/no");
    assert_eq!(
        (denied.decision, denied.outcome.as_str()),
        (Decision::Deny, "access")
    );
    assert_eq!(found("fs.read", "/none").outcome, "no-entry");
}

#[tokio::test]
async fn other_grants_hold_from_the_next_operation_on() {
    let mut vm = vm().await;
    vm.write("/f", "x").await.unwrap();
    let before = vm.stat("/f").await.unwrap();
    let none = vm.host.grants(policy("{}")).unwrap();
    vm.principal.regrant(&none).unwrap();
    refused(vm.read("/f").await, "EACCES");
    let all = vm.host.grants(policy(ALL)).unwrap();
    vm.principal.regrant(&all).unwrap();
    assert_eq!(vm.read("/f").await.unwrap(), "x");
    assert_eq!(vm.stat("/f").await.unwrap().ino, before.ino);
}

#[tokio::test]
async fn a_principal_that_is_dropped_is_recorded_as_cancelled() {
    let vm = vm().await;
    let Vm {
        principal,
        log,
        host,
        ..
    } = vm;
    drop(principal);
    host.close().unwrap();
    let last = log
        .recent()
        .into_iter()
        .find(|record| record.operation == "vm.disposed")
        .unwrap();
    assert_eq!(last.outcome, "cancelled");
}

#[tokio::test]
async fn programs_and_their_finding_are_decided_too() {
    let vm = vm_under(
        r#"{"fs":{"default":"allow","rules":[
            {"mode":"deny","operations":["read"],"paths":["/bin/shut"]}]}}"#,
    )
    .await;
    assert!(vm.files.put_stub("tool").unwrap());
    assert!(!vm.files.put_stub("tool").unwrap());
    assert!(vm.files.put_stub("shut").unwrap());
    invalid(vm.files.put_stub("../etc/x"), "command");
    let gate = vm.principal.gate();
    let found = vm.files.find(gate, "/bin/tool").await.unwrap();
    assert_eq!(found, Some(0o100_755));
    assert_eq!(vm.files.find(gate, "/bin/none").await.unwrap(), None);
    let stub = vm.files.read_program(gate, "/bin/tool", 100).await.unwrap();
    assert!(stub.starts_with(b"#!"));
    refused(vm.files.read_program(gate, "/bin/tool", 10).await, "EFBIG");
    refused(
        vm.files.read_program(gate, "/bin/shut", 100).await,
        "EACCES",
    );
}
