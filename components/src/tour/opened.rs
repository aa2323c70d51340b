//! Open files.

use crate::host::wasi::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use crate::report;

fn file<T: std::fmt::Display, E: crate::Case>(function: &str, result: Result<T, E>) {
    report(
        &format!("file wasi:filesystem/types#[method]descriptor.{function}"),
        result,
    );
}

/// A handle with every right, or with the one right that there may be.
fn open(folder: &Descriptor, name: &str, right: DescriptorFlags) -> Result<Descriptor, ErrorCode> {
    let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let with = |rights| folder.open_at(PathFlags::empty(), name, OpenFlags::empty(), rights);
    with(both).or_else(|_| with(right))
}

/// Everything that a file's handle can do: what reads, on `write-me`, and what writes, on `read-me`.
pub fn files(folder: &Descriptor) {
    match open(folder, "write-me", DescriptorFlags::WRITE) {
        Ok(handle) => reads(&handle),
        Err(code) => file("open-at", Err::<&str, _>(code)),
    }
    match open(folder, "read-me", DescriptorFlags::READ) {
        Ok(handle) => writes(&handle),
        Err(code) => file("open-at", Err::<&str, _>(code)),
    }
}

fn reads(handle: &Descriptor) {
    file("get-type", handle.get_type().map(|_| ""));
    file("get-flags", handle.get_flags().map(|_| ""));
    file("read", handle.read(64, 0).map(|_| ""));
    file(
        "advise",
        handle.advise(0, 0, Advice::Sequential).map(|()| ""),
    );
    file("stat", handle.stat().map(|_| ""));
    file("metadata-hash", handle.metadata_hash().map(|_| ""));
    let same = handle.is_same_object(handle);
    file(
        "is-same-object",
        if same { Ok("") } else { Err(ErrorCode::Access) },
    );
    match handle.read_via_stream(0) {
        Ok(stream) => file("read-via-stream", stream.blocking_read(64).map(|_| "")),
        Err(code) => file("read-via-stream", Err::<&str, _>(code)),
    }
}

fn writes(handle: &Descriptor) {
    file("write", handle.write(b"x", 0).map(|_| ""));
    file("set-size", handle.set_size(1).map(|()| ""));
    file(
        "set-times",
        handle
            .set_times(NewTimestamp::Now, NewTimestamp::Now)
            .map(|()| ""),
    );
    file("sync-data", handle.sync_data().map(|()| ""));
    file("sync", handle.sync().map(|()| ""));
    match handle.write_via_stream(0) {
        Ok(stream) => file(
            "write-via-stream",
            stream.blocking_write_and_flush(b"y").map(|()| ""),
        ),
        Err(code) => file("write-via-stream", Err::<&str, _>(code)),
    }
    match handle.append_via_stream() {
        Ok(stream) => file(
            "append-via-stream",
            stream.blocking_write_and_flush(b"z").map(|()| ""),
        ),
        Err(code) => file("append-via-stream", Err::<&str, _>(code)),
    }
}
