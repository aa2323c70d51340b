//! Operations on what a descriptor stands for. The same for every release of WASI, as those on paths are.

use tollgate_engine::{Gate, Rate};
use tollgate_policy::FsVerb;
use tollgate_vfs::{Advice, FileHandle, FsError, MetadataHash, SetTimes, Stat};

use super::Descriptor;
use super::pass::{Ask, Undone, pass, pass_aside};

pub(crate) fn ask<'a>(import: &'static str, verb: FsVerb, descriptor: &'a Descriptor) -> Ask<'a> {
    Ask {
        import,
        verb,
        path: descriptor.path(),
        read_only: descriptor.read_only(),
        rate: Rate::High,
    }
}

pub(crate) fn ask_file<'a>(import: &'static str, verb: FsVerb, file: &'a FileHandle) -> Ask<'a> {
    Ask {
        import,
        verb,
        path: file.path(),
        read_only: file.read_only(),
        rate: Rate::High,
    }
}

/// What carrying to the disk is allowed by: the right that the descriptor was opened with.
fn sync_verb(descriptor: &Descriptor) -> FsVerb {
    match descriptor {
        Descriptor::File(file) if file.can_write() => FsVerb::Write,
        Descriptor::Dir(dir) if !dir.read_only() => FsVerb::Write,
        Descriptor::File(_) | Descriptor::Dir(_) => FsVerb::Stat,
    }
}

/// Carries what was written to the disk; the data alone, or all.
pub(crate) async fn sync(
    gate: &Gate,
    import: &'static str,
    descriptor: &Descriptor,
    data_only: bool,
) -> Result<(), Undone> {
    let ask = ask(import, sync_verb(descriptor), descriptor);
    let synced = descriptor.clone();
    pass_aside(gate, ask, move |permit| match &synced {
        Descriptor::File(file) => file.sync(data_only, permit),
        Descriptor::Dir(dir) => dir.sync(data_only, permit),
    })
    .await
}

pub(crate) async fn advise(
    gate: &Gate,
    import: &'static str,
    file: &FileHandle,
    (offset, length, advice): (u64, u64, Advice),
) -> Result<(), Undone> {
    let ask = ask_file(import, FsVerb::Read, file);
    pass(gate, ask, |permit, _| {
        file.advise(offset, length, advice, permit)
    })
    .await
}

pub(crate) async fn set_size(
    gate: &Gate,
    import: &'static str,
    file: &FileHandle,
    size: u64,
) -> Result<(), Undone> {
    let ask = ask_file(import, FsVerb::Write, file);
    pass(gate, ask, |permit, _| file.set_len(size, permit)).await
}

pub(crate) async fn set_times(
    gate: &Gate,
    import: &'static str,
    descriptor: &Descriptor,
    times: Result<SetTimes, FsError>,
) -> Result<(), Undone> {
    let ask = ask(import, FsVerb::Write, descriptor);
    pass(gate, ask, |permit, _| match descriptor {
        Descriptor::File(file) => file.set_times(times?, permit),
        Descriptor::Dir(dir) => dir.set_times(times?, permit),
    })
    .await
}

pub(crate) async fn stat(
    gate: &Gate,
    import: &'static str,
    descriptor: &Descriptor,
) -> Result<Stat, Undone> {
    let ask = ask(import, FsVerb::Stat, descriptor);
    pass(gate, ask, |permit, _| match descriptor {
        Descriptor::File(file) => file.stat(permit),
        Descriptor::Dir(dir) => dir.stat(permit),
    })
    .await
}

pub(crate) async fn hash(
    gate: &Gate,
    import: &'static str,
    descriptor: &Descriptor,
) -> Result<MetadataHash, Undone> {
    let ask = ask(import, FsVerb::Stat, descriptor);
    pass(gate, ask, |permit, _| match descriptor {
        Descriptor::File(file) => file.metadata_hash(permit),
        Descriptor::Dir(dir) => dir.metadata_hash(permit),
    })
    .await
}

/// Whether both stand for the same object. The function has no error: what may not be compared is not known to be the
/// same.
pub(crate) async fn is_same(
    gate: &Gate,
    import: &'static str,
    descriptor: &Descriptor,
    other: &Descriptor,
) -> Result<bool, tollgate_engine::Stop> {
    let ask = ask(import, FsVerb::Stat, descriptor);
    let same = pass(gate, ask, |permit, _| match (descriptor, other) {
        (Descriptor::File(file), Descriptor::File(other)) => file.is_same_object(other, permit),
        (Descriptor::Dir(dir), Descriptor::Dir(other)) => dir.is_same_object(other, permit),
        (Descriptor::File(_), Descriptor::Dir(_)) | (Descriptor::Dir(_), Descriptor::File(_)) => {
            Ok(false)
        }
    })
    .await;
    match same {
        Ok(same) => Ok(same),
        Err(Undone::Denied(..) | Undone::Code(_)) => Ok(false),
        Err(Undone::Stop(stop)) => Err(stop),
    }
}
