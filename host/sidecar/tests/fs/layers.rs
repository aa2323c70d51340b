//! Layers that a client makes.

use tollgate_protocol::types::{
    RootFilesystemEntry as Entry, RootFilesystemEntryEncoding as Encoding,
};
use tollgate_sidecar::fs::{FsLimits, Layers};

use crate::support::*;

fn layers() -> Layers {
    Layers::new(FsLimits::default(), clock())
}

fn content<'a>(entries: &'a [Entry], path: &str) -> Option<&'a str> {
    let found = entries.iter().find(|entry| entry.path == path);
    found.and_then(|entry| entry.content.as_deref())
}

#[test]
fn s69_a_layer_that_is_sealed_gets_another_name() {
    let layers = layers();
    let id = layers.create().unwrap();
    assert_eq!(id, "layer-1");
    let paths: Vec<String> = layers
        .export(&id)
        .unwrap()
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(paths[..3], ["/", "/bin", "/boot"]);
    let sealed = layers.seal(&id).unwrap();
    assert_eq!(sealed, "layer-2");
    invalid(layers.export(&id), "unknown layer: layer-1");
    invalid(layers.seal(&id), "unknown layer: layer-1");
    invalid(layers.seal(&sealed), "not writable");
    assert_eq!(layers.export(&sealed).unwrap().len(), paths.len());
}

#[test]
fn what_is_imported_is_exported_as_it_was_told() {
    let layers = layers();
    let binary = Entry {
        encoding: Some(Encoding::Base64),
        ..file("/i/b", "/////w==")
    };
    let given = vec![folder("/i"), file("/i/a", "one"), link("/i/l", "a"), binary];
    let id = layers.import(given.clone()).unwrap();
    let exported = layers.export(&id).unwrap();
    let modes: Vec<u32> = exported.iter().map(|entry| entry.mode.unwrap()).collect();
    assert_eq!(modes, [0o755, 0o644, 0o777, 0o644]);
    for (told, given) in exported.iter().zip(&given) {
        assert_eq!(
            (&told.path, &told.content, &told.target),
            (&given.path, &given.content, &given.target)
        );
        assert_eq!(
            (told.uid, told.gid, told.executable),
            (Some(0), Some(0), false)
        );
    }
    assert_eq!(exported[3].encoding, Some(Encoding::Base64));
    let again = layers.import(exported.clone()).unwrap();
    assert_eq!(layers.export(&again).unwrap(), exported);
}

#[test]
fn s70_of_a_stack_the_upper_wins_and_then_the_first() {
    let layers = layers();
    let one = layers
        .import(vec![file("/a", "low"), file("/b", "low")])
        .unwrap();
    let two = layers
        .import(vec![file("/b", "high"), file("/c", "high")])
        .unwrap();
    let stacked = layers
        .overlay(Some(&two), std::slice::from_ref(&one))
        .unwrap();
    let exported = layers.export(&stacked).unwrap();
    let paths: Vec<&str> = exported.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["/", "/a", "/b", "/c"]);
    assert_eq!(content(&exported, "/b"), Some("high"));
    assert_eq!(exported[1].mode, Some(0o100_644));
    let listed = layers.overlay(None, &[one.clone(), two]).unwrap();
    let exported = layers.export(&listed).unwrap();
    assert_eq!(content(&exported, "/b"), Some("low"));
    assert_eq!(content(&exported, "/c"), Some("high"));
    let empty = layers.overlay(None, &[]).unwrap();
    assert_eq!(layers.export(&empty).unwrap().len(), 1);
    let none = "layer-none".to_owned();
    invalid(
        layers.overlay(None, std::slice::from_ref(&none)),
        "unknown lower layer: layer-none",
    );
    invalid(
        layers.overlay(Some(&none), &[one]),
        "unknown upper layer: layer-none",
    );
}

#[test]
fn s71_there_is_an_end_of_layers() {
    let layers = layers();
    for _ in 0..256 {
        layers.create().unwrap();
    }
    invalid(layers.create(), "VM layer limit exceeded");
    invalid(layers.import(Vec::new()), "VM layer limit exceeded");
    let unknown = ["none".to_owned()];
    invalid(layers.overlay(None, &unknown), "VM layer limit exceeded");
    layers.seal("layer-1").unwrap();
}

#[test]
fn s73_a_layer_of_another_vm_is_unknown() {
    let (one, other) = (layers(), layers());
    let id = one.import(vec![file("/f", "x")]).unwrap();
    invalid(other.export(&id), "unknown layer");
}

#[test]
fn layers_hold_no_more_than_a_vm_may() {
    let limits = FsLimits {
        filesystem_bytes: 10_000,
        inodes: 8,
        ..FsLimits::default()
    };
    let layers = Layers::new(limits, clock());
    layers.import(vec![file("/f", &"x".repeat(6_000))]).unwrap();
    invalid(
        layers.import(vec![file("/f", &"x".repeat(6_000))]),
        "more than",
    );
    let many = |count: usize| {
        (0..count)
            .map(|number| file(&format!("/{number}"), ""))
            .collect()
    };
    invalid(layers.import(many(8)), "more than");
    layers.import(many(5)).unwrap();
    let high = (0..40).try_fold(layers.create().unwrap(), |below, _| {
        layers.overlay(None, &[below])
    });
    invalid(high, "layers");
    let bad = Entry {
        encoding: Some(Encoding::Base64),
        ..file("/b", "***")
    };
    invalid(layers.import(vec![bad]), "base64");
    invalid(
        layers.import(vec![file("/f", ""), file("/f", "")]),
        "before",
    );
}
