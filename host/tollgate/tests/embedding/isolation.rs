//! What one guest leaves for the next.

use std::fs;
use std::path::Path;

use tollgate::engine::Pool;
use tollgate::{Host, RunOptions};

use crate::support::{TOOLS, builder, grants, host, load, runtime};

/// Fills its memory, table and global, or counts what of them is not as it should be in a new instance.
const KEEPER: &str = r#"(component
    (core module $m
        (memory 2)
        (table $t 16 funcref)
        (global $g (mut i64) (i64.const 0))
        (elem declare func $fill)
        (func $fill (export "fill") (param i32)
            (local $at i32)
            (drop (memory.grow (i32.const 2)))
            (memory.fill (i32.const 0) (local.get 0) (i32.mul (memory.size) (i32.const 65536)))
            (global.set $g (i64.const -1))
            (loop $l
                (table.set $t (local.get $at) (ref.func $fill))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br_if $l (i32.lt_u (local.get $at) (i32.const 16)))))
        (func (export "scan") (result i64)
            (local $at i32) (local $found i64)
            (drop (memory.grow (i32.const 2)))
            (local.set $found (global.get $g))
            (loop $l
                (local.set $found (i64.or (local.get $found) (i64.load (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 8)))
                (br_if $l (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
            (local.set $at (i32.const 0))
            (loop $l
                (if (i32.eqz (ref.is_null (table.get $t (local.get $at))))
                    (then (local.set $found (i64.const -2))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br_if $l (i32.lt_u (local.get $at) (i32.const 16))))
            (local.get $found)))
    (core instance $i (instantiate $m))
    (func (export "fill") (param "byte" u32) (canon lift (core func $i "fill")))
    (func (export "scan") (result u64) (canon lift (core func $i "scan"))))"#;

const REUSES: u32 = 10_000;

#[test]
fn a43_what_one_tenant_wrote_no_other_finds() {
    reuses(&host().0);
}

#[test]
fn a43_what_one_tenant_wrote_no_other_finds_in_the_pool() {
    let pool = Pool::of(8);
    reuses(&builder().pool(pool).build().unwrap());
}

fn reuses(host: &Host) {
    runtime(2).block_on(async {
        let component = load(host, KEEPER).await;
        let (a, b) = (grants(host, ""), grants(host, ""));
        let mut same = component.instantiate(RunOptions::new(&a)).await.unwrap();
        same.call::<_, ()>("fill", (0xaa_u32,)).await.unwrap();
        assert_ne!(
            same.call::<(), (u64,)>("scan", ()).await.unwrap(),
            (0,),
            "the scan finds what is there"
        );
        let tasks = (0..2).map(|task| {
            let (component, a, b) = (component.clone(), a.clone(), b.clone());
            tokio::spawn(async move {
                for turn in 0..REUSES / 2 {
                    let byte = 1 + (turn + task) % 255;
                    let mut full = component.instantiate(RunOptions::new(&a)).await.unwrap();
                    full.call::<_, ()>("fill", (byte,)).await.unwrap();
                    drop(full);
                    let mut next = component.instantiate(RunOptions::new(&b)).await.unwrap();
                    assert_eq!(
                        next.call::<(), (u64,)>("scan", ()).await.unwrap(),
                        (0,),
                        "turn {turn}"
                    );
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
}

/// The linker that a component is linked with is made for it, filled, and dropped: no source of the host clones one.
#[test]
fn a45_no_linker_is_cloned() {
    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((
                    path.display().to_string(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let mut found = Vec::new();
    for room in ["engine", "bridge", "cli", "tollgate"] {
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join(room)
                .join("src"),
            &mut found,
        );
    }
    let naming: Vec<_> = found
        .iter()
        .filter(|(_, text)| text.contains("Linker"))
        .collect();
    assert!(naming.len() >= 3, "the linker is found where it is");
    for (file, text) in naming {
        let flat: String = text.split_whitespace().collect();
        for clone in [
            "linker.clone()",
            "Linker::clone",
            "linker().clone()",
            "clone(&linker)",
            "clone(linker)",
        ] {
            assert!(!flat.contains(clone), "{file} has `{clone}`");
        }
    }
}

#[tokio::test]
async fn a45_components_and_their_host_may_be_dropped_in_any_order() {
    for turn in 0..20 {
        let host = crate::interfaces::notes(builder()).build().unwrap();
        let first = load(&host, TOOLS).await;
        let second = load(&host, crate::support::NOTES).await;
        let grants = grants(&host, "");
        let mut instance = first.instantiate(RunOptions::new(&grants)).await.unwrap();
        match turn % 3 {
            0 => drop((host, second, first)),
            1 => drop((second, first, host)),
            _ => drop((first, host, second)),
        }
        assert_eq!(
            instance.call::<(), (u32,)>("count", ()).await.unwrap(),
            (1,)
        );
        drop(grants);
        assert!(instance.close().await.result.is_ok());
    }
}
