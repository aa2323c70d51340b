//! Uses streams and pollables in ways that their interface allows and nobody expects. One argument says which.

use tollgate_components::driver::Driver;
use tollgate_components::host::wasi::cli::{stdin::get_stdin, stdout::get_stdout};
use tollgate_components::host::wasi::clocks::monotonic_clock::subscribe_duration;
use tollgate_components::host::wasi::filesystem::preopens::get_directories;
use tollgate_components::host::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, OpenFlags, PathFlags,
};
use tollgate_components::host::wasi::io::poll::poll;
use tollgate_components::{report, say};

fn file(name: &str, open: OpenFlags) -> Option<Descriptor> {
    let (folder, _) = get_directories().pop()?;
    let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
    folder.open_at(PathFlags::empty(), name, open, both).ok()
}

/// Lengths that no buffer has.
fn lengths() {
    let (input, output) = (get_stdin(), get_stdout());
    report(
        "read",
        input.read(u64::MAX).map(|bytes| bytes.len() < 1 << 20),
    );
    report(
        "skip",
        input
            .blocking_skip(u64::MAX)
            .map(|skipped| skipped < 1 << 20),
    );
    report(
        "splice",
        output
            .splice(&get_stdin(), u64::MAX)
            .map(|moved| moved < 1 << 20),
    );
    report(
        "read nothing",
        input.blocking_read(0).map(|bytes| bytes.len()),
    );
    report("write nothing", output.write(&[]).map(|()| ""));
    report("flush", output.blocking_flush().map(|()| ""));
    report(
        "zeroes",
        output.blocking_write_zeroes_and_flush(0).map(|()| ""),
    );
}

/// Streams that outlive their file, and the file's name.
fn orphans() {
    let Some(made) = file("orphan", OpenFlags::CREATE) else {
        return say!("no file");
    };
    let (writing, reading) = (made.write_via_stream(0), made.read_via_stream(0));
    let appending = made.append_via_stream();
    drop(made);
    say!("{}", Driver::default().run("unlink p0 orphan"));
    let (Ok(writing), Ok(reading), Ok(appending)) = (writing, reading, appending) else {
        return say!("no streams");
    };
    report(
        "write",
        writing.blocking_write_and_flush(b"one").map(|()| ""),
    );
    report(
        "append",
        appending.blocking_write_and_flush(b"two").map(|()| ""),
    );
    report(
        "read",
        reading
            .blocking_read(64)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    );
    report(
        "read to the end",
        reading.blocking_read(64).map(|bytes| bytes.len()),
    );
}

/// Pollables, as many as there may be.
fn pollables() {
    let mut kept = Vec::new();
    for _ in 0..10_000_000 {
        kept.push(subscribe_duration(u64::MAX));
    }
    say!("kept {}", kept.len());
}

/// One list of many pollables, some of them ready.
fn long_list() {
    let timers: Vec<_> = (0..2_000)
        .map(|number| subscribe_duration(if number % 2 == 0 { 0 } else { u64::MAX }))
        .collect();
    let list: Vec<_> = timers.iter().collect();
    say!("ready {}", poll(&list).len() <= 1_000);
    let twice = [&timers[0], &timers[0], &timers[0]];
    say!("ready {}", poll(&twice).len());
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("lengths") => lengths(),
        Some("orphans") => orphans(),
        Some("pollables") => pollables(),
        Some("long-list") => long_list(),
        Some("empty-list") => say!("ready {}", poll(&[]).len()),
        Some("zeroes") => report("zeroes", get_stdout().write_zeroes(u64::MAX).map(|()| "")),
        Some("unallowed") => report(
            "write",
            get_stdout().write(&vec![b'x'; 1 << 20]).map(|()| ""),
        ),
        _ => say!(
            "usage: lengths | orphans | pollables | long-list | empty-list | zeroes | unallowed"
        ),
    }
}
