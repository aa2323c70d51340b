//! What the log of a sidecar has of its VMs.

use tollgate_client::command;
use tollgate_client::types::ConfigureVmRequest;
use tollgate_tests::{parse_log, scene};

use crate::served::Served;
use crate::support::{ALLOW, Host, mounts, said, soon};

#[tokio::test]
async fn the_log_says_what_a_client_made_of_its_vm() {
    let scene = scene!();
    let log = scene.path("log.jsonl");
    let flag = log.display().to_string();
    let tollgate = scene.tollgate(["audit", "verify", &flag]);
    let served = Served::new();
    served.put("/f", b"x");
    let config = ALLOW.replace("\"network\":\"allow\"", "\"network\":\"deny\"");
    let config = config.replace("\"process\":\"allow\"", "\"process\":\"deny\"");
    let mut host = Host::of(scene, served, &["--audit", &flag], &config).await;
    host.mount("/br", r#"{"mountId":"the client's own words"}"#, false)
        .await;
    soon(host.vm.read_file("/br/f")).await.unwrap();
    let refused = said(soon(host.vm.process_snapshot()).await);
    assert!(
        refused.contains("blocked by process.inspect policy"),
        "{refused}"
    );
    let ended = host
        .run(command("short", "node", &["-e", "process.exit(3)"]))
        .await;
    assert_eq!(ended.0, 3);
    soon(
        host.vm
            .execute(command("long", "node", &["-e", "for (;;);"])),
    )
    .await
    .unwrap();
    soon(host.vm.kill("long", "SIGKILL")).await.unwrap();
    assert_eq!(host.ended("long").await.0, 137);
    let nothing = ConfigureVmRequest {
        mounts: Vec::new(),
        ..mounts("/br", "{}", false)
    };
    soon(host.vm.configure(nothing)).await.unwrap();
    soon(host.vm.dispose()).await.unwrap();
    soon(host.client.close()).await.unwrap();

    tokio::task::spawn_blocking(move || tollgate.run().expect(0).clone())
        .await
        .unwrap();
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("own words"), "{text}");
    let records = parse_log(&log);
    let of_the_vm = [
        "vm.created",
        "vm.mounted",
        "vm.configured",
        "process.inspect",
        "process.exited",
        "process.kill",
        "vm.unmounted",
        "vm.disposed",
    ];
    let told: Vec<_> = records
        .iter()
        .filter(|record| of_the_vm.contains(&record.operation.as_str()))
        .inspect(|record| assert_eq!(record.component, "client:conn-1", "{record:?}"))
        .map(|record| {
            let (operation, outcome) = (&record.operation, &record.outcome);
            format!("{operation} {} {outcome}", record.resource)
        })
        .collect();
    let expected = [
        "vm.created vm-1 ok",
        "vm.mounted js_bridge /br ok",
        "vm.configured vm-1 ok",
        "process.inspect process://snapshot denied",
        "process.exited 1 3 ok",
        "process.kill SIGKILL 2 ok",
        "process.exited 2 137 ok",
        "vm.unmounted js_bridge /br ok",
        "vm.configured vm-1 ok",
        "vm.disposed disposed ok",
    ];
    assert_eq!(told, expected);
}
