//! Uses files as a program does that knows nothing of WASI: through the standard library, beneath `/work`.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::time::{Duration, SystemTime};
use tollgate_components::{report, say};

fn path(name: &str) -> String {
    format!("/work/{name}")
}

fn content(name: &str) -> std::io::Result<String> {
    fs::read_to_string(path(name))
}

fn append(name: &str, text: &str) -> std::io::Result<usize> {
    OpenOptions::new()
        .append(true)
        .open(path(name))?
        .write(text.as_bytes())
}

fn middle(name: &str) -> std::io::Result<String> {
    let mut file = OpenOptions::new().read(true).write(true).open(path(name))?;
    file.seek(SeekFrom::Start(6))?;
    file.write_all(b"WORLD")?;
    file.seek(SeekFrom::Start(4))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn times(name: &str) -> std::io::Result<u64> {
    let file = OpenOptions::new().write(true).open(path(name))?;
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))?;
    let modified = file.metadata()?.modified()?;
    Ok(modified
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs())
}

fn truncated(name: &str) -> std::io::Result<String> {
    OpenOptions::new()
        .write(true)
        .open(path(name))?
        .set_len(5)?;
    content(name)
}

fn names(name: &str) -> std::io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path(name))? {
        let entry = entry?;
        names.push(format!(
            "{}{}",
            entry.file_name().to_string_lossy(),
            if entry.file_type()?.is_dir() { "/" } else { "" }
        ));
    }
    names.sort();
    Ok(names.join(" "))
}

fn large(name: &str) -> std::io::Result<bool> {
    let block: Vec<u8> = (0..=255_u8).cycle().take(3 << 20).collect();
    fs::write(path(name), &block)?;
    Ok(fs::read(path(name))? == block)
}

fn main() {
    let none = |()| "";
    report("write", fs::write(path("a"), "hello world").map(none));
    report("read", content("a"));
    report("append", append("a", "!"));
    report("middle", middle("a"));
    report("times", times("a"));
    report("truncate", truncated("a"));
    report("create-new", File::create_new(path("a")).map(|_| ""));
    report("mkdir", fs::create_dir(path("dir")).map(none));
    report(
        "mkdir-all",
        fs::create_dir_all(path("dir/one/two")).map(none),
    );
    report("rename", fs::rename(path("a"), path("dir/b")).map(none));
    report(
        "hard-link",
        fs::hard_link(path("dir/b"), path("c")).map(none),
    );
    report("copy", fs::copy(path("c"), path("d")));
    report("list", names(""));
    report("list-dir", names("dir"));
    report("missing", content("nothing"));
    report("a-folder-is-no-file", content("dir"));
    let refused =
        fs::remove_dir(path("dir")).map_err(|error| error.raw_os_error().unwrap_or_default());
    say!("not-empty: error {}", refused.err().unwrap_or_default());
    report("large", large("large"));
    report("remove", fs::remove_file(path("large")).map(none));
    report("remove-all", fs::remove_dir_all(path("dir")).map(none));
    report(
        "exists",
        Ok::<_, std::io::Error>(fs::exists(path("dir")).unwrap_or(true)),
    );
    report("left", names(""));
    say!("end");
}
