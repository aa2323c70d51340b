//! Filesystems that are windows into the kernel. A mount of `proc` would hand a guest the environment,
//! memory and open files of the host process itself.

use rustix::fd::AsFd;

use crate::FsError;

/// What to do about kernel filesystems, at the root of a mount and wherever one is mounted below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KernelFilesystems {
    Refuse,
    Allow,
}

/// Magic numbers from `linux/magic.h`, and what each names.
const MAGIC: &[(u64, &str)] = &[
    (0x0000_9fa0, "proc"),
    (0x6265_6572, "sysfs"),
    (0x0000_1cd1, "devpts"),
    (0x6462_6720, "debugfs"),
    (0x7472_6163, "tracefs"),
    (0x7363_6673, "securityfs"),
    (0x0027_e0eb, "cgroup"),
    (0x6367_7270, "cgroup2"),
    (0xcafe_4a11, "bpf"),
    (0xde5e_81e4, "efivarfs"),
    (0x6165_676c, "pstore"),
    (0xf97c_ff8c, "selinuxfs"),
    (0x4341_5d53, "smackfs"),
    (0x6265_6570, "configfs"),
    (0x6573_5543, "fusectl"),
    (0x4249_4e4d, "binfmt_misc"),
    (0x6e73_6673, "nsfs"),
    (0x5049_4446, "pidfs"),
    (0x1980_0202, "mqueue"),
    (0x0765_5821, "resctrl"),
    (0xabba_1974, "xenfs"),
];

/// The name of the kernel filesystem that a descriptor lies on, if it does.
pub(crate) fn kind(descriptor: impl AsFd) -> Result<Option<&'static str>, FsError> {
    let found = rustix::fs::fstatfs(descriptor).map_err(super::error::from_errno)?;
    // The field is signed on some machines and 32 bits wide on others: compare the low 32 bits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the magic number is 32 bits in a wider field"
    )]
    let magic = u64::from(found.f_type as u32);
    Ok(MAGIC
        .iter()
        .find(|(known, _)| *known == magic)
        .map(|(_, kind)| *kind))
}
