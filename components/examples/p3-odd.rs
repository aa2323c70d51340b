//! Handles that it was never given, or has no more: `forged`, `dropped`, `twice`, and one of another kind, `kind`.

use tollgate_components::p3::act::folder;
use tollgate_components::p3::arguments;
use tollgate_components::p3::host::wasi::cli::{stdin, stdout};
use tollgate_components::p3::host::wasi::filesystem::types::Descriptor;
use tollgate_components::p3::host::wit_stream;
use tollgate_components::say;

async fn run() -> Result<(), ()> {
    let how = arguments().into_iter().next().unwrap_or_default();
    say!("using a handle: {how}");
    let folder = folder().ok_or(())?;
    // SAFETY: the handle is wrong, which is what the host has to notice.
    let wrong = |handle| unsafe { Descriptor::from_handle(handle) };
    match how.as_str() {
        "forged" => say!("{:?}", wrong(77_777).get_type().await),
        "dropped" => {
            let handle = folder.handle();
            drop(folder);
            say!("{:?}", wrong(handle).get_type().await);
        }
        "twice" => {
            drop(wrong(folder.handle()));
            drop(folder);
        }
        "kind" => {
            let (stream, _end) = stdin::read_via_stream();
            say!("{:?}", wrong(stream.take_handle()).stat().await);
        }
        "moved" => {
            let (mut writer, reader) = wit_stream::new();
            let handle = reader.handle();
            let _end = stdout::write_via_stream(reader);
            writer.write_one(b'x').await;
            say!("{:?}", wrong(handle).stat().await);
        }
        _ => return Err(()),
    }
    say!("nobody noticed");
    Ok(())
}

tollgate_components::p3_command!(run);
