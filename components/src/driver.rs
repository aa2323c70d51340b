//! Filesystem operations by name, so that a test can script them: one line in, one line out.
//!
//! A line is a word and arguments. `p0`, `p1`, … are the preopened folders; `open` gives further handles a name. Every
//! answer is `ok …` or `error CASE`, and `bad-line` when the driver itself did not understand.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::host::wasi::clocks::wall_clock::Datetime;
use crate::host::wasi::filesystem::preopens::get_directories;
use crate::host::wasi::filesystem::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, ErrorCode, NewTimestamp, OpenFlags,
    PathFlags,
};
use crate::host::wasi::io::streams::StreamError;
use crate::text::{escaped, unescaped};
use crate::words::Case;

/// What one line came to.
enum Trouble {
    Refused(String),
    BadLine(String),
}

impl From<ErrorCode> for Trouble {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.case())
    }
}

impl From<StreamError> for Trouble {
    fn from(error: StreamError) -> Self {
        Self::Refused(error.case())
    }
}

fn bad(why: impl Into<String>) -> Trouble {
    Trouble::BadLine(why.into())
}

type Answer = Result<String, Trouble>;

/// The handles that the script has opened.
pub struct Driver {
    handles: BTreeMap<String, Descriptor>,
    names: Vec<String>,
}

impl Default for Driver {
    fn default() -> Self {
        let mut handles = BTreeMap::new();
        let mut names = Vec::new();
        for (index, (descriptor, name)) in get_directories().into_iter().enumerate() {
            handles.insert(format!("p{index}"), descriptor);
            names.push(name);
        }
        Self { handles, names }
    }
}

/// The arguments of a line that are still to be read.
struct Arguments<'a>(std::str::SplitWhitespace<'a>);

impl<'a> Arguments<'a> {
    fn word(&mut self) -> Result<&'a str, Trouble> {
        self.0.next().ok_or_else(|| bad("an argument is missing"))
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Trouble> {
        unescaped(self.word()?).ok_or_else(|| bad("an escape is cut"))
    }

    fn text(&mut self) -> Result<String, Trouble> {
        String::from_utf8(self.bytes()?).map_err(|_| bad("not UTF-8"))
    }

    fn number(&mut self) -> Result<u64, Trouble> {
        match self.word()? {
            "max" => Ok(u64::MAX),
            word => word.parse().map_err(|_| bad("not a number")),
        }
    }

    fn follow(&mut self) -> PathFlags {
        match self.0.next() {
            Some("follow") => PathFlags::SYMLINK_FOLLOW,
            _ => PathFlags::empty(),
        }
    }

    fn time(&mut self) -> Result<NewTimestamp, Trouble> {
        Ok(match self.word()? {
            "keep" => NewTimestamp::NoChange,
            "now" => NewTimestamp::Now,
            "max" => NewTimestamp::Timestamp(Datetime {
                seconds: u64::MAX,
                nanoseconds: u32::MAX,
            }),
            word => {
                let (seconds, nanoseconds) = word
                    .split_once('.')
                    .ok_or_else(|| bad("a time is SECONDS.NANOSECONDS"))?;
                let seconds = seconds.parse().map_err(|_| bad("not a number"))?;
                let nanoseconds = nanoseconds.parse().map_err(|_| bad("not a number"))?;
                NewTimestamp::Timestamp(Datetime {
                    seconds,
                    nanoseconds,
                })
            }
        })
    }
}

struct Flags {
    path: PathFlags,
    open: OpenFlags,
    descriptor: DescriptorFlags,
}

fn flags(words: &str) -> Result<Flags, Trouble> {
    let mut flags = Flags {
        path: PathFlags::empty(),
        open: OpenFlags::empty(),
        descriptor: DescriptorFlags::empty(),
    };
    for word in words.split(',') {
        match word {
            "-" => {}
            "follow" => flags.path |= PathFlags::SYMLINK_FOLLOW,
            "create" => flags.open |= OpenFlags::CREATE,
            "directory" => flags.open |= OpenFlags::DIRECTORY,
            "exclusive" => flags.open |= OpenFlags::EXCLUSIVE,
            "truncate" => flags.open |= OpenFlags::TRUNCATE,
            "read" => flags.descriptor |= DescriptorFlags::READ,
            "write" => flags.descriptor |= DescriptorFlags::WRITE,
            "mutate" => flags.descriptor |= DescriptorFlags::MUTATE_DIRECTORY,
            "sync" => flags.descriptor |= DescriptorFlags::FILE_INTEGRITY_SYNC,
            "data-sync" => flags.descriptor |= DescriptorFlags::DATA_INTEGRITY_SYNC,
            _ => return Err(bad(format!("no flag is called {word}"))),
        }
    }
    Ok(flags)
}

fn shown(stat: &DescriptorStat) -> String {
    let time = |time: Option<Datetime>| match time {
        Some(time) => format!("{}.{:09}", time.seconds, time.nanoseconds),
        None => "none".to_owned(),
    };
    format!(
        "type={:?} size={} links={} accessed={} modified={}",
        stat.type_,
        stat.size,
        stat.link_count,
        time(stat.data_access_timestamp),
        time(stat.data_modification_timestamp)
    )
}

impl Driver {
    /// Does what `line` says, and tells what came of it.
    pub fn run(&mut self, line: &str) -> String {
        match self.answer(line) {
            Ok(value) if value.is_empty() => "ok".to_owned(),
            Ok(value) => format!("ok {value}"),
            Err(Trouble::Refused(case)) => format!("error {case}"),
            Err(Trouble::BadLine(why)) => format!("bad-line {why}: {line}"),
        }
    }

    fn answer(&mut self, line: &str) -> Answer {
        let mut arguments = Arguments(line.split_whitespace());
        let word = arguments.word()?;
        match word {
            "preopens" => Ok(self
                .names
                .iter()
                .map(|name| escaped(name.as_bytes()))
                .collect::<Vec<_>>()
                .join(" ")),
            "open" => self.open(&mut arguments),
            "open-many" => self.open_many(&mut arguments),
            "close" => {
                let name = arguments.word()?;
                self.handles
                    .remove(name)
                    .map(|_| String::new())
                    .ok_or_else(|| bad("no such handle"))
            }
            "sleep" => {
                std::thread::sleep(Duration::from_millis(arguments.number()?));
                Ok(String::new())
            }
            "read" | "stream-read" | "write" | "stream-write" | "append" | "set-size"
            | "advise" => self.content(word, &mut arguments),
            "link" | "rename" => self.two_names(word, &mut arguments),
            _ => self.metadata(word, &mut arguments),
        }
    }

    fn handle(&self, arguments: &mut Arguments<'_>) -> Result<&Descriptor, Trouble> {
        let name = arguments.word()?;
        self.handles
            .get(name)
            .ok_or_else(|| bad(format!("no handle is called {name}")))
    }

    fn open(&mut self, arguments: &mut Arguments<'_>) -> Answer {
        let folder = self.handle(arguments)?;
        let path = arguments.text()?;
        let flags = flags(arguments.word()?)?;
        let name = arguments.word()?;
        let opened = folder.open_at(flags.path, &path, flags.open, flags.descriptor)?;
        self.handles.insert(name.to_owned(), opened);
        Ok(String::new())
    }

    /// Opens one path until it is refused, keeping every handle: `ok COUNT CASE`.
    fn open_many(&mut self, arguments: &mut Arguments<'_>) -> Answer {
        let folder = self.handle(arguments)?;
        let (path, most) = (arguments.text()?, arguments.number()?);
        let mut kept = Vec::new();
        for _ in 0..most {
            match folder.open_at(
                PathFlags::empty(),
                &path,
                OpenFlags::empty(),
                DescriptorFlags::READ,
            ) {
                Ok(opened) => kept.push(opened),
                Err(code) => return Ok(format!("{} {}", kept.len(), code.case())),
            }
        }
        Ok(format!("{} all", kept.len()))
    }

    fn content(&self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        let file = self.handle(arguments)?;
        match word {
            "read" => {
                let (length, offset) = (arguments.number()?, arguments.number()?);
                let (bytes, end) = file.read(length, offset)?;
                Ok(format!("{} end={end} {}", bytes.len(), shortened(&bytes)))
            }
            "stream-read" => {
                let (length, offset) = (arguments.number()?, arguments.number()?);
                let bytes = file.read_via_stream(offset)?.blocking_read(length)?;
                Ok(format!("{} {}", bytes.len(), shortened(&bytes)))
            }
            "write" => {
                let (offset, bytes) = (arguments.number()?, arguments.bytes()?);
                Ok(file.write(&bytes, offset)?.to_string())
            }
            "stream-write" => {
                let (offset, bytes) = (arguments.number()?, arguments.bytes()?);
                file.write_via_stream(offset)?
                    .blocking_write_and_flush(&bytes)?;
                Ok(bytes.len().to_string())
            }
            "append" => {
                let bytes = arguments.bytes()?;
                file.append_via_stream()?.blocking_write_and_flush(&bytes)?;
                Ok(bytes.len().to_string())
            }
            "set-size" => {
                file.set_size(arguments.number()?)?;
                Ok(String::new())
            }
            _ => {
                file.advise(arguments.number()?, arguments.number()?, Advice::Sequential)?;
                Ok(String::new())
            }
        }
    }

    fn two_names(&self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        let from = self.handle(arguments)?;
        let old = arguments.text()?;
        let to = self.handle(arguments)?;
        let new = arguments.text()?;
        if word == "rename" {
            from.rename_at(&old, to, &new)?;
        } else {
            from.link_at(arguments.follow(), &old, to, &new)?;
        }
        Ok(String::new())
    }

    fn metadata(&self, word: &str, arguments: &mut Arguments<'_>) -> Answer {
        let handle = self.handle(arguments)?;
        match word {
            "stat" => Ok(shown(&handle.stat()?)),
            "stat-at" => {
                let path = arguments.text()?;
                Ok(shown(&handle.stat_at(arguments.follow(), &path)?))
            }
            "set-times" => Ok(handle
                .set_times(arguments.time()?, arguments.time()?)
                .map(|()| String::new())?),
            "set-times-at" => {
                let (path, accessed, modified) =
                    (arguments.text()?, arguments.time()?, arguments.time()?);
                Ok(handle
                    .set_times_at(arguments.follow(), &path, accessed, modified)
                    .map(|()| String::new())?)
            }
            "hash" => Ok(handle
                .metadata_hash()
                .map(|hash| format!("{:x}.{:x}", hash.upper, hash.lower))?),
            "hash-at" => {
                let path = arguments.text()?;
                let hash = handle.metadata_hash_at(arguments.follow(), &path)?;
                Ok(format!("{:x}.{:x}", hash.upper, hash.lower))
            }
            "same" => {
                let other = self.handle(arguments)?;
                Ok(handle.is_same_object(other).to_string())
            }
            "type" => Ok(handle.get_type().map(|kind| format!("{kind:?}"))?),
            "flags" => Ok(handle.get_flags().map(|flags| format!("{flags:?}"))?),
            "sync" => Ok(handle.sync().map(|()| String::new())?),
            "sync-data" => Ok(handle.sync_data().map(|()| String::new())?),
            _ => self.names_in(word, handle, arguments),
        }
    }

    fn names_in(&self, word: &str, folder: &Descriptor, arguments: &mut Arguments<'_>) -> Answer {
        match word {
            "list" => list(folder),
            "mkdir" => Ok(folder
                .create_directory_at(&arguments.text()?)
                .map(|()| String::new())?),
            "rmdir" => Ok(folder
                .remove_directory_at(&arguments.text()?)
                .map(|()| String::new())?),
            "unlink" => Ok(folder
                .unlink_file_at(&arguments.text()?)
                .map(|()| String::new())?),
            "symlink" => {
                let (target, path) = (arguments.text()?, arguments.text()?);
                Ok(folder.symlink_at(&target, &path).map(|()| String::new())?)
            }
            "readlink" => Ok(folder
                .readlink_at(&arguments.text()?)
                .map(|target| escaped(target.as_bytes()))?),
            _ => Err(bad("no such operation")),
        }
    }
}

/// The names in a folder, sorted: `NAME:TYPE …`.
fn list(folder: &Descriptor) -> Answer {
    let entries = folder.read_directory()?;
    let mut names = Vec::new();
    while let Some(entry) = entries.read_directory_entry()? {
        names.push(format!(
            "{}:{:?}",
            escaped(entry.name.as_bytes()),
            entry.type_
        ));
    }
    names.sort();
    Ok(names.join(" "))
}

fn shortened(bytes: &[u8]) -> String {
    const SHOWN: usize = 256;
    escaped(bytes.get(..SHOWN).unwrap_or(bytes))
}
