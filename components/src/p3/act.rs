//! Small steps with files over 0.3.

use super::host::wasi::filesystem::preopens::get_directories;
use super::host::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, DirectoryEntry, ErrorCode, OpenFlags, PathFlags,
};
use super::host::wit_stream;

/// The first folder that was given.
pub fn folder() -> Option<Descriptor> {
    get_directories()
        .into_iter()
        .next()
        .map(|(folder, _)| folder)
}

/// Opens a file without following a link at its end.
pub async fn open(
    folder: &Descriptor,
    name: &str,
    flags: OpenFlags,
    rights: DescriptorFlags,
) -> Result<Descriptor, ErrorCode> {
    folder
        .open_at(PathFlags::empty(), name.to_owned(), flags, rights)
        .await
}

/// Writes through a stream from an offset on.
pub async fn write(file: &Descriptor, bytes: Vec<u8>, offset: u64) -> Result<(), ErrorCode> {
    let (mut writer, reader) = wit_stream::new();
    let end = file.write_via_stream(reader, offset);
    let _unsent = writer.write_all(bytes).await;
    drop(writer);
    end.await
}

/// Writes through a stream at the end.
pub async fn append(file: &Descriptor, bytes: Vec<u8>) -> Result<(), ErrorCode> {
    let (mut writer, reader) = wit_stream::new();
    let end = file.append_via_stream(reader);
    let _unsent = writer.write_all(bytes).await;
    drop(writer);
    end.await
}

/// Reads through a stream to the end.
pub async fn read(file: &Descriptor, offset: u64) -> Result<Vec<u8>, ErrorCode> {
    let (stream, end) = file.read_via_stream(offset);
    let bytes = stream.collect().await;
    end.await.map(|()| bytes)
}

/// All entries of a folder, sorted by name.
pub async fn list(folder: &Descriptor) -> Result<Vec<DirectoryEntry>, ErrorCode> {
    let (stream, end) = folder.read_directory();
    let mut entries = stream.collect().await;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    end.await.map(|()| entries)
}
