//! The published Rust client of the protocol, 0.3.4-rc.1, against this sidecar: it starts the binary by its own means, and
//! goes through the life of a VM. Its schema is newer and has the same number on the wire; where the two part is held here.
//!
//! `tests/published/run` runs this.

mod newer;
mod shared;
mod support;

use std::process::Command;

use secure_exec_client::{SidecarTransport, wire};
use wire::ResponsePayload;

use crate::support::{NAME, Sidecar, allowed, authenticates, link};

/// Runs [`names_no_path`] in a process of its own, for the client looks into its environment.
fn with_environment(variable: &str, value: &std::ffi::OsStr) {
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "names_no_path", "--ignored"])
        .env_remove("SECURE_EXEC_SIDECAR_BIN");
    let finished = test.env(variable, value).output().unwrap();
    let said = String::from_utf8_lossy(&finished.stdout);
    assert!(
        finished.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
#[ignore = "only in an environment that says where the sidecar is"]
async fn names_no_path() {
    let transport = SidecarTransport::spawn(None).await.unwrap();
    let answer = authenticates(&transport, wire::PROTOCOL_VERSION, 1).await;
    assert!(
        matches!(answer, ResponsePayload::AuthenticatedResponse(_)),
        "{answer:?}"
    );
}

#[test]
fn it_finds_the_sidecar_by_its_name_on_the_path() {
    let (folder, _) = link();
    with_environment("PATH", folder.path().as_os_str());
}

#[test]
fn it_finds_the_sidecar_where_its_variable_says() {
    let (_folder, link) = link();
    assert!(link.ends_with(NAME));
    with_environment("SECURE_EXEC_SIDECAR_BIN", link.as_os_str());
}

#[tokio::test]
async fn it_is_told_which_versions_there_are() {
    let (_folder, link) = link();
    let transport = SidecarTransport::spawn(Some(link.to_str().unwrap().to_owned()))
        .await
        .unwrap();
    let newer = wire::PROTOCOL_VERSION + 1;
    for (protocol, bridge, code) in [
        (newer, 1, "protocol_version_mismatch"),
        (wire::PROTOCOL_VERSION, 2, "bridge_version_mismatch"),
        (newer, 2, "protocol_version_mismatch"),
    ] {
        let ResponsePayload::RejectedResponse(rejected) =
            authenticates(&transport, protocol, bridge).await
        else {
            panic!("{protocol} and {bridge} are taken");
        };
        assert_eq!(rejected.code, code);
        assert!(
            rejected.message.contains("expected") && rejected.message.contains("got"),
            "{}",
            rejected.message
        );
    }
    // A refused handshake ends nothing: the next one goes well.
    let answer = authenticates(&transport, wire::PROTOCOL_VERSION, 1).await;
    let ResponsePayload::AuthenticatedResponse(authenticated) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(
        authenticated.max_frame_bytes as usize,
        wire::DEFAULT_MAX_FRAME_BYTES
    );
}

#[tokio::test]
async fn a_configuration_of_its_own_types_makes_a_vm() {
    let sidecar = Sidecar::start().await;
    let mut config = allowed();
    config.validate(wire::DEFAULT_MAX_FRAME_BYTES).unwrap();
    let answer = sidecar
        .creates(serde_json::to_string(&config).unwrap())
        .await;
    assert!(
        matches!(answer, ResponsePayload::VmCreatedResponse(_)),
        "{answer:?}"
    );
    // Everything that its types write by default is known here, and what came after this schema is refused by name.
    config.js_runtime = Some(secure_exec_vm_config::JsRuntimeConfig::default());
    let answer = sidecar
        .creates(serde_json::to_string(&config).unwrap())
        .await;
    assert!(
        matches!(answer, ResponsePayload::VmCreatedResponse(_)),
        "{answer:?}"
    );
    if let Some(runtime) = &mut config.js_runtime {
        runtime.high_resolution_time = Some(true);
    }
    let answer = sidecar
        .creates(serde_json::to_string(&config).unwrap())
        .await;
    let ResponsePayload::RejectedResponse(rejected) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(rejected.code, "invalid_state");
    assert!(
        rejected.message.contains("highResolutionTime"),
        "{}",
        rejected.message
    );
}
