//! 69 to 73: layers, and the root as a whole.

use tollgate_client::RefusalCode;
use tollgate_client::types::{
    CreateOverlayRequest, RootFilesystemEntry, RootFilesystemEntryEncoding,
    RootFilesystemEntryKind, RootFilesystemMode,
};

use crate::mounts::{mount, with};
use crate::support::{ALLOW, allowed, host, refused};

/// A file with this content.
fn file(path: &str, content: &str) -> RootFilesystemEntry {
    RootFilesystemEntry {
        path: path.to_owned(),
        kind: RootFilesystemEntryKind::File,
        mode: None,
        uid: None,
        gid: None,
        content: Some(content.to_owned()),
        encoding: Some(RootFilesystemEntryEncoding::Utf8),
        target: None,
        executable: false,
    }
}

fn content(entries: &[RootFilesystemEntry], path: &str) -> Option<String> {
    let found = entries.iter().find(|entry| entry.path == path);
    found.and_then(|entry| entry.content.clone())
}

fn overlay(upper: Option<&str>, lowers: &[&str]) -> CreateOverlayRequest {
    CreateOverlayRequest {
        mode: RootFilesystemMode::Ephemeral,
        upper_layer_id: upper.map(str::to_owned),
        lower_layer_ids: lowers.iter().map(|lower| (*lower).to_owned()).collect(),
    }
}

#[tokio::test]
async fn s69_a_layer_that_is_frozen_has_another_name() {
    let (_host, vm) = allowed().await;
    let layer = vm.create_layer().await.unwrap();
    let frozen = vm.seal_layer(&layer).await.unwrap();
    assert_ne!(frozen, layer);
    refused(vm.export_snapshot(&layer).await, RefusalCode::InvalidState);
    refused(vm.seal_layer(&layer).await, RefusalCode::InvalidState);
    refused(vm.seal_layer(&frozen).await, RefusalCode::InvalidState);
    let entries = vm.export_snapshot(&frozen).await.unwrap();
    assert!(
        entries.iter().any(|entry| entry.path == "/bin"),
        "{entries:?}"
    );
}

#[tokio::test]
async fn s70_of_two_layers_the_first_counts_and_the_upper_one_before_all() {
    let (_host, vm) = allowed().await;
    let mut layers = Vec::new();
    for (name, also) in [("one", "/f"), ("two", "/g"), ("top", "/h")] {
        let mut entries = vec![file("/same", name), file(&format!("/{name}"), name)];
        entries.push(file(also, name));
        if name != "top" {
            entries.push(file("/lower", name));
        }
        layers.push(vm.import_snapshot(entries).await.unwrap());
    }
    let [one, two, top] = [&layers[0], &layers[1], &layers[2]];
    let lowers = vm.create_overlay(overlay(None, &[one, two])).await.unwrap();
    let entries = vm.export_snapshot(&lowers).await.unwrap();
    assert_eq!(content(&entries, "/same").as_deref(), Some("one"));
    assert_eq!(content(&entries, "/two").as_deref(), Some("two"));
    let all = vm
        .create_overlay(overlay(Some(top), &[two, one]))
        .await
        .unwrap();
    let entries = vm.export_snapshot(&all).await.unwrap();
    assert_eq!(content(&entries, "/same").as_deref(), Some("top"));
    assert_eq!(content(&entries, "/lower").as_deref(), Some("two"));
    for name in ["/one", "/two", "/top", "/f", "/g", "/h"] {
        assert!(content(&entries, name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn s71_a_vm_has_256_layers() {
    let (_host, vm) = allowed().await;
    for _ in 0..256 {
        vm.create_layer().await.unwrap();
    }
    for answer in [
        vm.create_layer().await,
        vm.import_snapshot(Vec::new()).await,
        vm.create_overlay(overlay(None, &["layer-1"])).await,
    ] {
        let message = refused(answer, RefusalCode::InvalidState);
        assert!(message.contains("VM layer limit exceeded"), "{message}");
    }
}

#[tokio::test]
async fn s72_the_root_is_shown_from_its_top_and_without_mounts() {
    let (_host, vm) = allowed().await;
    vm.configure(with(vec![mount("/m", "memory", "{}", false)]))
        .await
        .unwrap();
    vm.write_file("/m/in-the-mount", b"x").await.unwrap();
    vm.write_file("/d/b", b"b").await.unwrap();
    vm.write_file("/d/a", &[0xff]).await.unwrap();
    vm.symlink("/d/a", "/d/l").await.unwrap();
    let entries = vm.snapshot_root().await.unwrap();
    assert_eq!(entries[0].path, "/");
    assert!(!entries.iter().any(|entry| entry.path.starts_with("/m/")));
    let below: Vec<_> = entries
        .iter()
        .filter(|entry| entry.path == "/d" || entry.path.starts_with("/d/"))
        .collect();
    let paths: Vec<_> = below.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["/d", "/d/a", "/d/b", "/d/l"]);
    assert_eq!(below[0].mode, Some(0o040_755));
    assert_eq!(below[1].encoding, Some(RootFilesystemEntryEncoding::Base64));
    assert_eq!(below[1].content.as_deref(), Some("/w=="));
    assert_eq!(below[2].content.as_deref(), Some("b"));
    assert_eq!(below[2].mode, Some(0o100_644));
    assert_eq!(below[3].target.as_deref(), Some("/d/a"));
}

#[tokio::test]
async fn s73_a_layer_of_another_vm_is_unknown() {
    let host = host().await;
    let (one, other) = (host.vm(ALLOW).await, host.vm(ALLOW).await);
    let layer = one.import_snapshot(vec![file("/f", "x")]).await.unwrap();
    refused(
        other.export_snapshot(&layer).await,
        RefusalCode::InvalidState,
    );
    let stacked = other.create_overlay(overlay(None, &[&layer])).await;
    refused(stacked, RefusalCode::InvalidState);
}
