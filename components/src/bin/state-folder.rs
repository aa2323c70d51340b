//! Keeps the files of VMs in its folder, `/state`: one file for each, written aside, carried to the disk, and put in its place.

mod bindings {
    wit_bindgen::generate!({ path: "../wit/host-bridge", world: "persistence-bridge" });
    use super::Folder;
    export!(Folder);
}

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};

use bindings::exports::tollgate::host_bridge::persistence::{
    BridgeError, FilesystemSnapshot, FlushFilesystemStateRequest, Guest, LoadFilesystemStateRequest,
};
use bindings::tollgate::host_bridge::types::ErrorCode;

struct Folder;

/// A name may hold anything; a file's may not.
fn place(vm_id: &str) -> String {
    let name: String = vm_id.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("/state/{name}")
}

fn failed(error: io::Error) -> BridgeError {
    BridgeError {
        code: ErrorCode::Failed,
        message: format!("the folder cannot be used: {}", error.kind()),
    }
}

fn write(place: &str, snapshot: &FilesystemSnapshot) -> io::Result<()> {
    let aside = format!("{place}.new");
    let mut file = File::create(&aside)?;
    writeln!(file, "{}", snapshot.format)?;
    writeln!(file, "{}", snapshot.bytes.len())?;
    file.write_all(&snapshot.bytes)?;
    file.sync_all()?;
    fs::rename(aside, place)?;
    File::open("/state")?.sync_all()
}

/// The format, and the bytes, as many as were written.
fn parse(whole: &[u8]) -> Option<FilesystemSnapshot> {
    let mut lines = whole.splitn(3, |byte| *byte == b'\n');
    let format = String::from_utf8(lines.next()?.to_vec()).ok()?;
    let length: usize = std::str::from_utf8(lines.next()?).ok()?.parse().ok()?;
    let bytes = lines.next()?.to_vec();
    (bytes.len() == length).then_some(FilesystemSnapshot { format, bytes })
}

impl Guest for Folder {
    fn load_filesystem_state(
        request: LoadFilesystemStateRequest,
    ) -> Result<Option<FilesystemSnapshot>, BridgeError> {
        // Without its folder it knows of nothing, and not that there is nothing.
        fs::metadata("/state").map_err(failed)?;
        match fs::read(place(&request.vm_id)) {
            Ok(whole) => parse(&whole).map(Some).ok_or(BridgeError {
                code: ErrorCode::Corrupt,
                message: "the file is not whole".to_owned(),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn flush_filesystem_state(request: FlushFilesystemStateRequest) -> Result<(), BridgeError> {
        write(&place(&request.vm_id), &request.snapshot).map_err(failed)
    }
}

fn main() {
    tollgate_components::say!("give me something to keep");
}
