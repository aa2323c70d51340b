//! Sidecars that are processes, and ones behind a socket.

use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio::process::Command;
use tollgate_client::{Client, Error, FrameError, Options};

use crate::peer::{soon, waits};

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

async fn pid(file: &Path) -> u32 {
    loop {
        if let Some(pid) = std::fs::read_to_string(file)
            .ok()
            .and_then(|text| text.trim().parse().ok())
        {
            return pid;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a process is gone: not there, or only its parent has not heard of it yet.
async fn gone(pid: u32) {
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        if stat.is_ok_and(|stat| !stat.contains(") Z ")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        } else {
            return;
        }
    }
}

#[tokio::test]
async fn dropping_the_client_ends_the_process_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    // It heeds neither the end of its input nor a polite signal.
    let script = format!(
        "trap '' TERM HUP INT; echo $$ > {}; exec sleep 1000",
        file.display()
    );
    let client = Client::spawn(shell(&script), Options::default()).unwrap();
    let pid = soon(pid(&file)).await;
    drop(client);
    soon(gone(pid)).await;
}

#[tokio::test]
async fn a_process_that_is_kept_sees_the_end_of_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let ended = folder.path().join("ended");
    let script = format!(
        "echo $$ > {}; cat > /dev/null; echo done > {}",
        file.display(),
        ended.display()
    );
    let client = Client::spawn_kept(shell(&script), Options::default()).unwrap();
    let pid = soon(pid(&file)).await;
    drop(client);
    soon(gone(pid)).await;
    assert_eq!(std::fs::read_to_string(ended).unwrap(), "done\n");
}

#[tokio::test]
async fn closing_tells_how_the_process_ended() {
    let client = Client::spawn(shell("cat > /dev/null; exit 7"), Options::default()).unwrap();
    assert_eq!(soon(client.close()).await, Ok(Some(7)));
}

#[tokio::test]
async fn a_process_that_ends_is_heard_of() {
    let client = Client::spawn(shell("exit 1"), Options::default()).unwrap();
    let made = soon(client.authenticate("a", "")).await;
    assert_eq!(made.err(), Some(Error::Closed));
    assert_eq!(soon(client.close()).await, Ok(Some(1)));
}

#[tokio::test]
async fn a_process_that_ends_within_a_frame_is_no_orderly_end() {
    let client = Client::spawn(shell("printf '\\0\\0\\0\\011ab'"), Options::default()).unwrap();
    let error = soon(client.close()).await.unwrap_err();
    assert_eq!(
        error,
        Error::Frame(FrameError::EndsInBody { length: 9, came: 2 })
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_started_or_connected_to() {
    let none = Command::new("/none/such");
    let started = Client::spawn(none, Options::default()).err();
    assert_eq!(started, Some(Error::Start(std::io::ErrorKind::NotFound)));
    let connected = Client::connect_unix(Path::new("/none/such"), Options::default()).await;
    assert_eq!(
        connected.err(),
        Some(Error::Start(std::io::ErrorKind::NotFound))
    );
}

#[tokio::test]
async fn a_sidecar_behind_a_socket_sees_the_client_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let sidecar = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).await.unwrap();
        stream.shutdown().await.unwrap();
        came
    });
    let client = Client::connect_unix(&path, Options::default())
        .await
        .unwrap();
    {
        let asking = client.authenticate("over a socket", "");
        tokio::pin!(asking);
        assert!(waits(&mut asking).await);
    }
    let closed = async { assert_eq!(client.close().await, Ok(None)) };
    // What was asked arrives whole; its asker has gone.
    let came = soon(async {
        tokio::join!(sidecar, async {
            closed.await;
        })
    })
    .await
    .0
    .unwrap();
    assert!(came.windows(13).any(|part| part == b"over a socket"));
}
