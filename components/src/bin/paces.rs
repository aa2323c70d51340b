//! Does one thing many times over, by functions of its own: what `just bench` measures.

use std::cell::OnceCell;

use tollgate_components::host::wasi::cli::environment::get_environment;
use tollgate_components::host::wasi::filesystem::preopens::get_directories;
use tollgate_components::host::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, OpenFlags, PathFlags,
};
use tollgate_components::host::wasi::random::random::get_random_u64;

mod bindings {
    wit_bindgen::generate!({
        inline: "
            package tollgate:paces@1.0.0;

            world paces {
                /// Nothing at all.
                export nothing: func();
                /// Each of these does it so many times, and says how often it succeeded.
                export look: func(times: u32) -> u32;
                export read: func(size: u32, times: u32) -> u32;
                export write: func(size: u32, times: u32) -> u32;
                export environment: func(times: u32) -> u32;
                export random: func(times: u32) -> u32;
            }
        ",
    });
    use super::Paces;
    export!(Paces);
}

/// The file that is read, written and looked at, in the first folder.
const FILE: &str = "file";

thread_local! {
    static FOLDER: OnceCell<Option<Descriptor>> = const { OnceCell::new() };
    static OPEN: OnceCell<Option<Descriptor>> = const { OnceCell::new() };
}

fn folder<T>(act: impl FnOnce(&Descriptor) -> T) -> Option<T> {
    FOLDER.with(|folder| {
        let first = || get_directories().into_iter().next();
        folder
            .get_or_init(|| first().map(|(descriptor, _)| descriptor))
            .as_ref()
            .map(act)
    })
}

fn file<T>(act: impl FnOnce(&Descriptor) -> T) -> Option<T> {
    OPEN.with(|open| {
        let opened = || {
            folder(|folder| {
                let flags = DescriptorFlags::READ | DescriptorFlags::WRITE;
                folder.open_at(PathFlags::empty(), FILE, OpenFlags::CREATE, flags)
            })
        };
        open.get_or_init(|| opened()?.ok()).as_ref().map(act)
    })
}

fn count(times: u32, mut once: impl FnMut() -> bool) -> u32 {
    (0..times).map(|_| u32::from(once())).sum()
}

/// A host may give less at once than was asked for.
fn read_whole(file: &Descriptor, size: u64) -> bool {
    let mut read = 0;
    while read < size {
        match file.read(size - read, read) {
            Ok((bytes, _)) if !bytes.is_empty() => read += bytes.len() as u64,
            Ok(_) | Err(_) => return false,
        }
    }
    true
}

fn write_whole(file: &Descriptor, mut bytes: &[u8]) -> bool {
    let mut at = 0;
    while !bytes.is_empty() {
        match file.write(bytes, at) {
            Ok(written) if written > 0 => {
                at += written;
                bytes = &bytes[written as usize..];
            }
            Ok(_) | Err(_) => return false,
        }
    }
    true
}

struct Paces;

impl bindings::Guest for Paces {
    fn nothing() {}

    fn look(times: u32) -> u32 {
        folder(|folder| count(times, || folder.stat_at(PathFlags::empty(), FILE).is_ok()))
            .unwrap_or(0)
    }

    fn read(size: u32, times: u32) -> u32 {
        file(|file| count(times, || read_whole(file, size.into()))).unwrap_or(0)
    }

    fn write(size: u32, times: u32) -> u32 {
        let bytes = vec![7; size as usize];
        file(|file| count(times, || write_whole(file, &bytes))).unwrap_or(0)
    }

    fn environment(times: u32) -> u32 {
        count(times, || !get_environment().is_empty())
    }

    fn random(times: u32) -> u32 {
        let mut last = 0;
        count(times, || {
            let (before, now) = (last, get_random_u64());
            last = now;
            before != now
        })
    }
}

fn main() {
    tollgate_components::say!("call a function of mine");
}
