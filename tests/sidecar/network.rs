//! The network of a VM, and what is left of it when the client changes its mind.

use std::io::Read as _;
use std::net::{TcpListener, TcpStream};

use tollgate_client::Vm;
use tollgate_client::types::{PatternPermissionScope, PermissionMode, PermissionsPolicy};
use tollgate_tests::guests;

use crate::mounts::nothing;
use crate::support::{Watch, allow_with, allowed, host, soon, start, start_js};

/// A server of the machine's, which takes what comes and answers with the same.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = |mut stream: TcpStream| {
        let mut back = stream.try_clone().unwrap();
        let _over = std::io::copy(&mut stream, &mut back);
        back.shutdown(std::net::Shutdown::Write).unwrap();
    };
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

async fn talks(vm: &Vm, process: &str, address: &str) -> String {
    let mut watch = Watch::over(vm);
    start(vm, process, guests::TCP_CLIENT, &[address, "1000"]).await;
    watch.ended(process).await.stdout
}

#[tokio::test]
async fn a_vm_has_names_of_its_own() {
    let port = echo();
    let host = host().await;
    let config = allow_with(&format!(
        r#""dns":{{"overrides":{{"Store.Internal":["127.0.0.1"]}}}},"loopbackExemptPorts":[{port}]"#
    ));
    let vm = host.vm(&config).await;
    let said = talks(&vm, "p", &format!("store.internal:{port}")).await;
    assert!(said.contains("received 1000 same true"), "{said}");
    let said = talks(&vm, "q", &format!("other.invalid:{port}")).await;
    assert!(!said.contains("received"), "{said}");
    // A name of its own leads nowhere that the VM may not go.
    let config = allow_with(r#""dns":{"overrides":{"store.internal":["127.0.0.1"]}}"#);
    let vm = host.vm(&config).await;
    let said = talks(&vm, "p", &format!("store.internal:{port}")).await;
    assert!(!said.contains("connected"), "{said}");
}

#[tokio::test]
async fn the_programs_of_a_vm_share_its_sockets() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let host = host().await;
    let config = allow_with(&format!(
        r#""limits":{{"resources":{{"maxSockets":1}}}},"loopbackExemptPorts":[{port}]"#
    ));
    let vm = host.vm(&config).await;
    let mut watch = Watch::over(&vm);
    let address = format!("127.0.0.1:{port}");
    start(&vm, "first", guests::TCP_CLIENT, &[&address, "1000"]).await;
    let (mut first, _) = listener.accept().unwrap();
    first.read_exact(&mut [0; 1000]).unwrap();
    let said = talks(&vm, "second", &address).await;
    assert!(!said.contains("connected"), "{said}");
    // Its place is free again with it.
    drop(first);
    watch.ended("first").await;
    start(&vm, "third", guests::TCP_CLIENT, &[&address, "1000"]).await;
    watch.wrote("third", "connected").await;
}

/// Permissions that are taken back hold at once, for a program that runs.
#[tokio::test]
async fn what_is_taken_back_is_gone_at_once() {
    let (_host, vm) = allowed().await;
    vm.write_file("/secret", b"x").await.unwrap();
    let mut watch = Watch::over(&vm);
    let program = "
        const fs = require('fs');
        let looks = 0;
        setInterval(() => {
            try {
                fs.statSync('/secret');
                if (++looks === 1) console.log('looks');
            } catch (error) {
                console.log(error.code);
                process.exit(3);
            }
        }, 1);";
    start_js(&vm, "p", program).await;
    watch.wrote("p", "looks").await;
    let mut asked = nothing();
    let allow = || {
        Some(PatternPermissionScope::PermissionMode(
            PermissionMode::Allow,
        ))
    };
    asked.permissions = Some(PermissionsPolicy {
        fs: None,
        network: allow(),
        child_process: allow(),
        process: allow(),
        env: allow(),
        tool: allow(),
    });
    soon(vm.configure(asked)).await.unwrap();
    let ended = watch.ended("p").await;
    assert_eq!(ended.expect(3).stdout, "looks\nEACCES\n");
}
