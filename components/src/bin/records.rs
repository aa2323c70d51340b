//! Makes records: asks about NUMBER names that are all different, or without end, and writes a file now and then.

use std::io::Write as _;
use tollgate_components::host::wasi::filesystem::preopens::get_directories;
use tollgate_components::host::wasi::filesystem::types::PathFlags;
use tollgate_components::say;

fn main() {
    let most = std::env::args()
        .nth(1)
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(u64::MAX);
    let folders = get_directories();
    let Some((folder, _)) = folders.first() else {
        say!("no folder");
        return;
    };
    say!("started");
    let mut errors = 0_u64;
    for number in 0..most {
        errors += u64::from(
            folder
                .stat_at(PathFlags::empty(), &format!("name-{number}"))
                .is_err(),
        );
        if number % 1_000 == 999 {
            let _closed = writeln!(std::io::stdout(), "{}", number + 1);
        }
    }
    say!("done {errors}");
}
