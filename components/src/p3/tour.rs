//! One call of every operation of every interface of 0.3 that the host links, one line each, over the same folder as the
//! tour of 0.2.

use super::act;
use super::host::wasi::cli::{
    environment as env, stdin, terminal_stderr, terminal_stdin, terminal_stdout,
};
use super::host::wasi::clocks::{monotonic_clock, system_clock};
use super::host::wasi::filesystem::preopens::get_directories;
use super::host::wasi::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use super::host::wasi::random::{insecure, insecure_seed, random as secure};
use super::{write_err, write_out};
use crate::{report, say};

const NONE: PathFlags = PathFlags::empty();
const TYPES: &str = "wasi:filesystem/types@0.3#[method]descriptor";

/// `wasi:cli`.
pub async fn cli() {
    let found = env::get_environment()
        .iter()
        .any(|(name, _)| name == "TOUR");
    say!(
        "wasi:cli/environment@0.3#get-environment: {}",
        if found { "ok" } else { "error absent" }
    );
    say!(
        "wasi:cli/environment@0.3#get-arguments: ok {}",
        env::get_arguments().len()
    );
    say!(
        "wasi:cli/environment@0.3#get-initial-cwd: ok {}",
        env::get_initial_cwd().unwrap_or_default()
    );
    let (stream, end) = stdin::read_via_stream();
    let bytes = stream.collect().await;
    report(
        "wasi:cli/stdin@0.3#read-via-stream",
        end.await.map(|()| bytes.len()),
    );
    report(
        "wasi:cli/stderr@0.3#write-via-stream",
        write_err(b"tour\n".to_vec()).await.map(|()| ""),
    );
    report(
        "wasi:cli/stdout@0.3#write-via-stream",
        write_out(b"tour\n".to_vec()).await.map(|()| ""),
    );
    let terminals = [
        ("stdin", terminal_stdin::get_terminal_stdin().is_some()),
        ("stdout", terminal_stdout::get_terminal_stdout().is_some()),
        ("stderr", terminal_stderr::get_terminal_stderr().is_some()),
    ];
    for (name, is_terminal) in terminals {
        say!("wasi:cli/terminal-{name}@0.3#get-terminal-{name}: ok {is_terminal}");
    }
}

/// `wasi:clocks`.
pub async fn clocks() {
    say!(
        "wasi:clocks/system-clock@0.3#now: ok {}",
        system_clock::now().seconds > 1_600_000_000
    );
    say!(
        "wasi:clocks/system-clock@0.3#get-resolution: ok {}",
        system_clock::get_resolution() > 0
    );
    let now = monotonic_clock::now();
    say!(
        "wasi:clocks/monotonic-clock@0.3#now: ok {}",
        monotonic_clock::now() >= now
    );
    say!(
        "wasi:clocks/monotonic-clock@0.3#get-resolution: ok {}",
        monotonic_clock::get_resolution() > 0
    );
    monotonic_clock::wait_until(now).await;
    say!("wasi:clocks/monotonic-clock@0.3#wait-until: ok");
    monotonic_clock::wait_for(1).await;
    say!("wasi:clocks/monotonic-clock@0.3#wait-for: ok");
}

/// `wasi:random`.
pub fn random() {
    say!(
        "wasi:random/random@0.3#get-random-bytes: ok {}",
        secure::get_random_bytes(16).len()
    );
    say!(
        "wasi:random/random@0.3#get-random-u64: ok {}",
        secure::get_random_u64() != secure::get_random_u64()
    );
    say!(
        "wasi:random/insecure@0.3#get-insecure-random-bytes: ok {}",
        insecure::get_insecure_random_bytes(16).len()
    );
    let differ = insecure::get_insecure_random_u64() != insecure::get_insecure_random_u64();
    say!("wasi:random/insecure@0.3#get-insecure-random-u64: ok {differ}");
    let (low, high) = insecure_seed::get_insecure_seed();
    say!(
        "wasi:random/insecure-seed@0.3#get-insecure-seed: ok {}",
        low != high
    );
}

/// `wasi:filesystem`.
pub async fn filesystem() {
    let mut folders = get_directories();
    say!(
        "wasi:filesystem/preopens@0.3#get-directories: ok {}",
        folders.len()
    );
    let Some((folder, _)) = folders.pop() else {
        return;
    };
    itself(&folder).await;
    existing(&folder).await;
    new(&folder).await;
    files(&folder).await;
}

fn descriptor<T>(function: &str, result: Result<T, ErrorCode>) {
    report(&format!("{TYPES}.{function}"), result.map(|_| ""));
}

fn same(same: bool) -> Result<(), ErrorCode> {
    // The function has no error: what is not the same as itself was denied.
    if same { Ok(()) } else { Err(ErrorCode::Access) }
}

async fn itself(folder: &Descriptor) {
    descriptor("get-type", folder.get_type().await);
    descriptor("get-flags", folder.get_flags().await);
    descriptor("stat", folder.stat().await);
    descriptor("metadata-hash", folder.metadata_hash().await);
    descriptor("is-same-object", same(folder.is_same_object(folder).await));
    let times = folder.set_times(NewTimestamp::Now, NewTimestamp::NoChange);
    descriptor("set-times", times.await);
    descriptor("sync-data", folder.sync_data().await);
    descriptor("sync", folder.sync().await);
    descriptor("read-directory", act::list(folder).await);
}

async fn existing(folder: &Descriptor) {
    let path = || "denied/file".to_owned();
    descriptor("stat-at", folder.stat_at(NONE, path()).await);
    descriptor(
        "metadata-hash-at",
        folder.metadata_hash_at(NONE, path()).await,
    );
    let times = folder.set_times_at(NONE, path(), NewTimestamp::Now, NewTimestamp::Now);
    descriptor("set-times-at", times.await);
    descriptor(
        "readlink-at",
        folder.readlink_at("denied/link".to_owned()).await,
    );
    let opened = folder.open_at(NONE, path(), OpenFlags::empty(), DescriptorFlags::READ);
    descriptor("open-at", opened.await);
}

async fn new(folder: &Descriptor) {
    let path = |name: &str| format!("denied/{name}");
    let create = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let made = folder.open_at(NONE, path("new"), create, DescriptorFlags::WRITE);
    descriptor("open-at", made.await);
    descriptor(
        "create-directory-at",
        folder.create_directory_at(path("dir")).await,
    );
    let soft = folder.symlink_at("file".to_owned(), path("soft"));
    descriptor("symlink-at", soft.await);
    let hard = folder.link_at(NONE, path("file"), folder, path("hard"));
    descriptor("link-at", hard.await);
    let renamed = folder.rename_at(path("file"), folder, path("renamed"));
    descriptor("rename-at", renamed.await);
    descriptor(
        "unlink-file-at",
        folder.unlink_file_at(path("remove")).await,
    );
    descriptor(
        "remove-directory-at",
        folder.remove_directory_at(path("empty")).await,
    );
}

/// A handle with every right, or with the one right that there may be.
async fn open(
    folder: &Descriptor,
    name: &str,
    right: DescriptorFlags,
) -> Result<Descriptor, ErrorCode> {
    let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
    match act::open(folder, name, OpenFlags::empty(), both).await {
        Ok(handle) => Ok(handle),
        Err(_) => act::open(folder, name, OpenFlags::empty(), right).await,
    }
}

fn file<T>(function: &str, result: Result<T, ErrorCode>) {
    report(&format!("file {TYPES}.{function}"), result.map(|_| ""));
}

/// What reads, on `write-me`, and what writes, on `read-me`.
async fn files(folder: &Descriptor) {
    match open(folder, "write-me", DescriptorFlags::WRITE).await {
        Ok(handle) => reads(&handle).await,
        Err(code) => file("open-at", Err::<(), _>(code)),
    }
    match open(folder, "read-me", DescriptorFlags::READ).await {
        Ok(handle) => writes(&handle).await,
        Err(code) => file("open-at", Err::<(), _>(code)),
    }
}

async fn reads(handle: &Descriptor) {
    file("get-type", handle.get_type().await);
    file("get-flags", handle.get_flags().await);
    file("advise", handle.advise(0, 0, Advice::Sequential).await);
    file("stat", handle.stat().await);
    file("metadata-hash", handle.metadata_hash().await);
    file("is-same-object", same(handle.is_same_object(handle).await));
    file("read-via-stream", act::read(handle, 0).await);
}

async fn writes(handle: &Descriptor) {
    file("set-size", handle.set_size(1).await);
    let times = handle.set_times(NewTimestamp::Now, NewTimestamp::Now);
    file("set-times", times.await);
    file("sync-data", handle.sync_data().await);
    file("sync", handle.sync().await);
    file(
        "write-via-stream",
        act::write(handle, b"y".to_vec(), 0).await,
    );
    file(
        "append-via-stream",
        act::append(handle, b"z".to_vec()).await,
    );
}
