//! Files of VMs that are kept: over the VM's end, the client's, and that of a sidecar that is killed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use tollgate_client::types::{
    DisposeReason, DisposeVmRequest, GuestFilesystemCallRequest, GuestFilesystemOperation as Op,
    RequestPayload, ResponsePayload,
};
use tollgate_client::{Options, RefusalCode, Vm};
use tollgate_tests::scene;

use crate::support::Served;
use crate::support::{
    ALLOW, Host, Raw, allow_with, connection_of, fs_call, host_with, open_session, refused, soon,
    vm_of,
};

/// A sidecar that keeps files in this folder.
async fn keeping(state: &Path) -> Host {
    let flags = ["--state", state.to_str().unwrap()];
    host_with(scene!(), &flags, Options::default()).await
}

async fn over(host: Host) {
    let Host { client, .. } = host;
    assert_eq!(soon(client.close()).await.unwrap(), Some(0));
}

async fn read(vm: &Vm, path: &str) -> Vec<u8> {
    soon(vm.read_file(path)).await.unwrap()
}

#[tokio::test]
async fn what_a_vm_had_the_vm_of_its_name_has_in_the_next_sidecar() {
    let state = tempfile::tempdir().unwrap();
    let host = keeping(state.path()).await;
    let (first, second) = (host.vm(ALLOW).await, host.vm(ALLOW).await);
    soon(first.write_file("/home/a", b"first")).await.unwrap();
    soon(first.chmod("/home/a", 0o640)).await.unwrap();
    soon(first.symlink("a", "/home/link")).await.unwrap();
    soon(first.remove_file("/etc/hostname")).await.unwrap();
    soon(second.write_file("/home/a", &[0, 255, 10]))
        .await
        .unwrap();
    let before = soon(first.snapshot_root()).await.unwrap();
    soon(first.dispose()).await.unwrap();
    // The other one ends with its client.
    over(host).await;

    let host = keeping(state.path()).await;
    let (first, second) = (host.vm(ALLOW).await, host.vm(ALLOW).await);
    assert_eq!(soon(first.snapshot_root()).await.unwrap(), before);
    assert_eq!(read(&first, "/home/link").await, b"first");
    assert!(!soon(first.exists("/etc/hostname")).await.unwrap());
    assert_eq!(read(&second, "/home/a").await, [0, 255, 10]);
    let third = host.vm(ALLOW).await;
    assert!(!soon(third.exists("/home/a")).await.unwrap());
}

#[tokio::test]
async fn what_is_kept_takes_the_place_of_layers_and_what_is_put_in_comes_on_top() {
    let state = tempfile::tempdir().unwrap();
    let host = keeping(state.path()).await;
    let entry =
        |path: &str, text: &str| format!(r#"{{"path":"{path}","kind":"file","content":"{text}"}}"#);
    let config = |text: &str| {
        let lower = format!(
            r#"{{"kind":"snapshot","entries":[{},{}]}}"#,
            entry("/lower", text),
            entry("/gone", text)
        );
        let on_top = entry("/top", text);
        allow_with(&format!(
            r#""rootFilesystem":{{"lowers":[{lower}],"bootstrapEntries":[{on_top}]}}"#
        ))
    };
    let vm = host.vm(&config("1")).await;
    soon(vm.remove_file("/gone")).await.unwrap();
    soon(vm.dispose()).await.unwrap();
    over(host).await;

    let host = keeping(state.path()).await;
    let vm = host.vm(&config("2")).await;
    assert_eq!(read(&vm, "/lower").await, b"1");
    assert_eq!(read(&vm, "/top").await, b"2");
    assert!(!soon(vm.exists("/gone")).await.unwrap());
}

/// What a VM may write is what it may write in all of its lives.
#[tokio::test]
async fn a_vm_that_is_kept_again_and_again_does_not_outgrow_its_limit() {
    let state = tempfile::tempdir().unwrap();
    let config = allow_with(r#""limits":{"resources":{"maxFilesystemBytes":100000}}"#);
    for life in 0..3 {
        let host = keeping(state.path()).await;
        let vm = host.vm(&config).await;
        let written = soon(vm.write_file(&format!("/home/{life}"), &[7; 40_000])).await;
        match life {
            2 => assert!(refused(written, RefusalCode::KernelError).starts_with("ENOSPC")),
            _ => written.unwrap(),
        }
        soon(vm.dispose()).await.unwrap();
        over(host).await;
    }
}

#[tokio::test]
async fn i70_files_that_cannot_be_kept_are_told_and_the_vm_is_gone_all_the_same() {
    let state = tempfile::tempdir().unwrap();
    let host = keeping(state.path()).await;
    let vm = host.vm(ALLOW).await;
    soon(vm.write_file("/home/a", b"1")).await.unwrap();
    soon(vm.dispose()).await.unwrap();
    over(host).await;

    let host = keeping(state.path()).await;
    let vm = host.vm(ALLOW).await;
    soon(vm.write_file("/home/a", b"2")).await.unwrap();
    // What is written now has no folder to be in.
    let aside = state.path().join("aside");
    fs::create_dir(state.path().join("empty")).unwrap();
    fs::rename(state.path().join("kept"), &aside).unwrap();
    fs::remove_dir_all(state.path().join("empty")).unwrap();
    let moved = fs::read_dir(&aside)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let moved: Vec<_> = moved.collect();
    let kept: Vec<_> = moved.iter().map(|file| fs::read(file).unwrap()).collect();
    fs::remove_dir_all(&aside).unwrap();
    let why = refused(soon(vm.dispose()).await, RefusalCode::BridgeError);
    assert!(why.contains("not kept"), "{why}");
    assert!(!why.contains(state.path().to_str().unwrap()), "{why}");
    refused(soon(vm.dispose()).await, RefusalCode::InvalidState);
    over(host).await;

    // What was kept before is there, as it was.
    let folder = state.path().join("kept");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    for (file, bytes) in moved.iter().zip(&kept) {
        fs::write(folder.join(file.file_name().unwrap()), bytes).unwrap();
    }
    let host = keeping(state.path()).await;
    let vm = host.vm(ALLOW).await;
    assert_eq!(read(&vm, "/home/a").await, b"1");
    over(host).await;

    // And what is damaged is refused, and stays for whoever can repair it.
    let file = folder.join(moved[0].file_name().unwrap());
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let host = keeping(state.path()).await;
    let why = refused::<()>(Err(host.no_vm(ALLOW).await), RefusalCode::BridgeError);
    assert!(why.contains("corrupt"), "{why}");
    // The next VM has another name.
    host.vm(ALLOW).await;
    over(host).await;
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

fn dispose() -> RequestPayload {
    RequestPayload::DisposeVmRequest(DisposeVmRequest {
        reason: DisposeReason::Requested,
    })
}

fn number_in(raw: &mut Raw, vm: &str) -> u64 {
    let asked = fs_call(Op::ReadFile, "/home/round");
    let answer = raw.ask(vm_of(vm), RequestPayload::GuestFilesystemCallRequest(asked));
    match answer.payload {
        ResponsePayload::GuestFilesystemResultResponse(result) => {
            let text = result.content.unwrap();
            let (number, zeros) = text.split_once(' ').unwrap();
            assert_eq!(zeros.len(), 20_000, "it is whole");
            number.parse().unwrap()
        }
        // There is none yet.
        ResponsePayload::RejectedResponse(_) => 0,
        other => panic!("{other:?}"),
    }
}

/// Each sidecar is killed while it keeps the files of several VMs. What it had said to be kept the next one has; of the others
/// it has what was before, or what was to be.
pub(crate) fn survives_kills(flags: &[&str], rounds: u64) {
    const VMS: usize = 6;
    let mut safe = [0_u64; VMS];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..rounds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut raw = Raw::start(flags);
        raw.authenticate();
        raw.ask(connection_of("conn-1"), open_session());
        for (at, safe) in safe.iter_mut().enumerate() {
            let vm = format!("vm-{}", at + 1);
            raw.create_vm(&vm);
            let there = number_in(&mut raw, &vm);
            assert!(
                there == *safe || there == *safe + 1,
                "{vm}: {safe} was kept, and {there} is there"
            );
            *safe = there;
            let write = GuestFilesystemCallRequest {
                content: Some(format!("{} {}", there + 1, "0".repeat(20_000))),
                ..fs_call(Op::WriteFile, "/home/round")
            };
            let written = raw.ask(
                vm_of(&vm),
                RequestPayload::GuestFilesystemCallRequest(write),
            );
            assert!(
                matches!(
                    written.payload,
                    ResponsePayload::GuestFilesystemResultResponse(_)
                ),
                "{written:?}"
            );
        }
        // One is waited for; the others are under way when it is killed, or were when this one was done.
        let said = usize::try_from(random % VMS as u64).unwrap();
        let mut asked = Vec::new();
        for at in 0..VMS {
            asked.push(raw.post(vm_of(&format!("vm-{}", at + 1)), dispose()));
        }
        loop {
            let answer = raw.answer();
            let at = asked
                .iter()
                .position(|id| *id == answer.request_id)
                .unwrap();
            assert!(
                matches!(answer.payload, ResponsePayload::VmDisposedResponse(_)),
                "{answer:?}"
            );
            safe[at] += 1;
            if at == said {
                break;
            }
        }
        std::thread::sleep(Duration::from_micros(random % 4_000));
        drop(raw);
    }
    assert!(safe.iter().sum::<u64>() >= rounds);
}

#[test]
fn i70_a_sidecar_that_is_killed_again_and_again_loses_nothing_that_it_said_was_kept() {
    let state = tempfile::tempdir().unwrap();
    survives_kills(&["--state", state.path().to_str().unwrap()], 25);
}

#[tokio::test]
async fn a_vm_that_is_kept_is_over_soon() {
    let state = tempfile::tempdir().unwrap();
    let host = keeping(state.path()).await;
    let vm = host.vm(ALLOW).await;
    soon(vm.write_file("/home/a", b"1")).await.unwrap();
    let asked = Instant::now();
    soon(vm.dispose()).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn at_a_socket_files_are_those_of_the_name_and_of_who_has_the_token() {
    let state = tempfile::tempdir().unwrap();
    let served = async |token: &str| {
        let scene = scene!();
        let file = scene.write("token", token);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let flags = [
            "--state",
            state.path().to_str().unwrap(),
            "--auth-token-file",
            file.to_str().unwrap(),
        ];
        Served::new(scene, &flags).await
    };
    let first = served("one").await;
    let (_client, connection) = first.client("one").await.unwrap();
    let session = connection.open_session().await.unwrap();
    let made = connection
        .create_detached(Some("kept"), ALLOW, None)
        .await
        .unwrap();
    let vm = session.attach(&made).await.unwrap();
    soon(vm.write_file("/home/a", b"1")).await.unwrap();
    // Of two with the name one would lose what it wrote.
    let twice = connection.create_detached(Some("kept"), ALLOW, None).await;
    refused(twice, RefusalCode::Conflict);
    let fork = connection.fork(&made, Some("kept"), None).await;
    refused(fork, RefusalCode::Conflict);
    // One without a name is not kept, and one that ends with its client is not either.
    let nameless = connection.create_detached(None, ALLOW, None).await.unwrap();
    let nameless = session.attach(&nameless).await.unwrap();
    soon(nameless.write_file("/home/a", b"2")).await.unwrap();
    connection.remove(nameless.id()).await.unwrap();
    connection.remove(&made).await.unwrap();
    let again = connection
        .create_detached(Some("kept"), ALLOW, None)
        .await
        .unwrap();
    let vm = session.attach(&again).await.unwrap();
    assert_eq!(read(&vm, "/home/a").await, b"1");
    connection.remove(&again).await.unwrap();
    assert_eq!(fs::read_dir(state.path().join("kept")).unwrap().count(), 1);
    // A fork would take the place of what is kept.
    let other = connection
        .create_detached(Some("other"), ALLOW, None)
        .await
        .unwrap();
    let fork = connection.fork(&other, Some("kept"), None).await;
    refused(fork, RefusalCode::Conflict);
    first.stop().await;

    // The name is found, by who has the token; what was under way when the sidecar was asked to end was kept.
    for (token, there) in [("two", false), ("one", true)] {
        let next = served(token).await;
        let (_client, connection) = next.client(token).await.unwrap();
        let session = connection.open_session().await.unwrap();
        let made = connection
            .create_detached(Some("kept"), ALLOW, None)
            .await
            .unwrap();
        let vm = session.attach(&made).await.unwrap();
        assert_eq!(soon(vm.exists("/home/a")).await.unwrap(), there, "{token}");
        next.stop().await;
    }
    assert_eq!(fs::read_dir(state.path().join("kept")).unwrap().count(), 3);
}

#[tokio::test]
async fn a_folder_that_is_somebody_elses_is_not_used() {
    let state = tempfile::tempdir().unwrap();
    let place = state.path().to_str().unwrap();
    let host = keeping(state.path()).await;
    let fails = async |flags: &[&str], says: &str| {
        let scene = scene!();
        let mut command = crate::support::sidecar(&scene, flags);
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = soon(output).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(says), "{said}");
    };
    fails(&["--state", place], "another process").await;
    over(host).await;
    fails(&["--state", place, "--host-root", place], "--host-root").await;
    let beneath = state.path().join("kept");
    fails(
        &["--state", place, "--host-root", beneath.to_str().unwrap()],
        "--host-root",
    )
    .await;
    fs::set_permissions(&beneath, fs::Permissions::from_mode(0o755)).unwrap();
    fails(&["--state", place], "others than its owner").await;
}
