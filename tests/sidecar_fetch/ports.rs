//! Who may listen at which port of a VM, and for how long.

use tollgate_client::RefusalCode;
use tollgate_client::types::FindListenerRequest;

use crate::support::{
    Sidecar, Watch, allow_with, allowed, ask, get, records, refused, serving, soon, start,
};

fn listens(at: &str) -> String {
    format!(
        "const server = require('http').createServer((request, response) => response.end(process.argv[1]));
         server.on('error', (error) => console.log('error', error.code, error.message));
         server.listen({at}, () => console.log('listening', server.address().port));"
    )
}

fn looked_for(host: Option<&str>, port: Option<u16>) -> FindListenerRequest {
    FindListenerRequest {
        host: host.map(str::to_owned),
        port,
        path: None,
    }
}

#[tokio::test]
async fn a_server_is_found_by_host_and_port_in_its_own_vm() {
    let (sidecar, vm) = allowed().await;
    let other = sidecar.vm(&allow_with("")).await;
    let _watch = serving(&vm, "p", &listens("4310, '127.0.0.1'")).await;
    for (host, port, is_found) in [
        (None, Some(4310), true),
        (None, None, true),
        (Some("127.0.0.1"), Some(4310), true),
        (Some("localhost"), Some(4310), true),
        (Some("0.0.0.0"), Some(4310), true),
        (Some("10.0.0.1"), Some(4310), false),
        (None, Some(4311), false),
    ] {
        let found = soon(vm.find_listener(looked_for(host, port)))
            .await
            .unwrap();
        assert_eq!(found.is_some(), is_found, "{host:?} {port:?}");
        if let Some(entry) = found {
            assert_eq!(entry.process_id, "p");
            assert_eq!(
                (entry.host.as_deref(), entry.port),
                (Some("127.0.0.1"), Some(4310))
            );
        }
    }
    let elsewhere = soon(other.find_listener(looked_for(None, None)))
        .await
        .unwrap();
    assert!(elsewhere.is_none());
    let asked = soon(other.fetch(get(4310, "/"))).await;
    refused(asked, RefusalCode::ExecutionError);
}

#[tokio::test]
async fn a_port_has_one_server_and_is_free_after_it() {
    let (_sidecar, vm) = allowed().await;
    let again = "
      const http = require('http');
      const first = http.createServer((request, response) => response.end('first'));
      first.listen(4320, () => {
        const second = http.createServer();
        second.on('error', (error) => {
          console.log(error.code, error.syscall, error.port);
          first.close(() => {
            console.log('closed', first.listening, first.address());
            http.createServer((request, response) => response.end('third')).listen(4320, () => console.log('listening'));
          });
        });
        second.listen(4320);
      });";
    let mut watch = serving(&vm, "p", again).await;
    let printed = watch.written("p", tollgate_client::types::StreamChannel::Stdout);
    assert_eq!(
        printed,
        "EADDRINUSE listen 4320\nclosed false null\nlistening\n"
    );
    assert_eq!(ask(&vm, get(4320, "/")).await.text(), "third");

    let mut other = Watch::over(&vm);
    start(&vm, "q", &listens("4320")).await;
    other.wrote("q", "error EADDRINUSE").await;
    assert_eq!(other.ended("q").await, 0);
    soon(vm.kill("p", "SIGKILL")).await.unwrap();
    assert_eq!(watch.ended("p").await, 137);
    let _watch = serving(&vm, "r", &listens("4320")).await;
    assert_eq!(ask(&vm, get(4320, "/")).await.text(), "/tmp/r.cjs");
}

#[tokio::test]
async fn port_0_is_one_that_is_free() {
    let (_sidecar, vm) = allowed().await;
    let mut watch = serving(&vm, "p", &listens("0")).await;
    watch.wrote("p", "\n").await;
    let printed = watch.written("p", tollgate_client::types::StreamChannel::Stdout);
    let port: u16 = printed.trim().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(port >= 1024);
    assert_eq!(ask(&vm, get(port, "/")).await.text(), "/tmp/p.cjs");
}

#[tokio::test]
async fn the_configuration_and_the_permissions_say_which_ports() {
    let sidecar = Sidecar::start().await;
    let listen = r#","listen":{"portMin":5000,"portMax":5001}"#;
    let vm = sidecar.vm(&allow_with(listen)).await;
    let mut watch = Watch::over(&vm);
    start(&vm, "beyond", &listens("4999")).await;
    watch.wrote("beyond", "error EACCES").await;
    let _watch = serving(&vm, "within", &listens("5001")).await;

    let vm = sidecar.vm(&allow_with("")).await;
    let mut watch = Watch::over(&vm);
    start(&vm, "privileged", &listens("80")).await;
    watch.wrote("privileged", "error EACCES").await;
    start(&vm, "elsewhere", &listens("4000, '10.0.0.1'")).await;
    watch.wrote("elsewhere", "error EADDRNOTAVAIL").await;

    let one = r#"{"permissions":{"fs":"allow","childProcess":"allow","process":"allow","env":"allow",
      "network":{"rules":[{"mode":"allow","operations":["listen"],"patterns":["tcp://127.0.0.1:4500"]}]}}}"#;
    let vm = sidecar.vm(one).await;
    let mut watch = Watch::over(&vm);
    start(&vm, "denied", &listens("4501")).await;
    watch.wrote("denied", "error EACCES").await;
    let _watch = serving(&vm, "allowed", &listens("4500")).await;
    assert_eq!(ask(&vm, get(4500, "/")).await.text(), "/tmp/allowed.cjs");

    let log = sidecar.close().await;
    let served = records(&log, "network.serve");
    let told = |port: u16, decision: &str, outcome: &str| {
        served.iter().any(|record| {
            record["resource"] == format!("tcp://127.0.0.1:{port}")
                && record["decision"] == decision
                && record["outcome"] == outcome
        })
    };
    assert!(told(4501, "deny", "EACCES"), "{served:?}");
    assert!(told(4500, "allow", "ok"), "{served:?}");
    assert!(told(4999, "allow", "EACCES"), "{served:?}");
    assert_eq!(records(&log, "vm.fetch").len(), 1);
}
