//! Opens and reads one path again and again for some milliseconds, and counts what it saw.
//!
//! Arguments: the path, the milliseconds, the content that is expected. Any other content is printed as a leak.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tollgate_components::host::wasi::filesystem::preopens::get_directories;
use tollgate_components::host::wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use tollgate_components::{Case as _, say};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, milliseconds, expected] = arguments.as_slice() else {
        say!("usage: PATH MILLISECONDS CONTENT");
        return;
    };
    let folders = get_directories();
    let Some((folder, _)) = folders.first() else {
        say!("no folder");
        return;
    };
    let end = Instant::now() + Duration::from_millis(milliseconds.parse().unwrap_or(1_000));
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    while Instant::now() < end {
        for _ in 0..64 {
            let outcome = folder
                .open_at(
                    PathFlags::SYMLINK_FOLLOW,
                    path,
                    OpenFlags::empty(),
                    DescriptorFlags::READ,
                )
                .and_then(|file| file.read(4096, 0));
            let what = match outcome {
                Ok((bytes, _)) if bytes == expected.as_bytes() => "expected".to_owned(),
                Ok((bytes, _)) => format!("LEAK {}", String::from_utf8_lossy(&bytes).trim()),
                Err(code) => format!("error {}", code.case()),
            };
            *seen.entry(what).or_default() += 1;
        }
    }
    for (what, count) in seen {
        say!("{count} {what}");
    }
}
