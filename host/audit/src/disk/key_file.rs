//! The file that a signing key lies in: one line, `tollgate-audit-key-1 ` and the secret's 64 lowercase hex digits.

use crate::disk::folder::{self, Folder};
use crate::error::OpenError;
use crate::hex;
use crate::key::SigningKey;
use rustix::fs::{OFlags, Stat};
use rustix::io::Errno;
use std::fs::{DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

const KEY: &str = "key file";
const FOLDER: &str = "key file's folder";
const MAGIC: &str = "tollgate-audit-key-1 ";

impl SigningKey {
    /// A new key from the system's entropy.
    ///
    /// # Errors
    /// The system gives no entropy.
    pub fn generate() -> Result<SigningKey, std::io::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
        Ok(SigningKey::from_seed(&seed))
    }

    /// The key in the file at `path`, which is made (mode 0600, with missing folders of mode 0700) if it is not there.
    ///
    /// The file must be the user's own and nobody else's to read, no link is followed in its place, and its folder must
    /// be one that no other user can put a file into. Made whole or not at all: two hosts that start at once use one key.
    ///
    /// # Errors
    /// See [`OpenError`]; a file that is not as it should be is never used and never changed.
    pub fn load_or_create(path: &Path) -> Result<SigningKey, OpenError> {
        if path.file_name().is_none() {
            return Err(OpenError::NoFileName);
        }
        if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
            made.map_err(OpenError::at("make the key file's folder"))?;
        }
        let folder = Folder::of(path).map_err(OpenError::at("open the key file's folder"))?;
        check_folder(
            &folder
                .own_stat()
                .map_err(OpenError::at("look at the key file's folder"))?,
        )?;
        if let Some(key) = load(&folder)? {
            return Ok(key);
        }
        create(&folder)?;
        // Whoever made it, this is the one that is there.
        load(&folder)?.ok_or_else(|| OpenError::at("open the key file")(Errno::NOENT))
    }
}

fn load(folder: &Folder) -> Result<Option<SigningKey>, OpenError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match folder.open(folder.name(), flags) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(Errno::LOOP) => return Err(OpenError::Link { what: KEY }),
        Err(error) => return Err(OpenError::at("open the key file")(error)),
    };
    check_file(&rustix::fs::fstat(&file).map_err(OpenError::at("look at the key file"))?)?;
    parse(file).map(Some)
}

fn parse(file: File) -> Result<SigningKey, OpenError> {
    let mut content = Vec::with_capacity(128);
    file.take(128)
        .read_to_end(&mut content)
        .map_err(OpenError::at("read the key file"))?;
    let digits = content
        .strip_prefix(MAGIC.as_bytes())
        .and_then(|rest| rest.strip_suffix(b"\n"));
    let seed = digits.and_then(hex::decode).ok_or(OpenError::NotAKey)?;
    Ok(SigningKey::from_seed(&seed))
}

fn check_folder(stat: &Stat) -> Result<(), OpenError> {
    let me = rustix::process::geteuid().as_raw();
    // The system's own folders are as good as the user's.
    if stat.st_uid != me && stat.st_uid != 0 {
        return Err(OpenError::Owner {
            what: FOLDER,
            owner: stat.st_uid,
        });
    }
    let (mode, sticky) = (folder::mode(stat), 0o1000);
    if mode & 0o022 != 0 && mode & sticky == 0 {
        return Err(OpenError::Mode {
            what: FOLDER,
            mode,
            expected: 0o700,
        });
    }
    Ok(())
}

fn check_file(stat: &Stat) -> Result<(), OpenError> {
    if !folder::is_regular(stat) {
        return Err(OpenError::NotRegular { what: KEY });
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(OpenError::Owner {
            what: KEY,
            owner: stat.st_uid,
        });
    }
    let mode = folder::mode(stat);
    if mode & 0o077 != 0 {
        return Err(OpenError::Mode {
            what: KEY,
            mode,
            expected: 0o600,
        });
    }
    Ok(())
}

/// Makes the file under another name and gives it its own when it is whole; a file that is there by then stays.
fn create(folder: &Folder) -> Result<(), OpenError> {
    const STEP: &str = "make the key file";
    let key = SigningKey::generate().map_err(OpenError::at("make a key"))?;
    let mut unique = [0; 8];
    getrandom::fill(&mut unique)
        .map_err(|error| OpenError::at("make a key")(std::io::Error::other(error)))?;
    let hidden = folder.hidden(&hex::encode(&unique));
    let mut file = folder
        .create(&hidden, OFlags::WRONLY)
        .map_err(OpenError::at(STEP))?;
    let line = format!("{MAGIC}{}\n", hex::encode(key.seed()));
    let made = file
        .write_all(line.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(OpenError::at(STEP));
    let named = made.and_then(|()| match folder.link(&hidden, folder.name()) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(OpenError::at(STEP)(error)),
    });
    folder.remove(&hidden).map_err(OpenError::at(STEP))?;
    named?;
    folder.sync().map_err(OpenError::at(STEP))
}
