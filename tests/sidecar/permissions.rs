//! 74 to 80: what a VM's policy says to its client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_client::types::{
    FindBoundUdpRequest, FindListenerRequest, GuestRuntimeKind, HostCallbackRequest,
    RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition, RootFilesystemEntry,
    RootFilesystemEntryKind,
};
use tollgate_client::{OnHostCallback, Options, RefusalCode, Vm, command, program};
use tollgate_tests::{guests, scene};

use crate::callbacks::toolkit;
use crate::files::errno;
use crate::support::{ALLOW, Watch, host, host_with, refused, run, wasm};

fn entry(path: &str) -> RootFilesystemEntry {
    RootFilesystemEntry {
        path: path.to_owned(),
        kind: RootFilesystemEntryKind::File,
        mode: None,
        uid: None,
        gid: None,
        content: Some("x".to_owned()),
        encoding: None,
        target: None,
        executable: false,
    }
}

/// A VM whose policy for files is this, with files below `/open` and `/shut`.
async fn files(host: &crate::support::Host, fs: &str) -> Vm {
    let vm = host
        .vm(&format!("{{\"permissions\":{{\"fs\":{fs}}}}}"))
        .await;
    let entries = ["/open/f", "/shut/f", "/tmp/a", "/tmp/d/b"].map(entry);
    vm.bootstrap(entries.into()).await.unwrap();
    vm
}

/// A path that is denied is denied whether or not there is anything: no name is told.
#[tokio::test]
async fn s74_without_a_policy_no_file_is_reached() {
    let host = host().await;
    let vm = host.vm("{}").await;
    vm.bootstrap(vec![entry("/tmp/f")]).await.unwrap();
    for path in ["/tmp/f", "/tmp/none", "/none/such"] {
        errno(vm.read_file(path).await, "EACCES");
        errno(vm.stat(path).await, "EACCES");
        errno(vm.write_file(path, b"x").await, "EACCES");
        errno(vm.remove_file(path).await, "EACCES");
    }
    errno(vm.read_dir("/").await, "EACCES");
    for path in ["/tmp/f", "/tmp/none"] {
        assert!(!vm.exists(path).await.unwrap());
    }
}

#[tokio::test]
async fn s75_a_scope_that_is_absent_denies() {
    let host = host().await;
    let vm = host.vm(r#"{"permissions":{"fs":"allow"}}"#).await;
    vm.write_file("/tmp/f", b"x").await.unwrap();
    let asked = wasm(&vm, "p1", guests::HELLO, &[]).await;
    errno(vm.execute(asked).await, "EACCES");
    refused(vm.process_snapshot().await, RefusalCode::ExecutionError);
    let vm = host
        .vm(r#"{"permissions":{"network":"allow","childProcess":"allow"}}"#)
        .await;
    errno(vm.write_file("/tmp/f", b"x").await, "EACCES");
}

#[tokio::test]
async fn s76_of_the_rules_that_fit_the_last_decides() {
    let host = host().await;
    let rule = |mode: &str, path: &str| {
        format!("{{\"mode\":\"{mode}\",\"operations\":[\"*\"],\"paths\":[\"{path}\"]}}")
    };
    let rules = [rule("deny", "/shut/**"), rule("allow", "/shut/f")];
    let vm = files(
        &host,
        &format!("{{\"default\":\"allow\",\"rules\":[{}]}}", rules.join(",")),
    )
    .await;
    vm.read_file("/shut/f").await.unwrap();
    errno(vm.read_file("/shut/g").await, "EACCES");
    let rules = [rule("allow", "/shut/f"), rule("deny", "/shut/**")];
    let vm = files(
        &host,
        &format!("{{\"default\":\"allow\",\"rules\":[{}]}}", rules.join(",")),
    )
    .await;
    errno(vm.read_file("/shut/f").await, "EACCES");
    vm.read_file("/open/f").await.unwrap();
}

#[tokio::test]
async fn s77_a_star_is_of_one_folder_and_two_of_all() {
    let host = host().await;
    let fs = |path: &str| {
        format!(
            "{{\"rules\":[{{\"mode\":\"allow\",\"operations\":[\"read\"],\"paths\":[\"{path}\"]}}]}}"
        )
    };
    let vm = files(&host, &fs("/tmp/*")).await;
    vm.read_file("/tmp/a").await.unwrap();
    errno(vm.read_file("/tmp/d/b").await, "EACCES");
    let vm = files(&host, &fs("/tmp/**")).await;
    vm.read_file("/tmp/a").await.unwrap();
    vm.read_file("/tmp/d/b").await.unwrap();
    let vm = files(&host, &fs("*")).await;
    errno(vm.read_file("/tmp/a").await, "EACCES");
    let vm = files(&host, &fs("/t?p/a")).await;
    vm.read_file("/tmp/a").await.unwrap();
}

/// Without a toolkit that is called `permissions`: there is nobody to ask.
#[tokio::test]
async fn s78_what_must_be_asked_for_is_denied_and_nobody_is_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let handler = OnHostCallback(move |_, _: HostCallbackRequest| {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok("true".to_owned()) }
    });
    let host = host_with(scene!(), &[], Options::default().handler(handler)).await;
    let vm = files(&host, "\"ask\"").await;
    vm.register_host_callbacks(toolkit("calc", &["calc"], &[]))
        .await
        .unwrap();
    let message = refused(vm.read_file("/open/f").await, RefusalCode::KernelError);
    assert!(message.starts_with("EACCES:"), "{message}");
    assert!(
        message.contains("permission prompt required for fs.read"),
        "{message}"
    );
    errno(vm.write_file("/open/f", b"x").await, "EACCES");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn s79_looking_needs_a_permission_of_its_own() {
    let host = host().await;
    let vm = host
        .vm(r#"{"permissions":{"fs":"allow","childProcess":"allow"}}"#)
        .await;
    let message = refused(vm.process_snapshot().await, RefusalCode::ExecutionError);
    assert!(
        message.contains("blocked by process.inspect policy"),
        "{message}"
    );
    let listener = FindListenerRequest {
        host: None,
        port: Some(1),
        path: None,
    };
    let udp = FindBoundUdpRequest {
        host: None,
        port: Some(1),
    };
    for answer in [
        vm.find_listener(listener.clone()).await,
        vm.find_bound_udp(udp.clone()).await,
    ] {
        let message = refused(answer, RefusalCode::ExecutionError);
        assert!(
            message.contains("blocked by network.inspect policy"),
            "{message}"
        );
    }
    let vm = host
        .vm(r#"{"permissions":{"process":"allow","network":"allow"}}"#)
        .await;
    assert_eq!(vm.process_snapshot().await.unwrap(), []);
    assert_eq!(vm.find_listener(listener).await.unwrap(), None);
    assert_eq!(vm.find_bound_udp(udp).await.unwrap(), None);
}

#[tokio::test]
async fn s80_a_program_needs_a_permission_to_be_started() {
    let host = host().await;
    let vm = host.vm(r#"{"permissions":{"fs":"allow"}}"#).await;
    let asked = wasm(&vm, "p1", guests::HELLO, &[]).await;
    errno(vm.execute(asked).await, "EACCES");
    vm.write_file("/tmp/a.js", b"1").await.unwrap();
    let asked = program("p1", GuestRuntimeKind::JavaScript, "/tmp/a.js");
    errno(vm.execute(asked).await, "EACCES");
    errno(
        vm.execute(command("p1", "node", &["-e", "1"])).await,
        "EACCES",
    );
    let one = r#"{"permissions":{"fs":"allow","childProcess":{"rules":[{"mode":"allow","operations":["spawn"],"patterns":["wasm"]}]}}}"#;
    let vm = host.vm(one).await;
    run(&vm, guests::HELLO, &[]).await.expect(0);
    let _watch = Watch::over(&vm);
    errno(
        vm.execute(command("p1", "node", &["-e", "1"])).await,
        "EACCES",
    );
}

/// Decides about files by their names, as the client's function for that.
pub(crate) struct Decides;

impl tollgate_client::Handler for Decides {
    fn host_callback(
        &self,
        _scope: tollgate_client::types::OwnershipScope,
        call: HostCallbackRequest,
    ) -> tollgate_client::Answering<Result<String, String>> {
        let allows = call.callback_key == "permissions:decide"
            && call.input.contains("fs.read")
            && call.input.contains("/open");
        let verdict = if allows { "allow" } else { "deny" };
        Box::pin(async move { Ok(format!(r#"{{"verdict":"{verdict}"}}"#)) })
    }
}

/// The toolkit with that function.
pub(crate) fn decide() -> RegisterHostCallbacksRequest {
    let decide = RegisteredHostCallbackDefinition {
        description: "Decides".to_owned(),
        input_schema: "{}".to_owned(),
        timeout_ms: Some(5_000),
        examples: Vec::new(),
    };
    RegisterHostCallbacksRequest {
        name: "permissions".to_owned(),
        description: "Decides about what is asked".to_owned(),
        command_aliases: Vec::new(),
        registry_command_aliases: Vec::new(),
        callbacks: vec![("decide".to_owned(), decide)],
    }
}

#[tokio::test]
async fn s78_what_is_to_be_asked_is_asked_of_the_client_that_can_be() {
    let options = Options::default().handler(Decides);
    let host = host_with(scene!(), &[], options).await;
    let vm = host.vm(r#"{"permissions":{"fs":{"default":"ask"}},"rootFilesystem":{"bootstrapEntries":[
        {"path":"/open","kind":"file","content":"yes"},{"path":"/shut","kind":"file","content":"no"}]}}"#).await;
    // Nobody can be asked yet.
    refused(vm.read_file("/open").await, RefusalCode::KernelError);
    vm.register_host_callbacks(decide()).await.unwrap();
    assert_eq!(vm.read_file("/open").await.unwrap(), b"yes");
    let denied = refused(vm.read_file("/shut").await, RefusalCode::KernelError);
    assert!(denied.starts_with("EACCES"), "{denied}");
}

/// What the operator leaves to be asked is not for a client to answer.
#[tokio::test]
async fn s78_a_client_does_not_answer_for_the_operator() {
    let scene = scene!();
    let ceiling = "version = 1\n[fs]\ndefault = \"ask\"\n";
    let ceiling = scene.write("ceiling.toml", ceiling).display().to_string();
    let options = Options::default().handler(Decides);
    let host = host_with(scene, &["--ceiling", &ceiling], options).await;
    for fs in [r#""allow""#, r#"{"default":"ask"}"#] {
        let config = format!(
            r#"{{"permissions":{{"fs":{fs}}},"rootFilesystem":{{"bootstrapEntries":[
                {{"path":"/open","kind":"file","content":"yes"}}]}}}}"#
        );
        let vm = host.vm(&config).await;
        vm.register_host_callbacks(decide()).await.unwrap();
        let denied = refused(vm.read_file("/open").await, RefusalCode::KernelError);
        assert!(denied.starts_with("EACCES"), "{denied}");
    }
}

/// An operator's ceiling may say where the log lies.
#[tokio::test]
async fn what_happens_is_in_the_log_that_the_ceiling_names() {
    let scene = scene!();
    // A relative path begins at the folder of the file that states it.
    let log = scene.path("operator/vms.log");
    let ceiling = "version = 1\n[fs]\ndefault = \"allow\"\n[audit]\nfile = \"vms.log\"\n";
    let ceiling = scene.write("operator/ceiling.toml", ceiling);
    let ceiling = ceiling.display().to_string();
    let host = host_with(scene, &["--ceiling", &ceiling], Options::default()).await;
    let vm = host.vm(ALLOW).await;
    vm.write_file("/file", b"content").await.unwrap();
    vm.dispose().await.unwrap();
    // It is on the disk soon after it happened.
    let written = || std::fs::read_to_string(&log).unwrap_or_default();
    let begun = std::time::Instant::now();
    while !written().contains("vm.disposed") {
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(10),
            "{}",
            written()
        );
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(written().contains("vm.created"));
}
