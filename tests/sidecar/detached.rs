//! VMs that outlive their client, at a socket: `tollgate.vm/1`, and `tollgate vm`.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tollgate_client::{RefusalCode, command};
use tollgate_tests::scene;

use crate::support::{ALLOW, Served, Watch, refused, sidecar, soon, text};

#[tokio::test]
async fn a_vm_outlives_its_client_and_is_one_clients_at_a_time() {
    let served = Served::new(scene!(), &[]).await;
    let (first, connection) = served.client("").await.unwrap();
    let id = connection.create_detached(Some("one"), ALLOW, None).await;
    let id = id.unwrap();
    let session = connection.open_session().await.unwrap();
    let vm = session.attach(&id).await.unwrap();
    vm.write_file("/kept", b"still here").await.unwrap();
    let waits = command("waits", "node", &["-e", "setInterval(() => {}, 1000)"]);
    vm.execute(waits).await.unwrap();

    let (_second, other) = served.client("").await.unwrap();
    let other_session = other.open_session().await.unwrap();
    let twice = other_session.attach(&id).await;
    refused(twice.map(drop), RefusalCode::Conflict);
    drop((vm, session, connection));
    first.close().await.unwrap();

    let vm = soon(async {
        loop {
            match other_session.attach(&id).await {
                Ok(vm) => return vm,
                Err(_not_yet) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    })
    .await;
    assert_eq!(vm.read_file("/kept").await.unwrap(), b"still here");
    let mut watch = Watch::over(&vm);
    vm.kill("waits", "SIGKILL").await.unwrap();
    watch.ended("waits").await.expect(137);
    let listed = other.list_detached().await.unwrap();
    assert_eq!(
        (listed.vms[0].attached, listed.vms[0].name.as_deref()),
        (true, Some("one"))
    );
    other.remove(&id).await.unwrap();
    refused(vm.exists("/kept").await, RefusalCode::InvalidState);
}

#[tokio::test]
async fn a_fork_has_the_files_of_its_source_and_changes_none_of_them() {
    let served = Served::new(scene!(), &[]).await;
    let (_client, connection) = served.client("").await.unwrap();
    let session = connection.open_session().await.unwrap();
    let source = connection.create_detached(None, ALLOW, None).await.unwrap();
    let vm = session.attach(&source).await.unwrap();
    vm.write_file("/f", b"1").await.unwrap();
    let kept = connection.snapshot(&source, Some("first")).await.unwrap();
    vm.write_file("/f", b"2").await.unwrap();
    let mut read = Vec::new();
    for of in [&kept, &source] {
        let fork = connection.fork(of, None, None).await.unwrap();
        let fork = session.attach(&fork).await.unwrap();
        read.push(fork.read_file("/f").await.unwrap());
        fork.write_file("/f", b"3").await.unwrap();
    }
    assert_eq!(read, [b"1", b"2"]);
    assert_eq!(vm.read_file("/f").await.unwrap(), b"2");
    connection.remove(&kept).await.unwrap();
    let gone = connection.fork(&kept, None, None).await;
    refused(gone.map(drop), RefusalCode::InvalidState);
}

#[tokio::test]
async fn a_vm_that_nobody_uses_ends() {
    let served = Served::new(scene!(), &[]).await;
    let (_client, connection) = served.client("").await.unwrap();
    let idle = Some(Duration::from_millis(100));
    connection.create_detached(None, "{}", idle).await.unwrap();
    soon(async {
        while !connection.list_detached().await.unwrap().vms.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_socket_is_its_owners_and_a_token_keeps_others_out() {
    let scene = scene!();
    let token = scene.write("token", "open sesame\n");
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
    let flags = ["--auth-token-file", token.to_str().unwrap()];
    let served = Served::new(scene, &flags).await;
    let mode = std::fs::metadata(&served.socket)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let wrong = served.client("open").await;
    refused(wrong.map(drop), RefusalCode::Unauthorized);
    let (_client, connection) = served.client("open sesame").await.unwrap();
    assert!(connection.open_session().await.is_ok());
}

#[tokio::test]
async fn a_sockets_name_is_free_left_over_or_refused() {
    let scene = scene!();
    let path = scene.path("socket");
    let left_over = std::os::unix::net::UnixListener::bind(&path).unwrap();
    drop(left_over);
    let served = Served::new(scene, &[]).await;
    soon(async {
        while served.client("").await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let listen = format!("unix:{}", served.socket.display());
    let second = || sidecar(&served.scene, &["--listen", &listen]).output();
    let refused = second().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(text(&refused.stderr).contains("cannot be listened on"));
    served.client("").await.unwrap();
    let names = std::fs::read_dir(served.scene.root()).unwrap();
    let hidden: Vec<_> = names
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
    std::fs::remove_file(&served.socket).unwrap();
    std::fs::write(&served.socket, "a file of somebody's").unwrap();
    assert_eq!(second().unwrap().status.code(), Some(1));
    let kept = std::fs::read_to_string(&served.socket).unwrap();
    assert_eq!(kept, "a file of somebody's");
}

#[tokio::test]
async fn a_bad_frame_ends_its_own_connection_and_no_other() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let served = Served::new(scene!(), &[]).await;
    let (_client, connection) = served.client("").await.unwrap();
    let mut bad = tokio::net::UnixStream::connect(&served.socket)
        .await
        .unwrap();
    bad.write_all(&[0xff; 64]).await.unwrap();
    let mut rest = Vec::new();
    // The connection is over, whether or not what was written has been read.
    let _over = soon(bad.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
    assert!(connection.open_session().await.is_ok());
}

#[tokio::test]
async fn people_use_vms_by_the_command_line() {
    let served = Served::new(scene!(), &[]).await;
    let config = served.scene.write("vm.json", ALLOW);
    let program = served.scene.write(
        "add.js",
        "console.log(Number(process.argv[2]) + 1); process.exit(3)",
    );
    let id = served
        .done(&["create", "demo", "--config", config.to_str().unwrap()])
        .await;
    served
        .done(&["cp", program.to_str().unwrap(), "demo:/workspace/add.js"])
        .await;
    let ran = served.vm(&["run", "demo", "node", "add.js", "41"]).await;
    assert_eq!(
        (ran.status.code(), text(&ran.stdout)),
        (Some(3), "42".to_owned())
    );
    assert!(served.done(&["ps", &id]).await.contains("node 41"));
    let back = served.scene.path("back.js");
    served
        .done(&[
            "cp",
            &format!("{id}:/workspace/add.js"),
            back.to_str().unwrap(),
        ])
        .await;
    assert_eq!(
        std::fs::read(back).unwrap(),
        std::fs::read(program).unwrap()
    );
    served.done(&["snapshot", "demo", "first"]).await;
    served.done(&["fork", "first", "second"]).await;
    let table = served.done(&["ls"]).await;
    assert!(
        table.contains("second") && table.contains("snapshot of"),
        "{table}"
    );
    served.done(&["rm", "demo", "second", "first"]).await;
    assert_eq!(
        served.done(&["ls", "--json"]).await,
        r#"{"vms":[],"snapshots":[]}"#
    );
    let none = served.vm(&["run", "demo", "ls"]).await;
    assert_eq!(none.status.code(), Some(127));
}
