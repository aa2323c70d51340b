//! What a fork of a filesystem of ten thousand files takes, and what the first write after it does; what a flush takes.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench fails as a test does, and makes a folder for itself"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tollgate_vfs::{
    Clock, Entry, EntryKind, Layer, MemoryFs, Mount, Owner, Quota, Store, Timestamp,
};

const FILES: usize = 10_000;

fn clock() -> Clock {
    Arc::new(|| Timestamp {
        seconds: 1,
        nanos: 0,
    })
}

fn file(path: String, bytes: Vec<u8>) -> Entry {
    Entry {
        path,
        kind: EntryKind::File(bytes),
        mode: 0o644,
        owner: Owner::GUEST,
    }
}

/// Ten thousand files of 1 KiB in a hundred folders.
fn many() -> MemoryFs {
    let filesystem = MemoryFs::new(Quota::default(), clock());
    let files = (0..FILES).map(|number| {
        let bytes = number.to_le_bytes().repeat(128);
        file(format!("/{:02}/{number:05}", number % 100), bytes)
    });
    filesystem.apply(files).unwrap();
    filesystem
}

fn forks(criterion: &mut Criterion) {
    let plain = many();
    let layered = MemoryFs::new(Quota::default(), clock());
    let mount = Mount::overlay(vec![Layer::memory(many())], layered.clone());
    drop(mount.unwrap());
    layered
        .apply((0..1_000).map(|number| file(format!("/{:02}/own{number}", number % 100), vec![1])))
        .unwrap();
    let mut group = criterion.benchmark_group("ten thousand files");
    group.bench_function("fork", |bencher| bencher.iter(|| plain.fork()));
    group.bench_function("fork of an overlay", |bencher| {
        bencher.iter(|| layered.fork());
    });
    group.bench_function("snapshot", |bencher| {
        bencher.iter(|| Layer::snapshot(black_box(&plain)));
    });
    let changed = file("/42/00042".to_owned(), vec![7; 1_024]);
    group.bench_function("first write after a fork", |bencher| {
        bencher.iter_batched_ref(
            || plain.fork(),
            |fork| fork.apply([changed.clone()]).unwrap(),
            BatchSize::SmallInput,
        );
    });
    group.sample_size(10);
    group.bench_function("digest", |bencher| {
        bencher.iter(|| Layer::snapshot(&plain).digest().unwrap());
    });
    flushes(&mut group, &plain, &changed);
    group.finish();
}

fn flushes(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    plain: &MemoryFs,
    changed: &Entry,
) {
    let place = tempfile::tempdir().unwrap();
    let directory =
        cap_std::fs::Dir::open_ambient_dir(place.path(), cap_std::ambient_authority()).unwrap();
    let store = Store::open(directory).unwrap();
    store.flush("vm", plain).unwrap();
    let fork = plain.fork();
    let mut round = 0_u64;
    group.bench_function("flush after one write", |bencher| {
        bencher.iter(|| {
            round += 1;
            let entry = Entry {
                kind: EntryKind::File(round.to_le_bytes().to_vec()),
                ..changed.clone()
            };
            fork.apply([entry]).unwrap();
            store.flush("vm", &fork).unwrap()
        });
    });
    group.bench_function("load", |bencher| {
        bencher.iter(|| store.load("vm", Quota::default(), clock()).unwrap());
    });
}

criterion_group!(benches, forks);
criterion_main!(benches);
