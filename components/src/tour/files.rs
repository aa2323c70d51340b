//! The preopened folder, and paths beneath it.

use crate::host::wasi::filesystem::preopens::get_directories;
use crate::host::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, DirectoryEntryStream, ErrorCode, NewTimestamp, OpenFlags,
    PathFlags,
};
use crate::{report, say};

const NONE: PathFlags = PathFlags::empty();

fn descriptor<T: std::fmt::Display>(function: &str, result: Result<T, ErrorCode>) {
    report(
        &format!("wasi:filesystem/types#[method]descriptor.{function}"),
        result,
    );
}

fn quiet<T>(function: &str, result: Result<T, ErrorCode>) {
    descriptor(function, result.map(|_| ""));
}

/// Everything that a folder's handle can do. Gives the folder to whoever goes on with its files.
pub fn folders() -> Option<Descriptor> {
    let mut folders = get_directories();
    say!(
        "wasi:filesystem/preopens#get-directories: ok {}",
        folders.len()
    );
    let (folder, _) = folders.pop()?;
    itself(&folder);
    existing(&folder);
    new(&folder);
    Some(folder)
}

fn itself(folder: &Descriptor) {
    quiet("get-type", folder.get_type());
    quiet("get-flags", folder.get_flags());
    quiet("stat", folder.stat());
    quiet("metadata-hash", folder.metadata_hash());
    // The function has no error: a folder that is not the same as itself was denied.
    let same = folder.is_same_object(folder);
    descriptor(
        "is-same-object",
        if same { Ok("") } else { Err(ErrorCode::Access) },
    );
    quiet(
        "set-times",
        folder.set_times(NewTimestamp::Now, NewTimestamp::NoChange),
    );
    quiet("sync-data", folder.sync_data());
    quiet("sync", folder.sync());
    let listing = folder.read_directory();
    if let Ok(entries) = &listing {
        report(
            "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry",
            count(entries),
        );
    }
    quiet("read-directory", listing);
}

fn count(entries: &DirectoryEntryStream) -> Result<usize, ErrorCode> {
    let mut count = 0;
    while entries.read_directory_entry()?.is_some() {
        count += 1;
    }
    Ok(count)
}

fn existing(folder: &Descriptor) {
    quiet("stat-at", folder.stat_at(NONE, "denied/file"));
    quiet(
        "metadata-hash-at",
        folder.metadata_hash_at(NONE, "denied/file"),
    );
    quiet(
        "set-times-at",
        folder.set_times_at(NONE, "denied/file", NewTimestamp::Now, NewTimestamp::Now),
    );
    quiet("readlink-at", folder.readlink_at("denied/link"));
    quiet(
        "open-at",
        folder.open_at(
            NONE,
            "denied/file",
            OpenFlags::empty(),
            DescriptorFlags::READ,
        ),
    );
}

fn new(folder: &Descriptor) {
    let create = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    quiet(
        "open-at",
        folder.open_at(NONE, "denied/new", create, DescriptorFlags::WRITE),
    );
    quiet(
        "create-directory-at",
        folder.create_directory_at("denied/dir"),
    );
    quiet("symlink-at", folder.symlink_at("file", "denied/soft"));
    quiet(
        "link-at",
        folder.link_at(NONE, "denied/file", folder, "denied/hard"),
    );
    quiet(
        "rename-at",
        folder.rename_at("denied/file", folder, "denied/renamed"),
    );
    quiet("unlink-file-at", folder.unlink_file_at("denied/remove"));
    quiet(
        "remove-directory-at",
        folder.remove_directory_at("denied/empty"),
    );
}
