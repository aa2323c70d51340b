//! The devices that every program counts on: what reads as nothing, as zeros, or as chance.
//!
//! They are files of this crate, and no device of the host's is ever opened. Standard streams have names here and cannot be
//! opened by them: which streams they are is known to the program that has them, and not to a filesystem that several share.

use std::sync::Arc;

use crate::backend::{DirStream, Directory, File, OpenedNode, Step};
use crate::chunk::Chunk;
use crate::stat::{NodeStat, ObjectId};
use crate::{
    Advice, DirEntry, FileKind, FsError, OpenOptions, Owner, SetAttributes, SetTimes, Stat,
};

/// Where the devices of chance get their bytes from: fills the buffer, or says why it may not.
pub type Entropy = Arc<dyn Fn(&mut [u8]) -> Result<(), FsError> + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Null,
    Zero,
    Chance,
    Stream,
}

/// In the order of their names.
const DEVICES: &[(&str, Device)] = &[
    ("null", Device::Null),
    ("random", Device::Chance),
    ("stderr", Device::Stream),
    ("stdin", Device::Stream),
    ("stdout", Device::Stream),
    ("urandom", Device::Chance),
    ("zero", Device::Zero),
];

fn find(name: &str) -> Result<(u64, Device), FsError> {
    (1..)
        .zip(DEVICES)
        .find(|(_, (known, _))| *known == name)
        .map(|(number, (_, device))| (number, *device))
        .ok_or(FsError::NoEntry)
}

fn node_stat(number: u64, kind: FileKind, mode: u32) -> NodeStat {
    NodeStat {
        stat: Stat {
            kind,
            links: 1,
            size: 0,
            accessed: None,
            modified: None,
            changed: None,
            mode,
            owner: Owner::ROOT,
        },
        object: ObjectId::Device { number },
    }
}

fn device_stat(number: u64) -> NodeStat {
    node_stat(number, FileKind::CharacterDevice, 0o666)
}

/// The folder that they lie in: names can be neither added to it nor taken away.
pub(crate) struct DeviceDir {
    entropy: Entropy,
}

impl DeviceDir {
    pub(crate) fn new(entropy: Entropy) -> Self {
        Self { entropy }
    }
}

struct Names(std::slice::Iter<'static, (&'static str, Device)>);

impl DirStream for Names {
    fn next_entry(&mut self) -> Result<Option<DirEntry>, FsError> {
        Ok(self.0.next().map(|(name, _)| DirEntry {
            name: (*name).to_owned(),
            kind: FileKind::CharacterDevice,
        }))
    }
}

impl Directory for DeviceDir {
    fn enter(&self, name: &str) -> Result<Step, FsError> {
        find(name).and(Err(FsError::NotDirectory))
    }

    fn link_target(&self, name: &str) -> Result<Option<String>, FsError> {
        find(name).map(|_| None)
    }

    fn stat(&self, name: &str) -> Result<NodeStat, FsError> {
        find(name).map(|(number, _)| device_stat(number))
    }

    fn stat_self(&self) -> Result<NodeStat, FsError> {
        Ok(node_stat(0, FileKind::Directory, 0o755))
    }

    fn open(&self, name: &str, options: &OpenOptions) -> Result<OpenedNode, FsError> {
        let (number, device) = match find(name) {
            Err(FsError::NoEntry) if options.create => return Err(FsError::ReadOnly),
            found => found?,
        };
        if options.create && options.exclusive {
            return Err(FsError::Exist);
        }
        if options.directory {
            return Err(FsError::NotDirectory);
        }
        if device == Device::Stream {
            return Err(FsError::NoSuchDevice);
        }
        Ok(OpenedNode::File(Box::new(OpenDevice {
            number,
            device,
            entropy: Arc::clone(&self.entropy),
        })))
    }

    fn create_dir(&self, name: &str) -> Result<(), FsError> {
        self.check_new(name)
    }

    fn remove_dir(&self, name: &str) -> Result<(), FsError> {
        find(name).and(Err(FsError::NotDirectory))
    }

    fn unlink(&self, name: &str) -> Result<(), FsError> {
        find(name).and(Err(FsError::ReadOnly))
    }

    fn symlink(&self, name: &str, _: &str) -> Result<(), FsError> {
        self.check_new(name)
    }

    fn rename(&self, name: &str, _: &dyn Directory, _: &str) -> Result<(), FsError> {
        find(name).and(Err(FsError::ReadOnly))
    }

    fn link(&self, name: &str, _: &dyn Directory, _: &str) -> Result<(), FsError> {
        find(name).and(Err(FsError::ReadOnly))
    }

    fn set_times(&self, name: &str, _: SetTimes) -> Result<(), FsError> {
        find(name).and(Err(FsError::NotPermitted))
    }

    fn set_times_self(&self, _: SetTimes) -> Result<(), FsError> {
        Err(FsError::NotPermitted)
    }

    fn set_attributes(&self, name: &str, _: SetAttributes) -> Result<(), FsError> {
        find(name).and(Err(FsError::NotPermitted))
    }

    fn set_attributes_self(&self, _: SetAttributes) -> Result<(), FsError> {
        Err(FsError::NotPermitted)
    }

    fn sync_self(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn read_dir(&self) -> Result<Box<dyn DirStream>, FsError> {
        Ok(Box::new(Names(DEVICES.iter())))
    }
}

impl DeviceDir {
    /// What making a name here comes to.
    #[expect(clippy::unused_self, reason = "it is said of this folder")]
    fn check_new(&self, name: &str) -> Result<(), FsError> {
        match find(name) {
            Ok(_) => Err(FsError::Exist),
            Err(_) => Err(FsError::ReadOnly),
        }
    }
}

struct OpenDevice {
    number: u64,
    device: Device,
    entropy: Entropy,
}

impl File for OpenDevice {
    fn read_at(&self, buffer: &mut [u8], _: u64) -> Result<usize, FsError> {
        match self.device {
            Device::Null => return Ok(0),
            Device::Zero => buffer.fill(0),
            Device::Chance => (self.entropy)(buffer)?,
            Device::Stream => return Err(FsError::NoSuchDevice),
        }
        Ok(buffer.len())
    }

    fn write_at(&self, bytes: &[u8], _: u64) -> Result<usize, FsError> {
        Ok(bytes.len())
    }

    fn append(&self, bytes: &[u8]) -> Result<usize, FsError> {
        Ok(bytes.len())
    }

    fn set_len(&self, _: u64) -> Result<(), FsError> {
        Err(FsError::Invalid)
    }

    fn sync(&self, _: bool) -> Result<(), FsError> {
        Ok(())
    }

    fn stat(&self) -> Result<NodeStat, FsError> {
        Ok(device_stat(self.number))
    }

    fn set_times(&self, _: SetTimes) -> Result<(), FsError> {
        Err(FsError::NotPermitted)
    }

    fn advise(&self, _: u64, _: u64, _: Advice) -> Result<(), FsError> {
        Ok(())
    }

    fn next_chunk(&self, _: u64) -> Result<Option<(u64, Arc<Chunk>)>, FsError> {
        Ok(None)
    }
}
