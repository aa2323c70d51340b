//! The shapes of `wasi:filesystem` that are the same in each version of WASI.

/// Flags, advice and hashes in the types of one version.
macro_rules! shapes {
    ($visible:vis, $($types:tt)+) => {
        use $($types)+ as shape;

        $visible fn hash(hash: tollgate_vfs::MetadataHash) -> shape::MetadataHashValue {
            shape::MetadataHashValue {
                lower: hash.lower,
                upper: hash.upper,
            }
        }

        /// A path with the flags that it came with.
        $visible fn at<'a>(
            dir: &'a tollgate_vfs::DirHandle,
            flags: shape::PathFlags,
            path: &'a str,
        ) -> $crate::filesystem::paths::At<'a> {
            let follow = if flags.contains(shape::PathFlags::SYMLINK_FOLLOW) {
                tollgate_vfs::Follow::Yes
            } else {
                tollgate_vfs::Follow::No
            };
            $crate::filesystem::paths::At { dir, path, follow }
        }

        $visible fn advice(advice: shape::Advice) -> tollgate_vfs::Advice {
            use tollgate_vfs::Advice;
            match advice {
                shape::Advice::Normal => Advice::Normal,
                shape::Advice::Sequential => Advice::Sequential,
                shape::Advice::Random => Advice::Random,
                shape::Advice::WillNeed => Advice::WillNeed,
                shape::Advice::DontNeed => Advice::DontNeed,
                shape::Advice::NoReuse => Advice::NoReuse,
            }
        }

        $visible fn options(
            open: shape::OpenFlags,
            flags: shape::DescriptorFlags,
        ) -> tollgate_vfs::OpenOptions {
            use shape::{DescriptorFlags, OpenFlags};
            use tollgate_vfs::SyncMode;
            tollgate_vfs::OpenOptions {
                read: flags.contains(DescriptorFlags::READ),
                write: flags.contains(DescriptorFlags::WRITE),
                create: open.contains(OpenFlags::CREATE),
                exclusive: open.contains(OpenFlags::EXCLUSIVE),
                truncate: open.contains(OpenFlags::TRUNCATE),
                directory: open.contains(OpenFlags::DIRECTORY),
                sync: if flags.contains(DescriptorFlags::FILE_INTEGRITY_SYNC) {
                    SyncMode::File
                } else if flags.contains(DescriptorFlags::DATA_INTEGRITY_SYNC) {
                    SyncMode::Data
                } else {
                    SyncMode::None
                },
            }
        }

        $visible fn flags(
            descriptor: &$crate::filesystem::Descriptor,
        ) -> shape::DescriptorFlags {
            use shape::DescriptorFlags;
            use tollgate_vfs::SyncMode;
            use $crate::filesystem::Descriptor;
            match descriptor {
                Descriptor::Dir(dir) if dir.read_only() => DescriptorFlags::READ,
                Descriptor::Dir(_) => DescriptorFlags::READ | DescriptorFlags::MUTATE_DIRECTORY,
                Descriptor::File(file) => {
                    let mut flags = DescriptorFlags::empty();
                    if file.can_read() {
                        flags |= DescriptorFlags::READ;
                    }
                    if file.can_write() {
                        flags |= DescriptorFlags::WRITE;
                    }
                    flags
                        | match file.sync_mode() {
                            SyncMode::None => DescriptorFlags::empty(),
                            SyncMode::Data => DescriptorFlags::DATA_INTEGRITY_SYNC,
                            SyncMode::File => DescriptorFlags::FILE_INTEGRITY_SYNC,
                        }
                }
            }
        }
    };
}

pub(crate) use shapes;
