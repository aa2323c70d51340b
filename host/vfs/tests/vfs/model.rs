//! The same random operations on every backend and on the kernel: answers, errors and final trees agree.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use tollgate_vfs::{
    DirHandle, FileHandle, FileKind, Follow, FsError, FsVerb, Layer, MemoryFs, Mount, OpenOptions,
    Opened, Quota, Store, SyncMode, Timestamp,
};

use crate::oracle::{Answer, Op, Oracle, SLOTS, answer_stat};
use crate::support::{Ops, capability, host, memory, permit, permits, quick_directory, rooted};

/// A backend under test.
pub(crate) struct Subject {
    name: &'static str,
    pub(crate) root: DirHandle,
    slots: [Option<FileHandle>; SLOTS],
}

/// What resolving gave, where it failed because the path leads outside.
const ESCAPE: Result<Answer, FsError> = Err(FsError::NotPermitted);

impl Subject {
    pub(crate) fn new(name: &'static str, mount: Mount) -> Self {
        Self {
            name,
            root: rooted(mount).1,
            slots: Default::default(),
        }
    }

    fn escapes(&self, path: &str, follow: bool) -> bool {
        let follow = if follow { Follow::Yes } else { Follow::No };
        matches!(self.root.resolve(path, follow), Err(FsError::NotPermitted))
    }

    fn resolves_all(&self, op: &Op) -> bool {
        let mut paths = op.paths().into_iter();
        paths.all(|(path, _)| self.root.resolve(path, Follow::No).is_ok())
    }

    pub(crate) fn close_all(&mut self) {
        self.slots = Default::default();
    }

    pub(crate) fn apply(&mut self, op: &Op) -> Result<Answer, FsError> {
        let root = &self.root;
        match op {
            Op::Open {
                path,
                follow,
                options,
                slot,
            } => {
                let follow = if *follow { Follow::Yes } else { Follow::No };
                let target = root.resolve(path, options.follow(follow))?;
                match target.open(*options, permits(options))? {
                    Opened::Dir(_) => Ok(Answer::OpenedDir),
                    Opened::File(file) => {
                        self.slots[*slot] = Some(file);
                        Ok(Answer::OpenedFile)
                    }
                }
            }
            Op::Close(slot) => {
                self.slots[*slot] = None;
                Ok(Answer::Done)
            }
            Op::Mkdir(path) => root.mkdir(path).map(done),
            Op::Rmdir(path) => root.rmdir(path).map(done),
            Op::Unlink(path) => root.rm(path).map(done),
            Op::Symlink(target, path) => root.ln(target, path).map(done),
            Op::Link(old, new) => root.hard(old, new).map(done),
            Op::Rename(old, new) => root.mv(old, new).map(done),
            Op::Stat(path, follow) => {
                let found = if *follow {
                    root.stat_of(path)
                } else {
                    root.lstat(path)
                }?;
                Ok(answer_stat(found.kind, found.size, found.links))
            }
            Op::Readlink(path) => root.readlink(path).map(Answer::Target),
            Op::List(path) => list(&root.dir(path)?),
            Op::Write(slot, ..)
            | Op::Append(slot, ..)
            | Op::Read(slot, ..)
            | Op::SetLen(slot, ..)
            | Op::FileStat(slot) => match &self.slots[*slot] {
                None => Ok(Answer::NoSlot),
                Some(file) => on_file(file, op),
            },
        }
    }
}

fn done(_: ()) -> Answer {
    Answer::Done
}

fn on_file(file: &FileHandle, op: &Op) -> Result<Answer, FsError> {
    match op {
        Op::Write(_, offset, bytes) => file
            .write_at(bytes, *offset, permit(FsVerb::Write))
            .map(Answer::Count),
        Op::Append(_, bytes) => file.append(bytes, permit(FsVerb::Write)).map(Answer::Count),
        Op::Read(_, offset, len) => {
            let mut buffer = vec![0; *len];
            let read = file.read_at(&mut buffer, *offset, permit(FsVerb::Read))?;
            buffer.truncate(read);
            Ok(Answer::Bytes(buffer))
        }
        Op::SetLen(_, len) => file.set_len(*len, permit(FsVerb::Write)).map(done),
        Op::FileStat(_) => {
            let found = file.stat(permit(FsVerb::Stat))?;
            Ok(answer_stat(found.kind, found.size, found.links))
        }
        _ => unreachable!("not about an open file"),
    }
}

fn list(dir: &DirHandle) -> Result<Answer, FsError> {
    let mut listing = dir.read_dir(permit(FsVerb::Readdir))?;
    let mut names = Vec::new();
    while let Some(entry) = listing.next_entry()? {
        names.push((entry.name, entry.kind));
    }
    names.sort_by(|one, two| one.0.cmp(&two.0));
    Ok(Answer::Names(names))
}

/// Everything below a directory, in one comparable text.
pub(crate) fn dump(root: &DirHandle) -> String {
    let mut text = String::new();
    let mut pending = vec![(String::new(), root.clone())];
    while let Some((at, dir)) = pending.pop() {
        let Ok(Answer::Names(names)) = list(&dir) else {
            panic!("cannot list {at}");
        };
        for (name, kind) in names {
            let path = format!("{at}/{name}");
            let content = match kind {
                FileKind::File => format!("{:?}", dir.get(&name).unwrap()),
                FileKind::Symlink => dir.readlink(&name).unwrap(),
                _ => {
                    pending.push((path.clone(), dir.dir(&name).unwrap()));
                    String::new()
                }
            };
            text += &format!("{path} {kind:?} {content}\n");
        }
    }
    text
}

fn dump_host(path: &Path) -> String {
    dump(&rooted(host(path)).1)
}

/// Compares one operation's answers. Where the path leads outside, the kernel must think so too, and
/// the operation is not carried out on it.
fn check(oracle: &mut Oracle, subjects: &mut [Subject], op: &Op) {
    let outside = op
        .paths()
        .iter()
        .any(|(path, follow)| oracle.escapes(path, *follow));
    for (path, follow) in op.paths() {
        let kernel = oracle.escapes(path, follow);
        for subject in &*subjects {
            let ours = subject.escapes(path, follow);
            assert_eq!(
                ours, kernel,
                "{}: does {path:?} lead outside? {op:?}",
                subject.name
            );
        }
    }
    if outside {
        for subject in subjects {
            let answer = subject.apply(op);
            // The other path of a rename may fail first, in another way.
            assert!(
                answer == ESCAPE || op.paths().len() > 1,
                "{}: {op:?} {answer:?}",
                subject.name
            );
            assert!(answer.is_err(), "{}: {op:?}", subject.name);
        }
        return;
    }
    // Where a link with a slash behind it leads to nothing, we say so, while the kernel says that it
    // is a link: nothing is done in both cases.
    let slashed = op.is_about_a_name()
        && op
            .paths()
            .iter()
            .any(|(path, _)| oracle.is_slashed_link(path));
    let expected = oracle.apply(op);
    for subject in subjects {
        // Both ends are resolved before either is looked at, so that of two faults we may name the other.
        let lenient = slashed || (op.paths().len() > 1 && !subject.resolves_all(op));
        let answer = subject.apply(op);
        // The kernel stops at the first slash behind a link that it is to create through; we find out
        // that the links run in a circle.
        let circle = op.is_about_a_name() && answer == Err(FsError::Loop);
        if (lenient || circle) && answer.is_err() && expected.is_err() {
            continue;
        }
        assert_eq!(answer, expected, "{}: {op:?}", subject.name);
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "c"]),
        1 => Just(".."),
        1 => Just("."),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let slash = prop_oneof![6 => Just(""), 1 => Just("/"), 1 => Just("//")];
    (prop::collection::vec(name(), 1..4), slash).prop_map(|(names, slash)| names.join("/") + slash)
}

fn options() -> impl Strategy<Value = OpenOptions> {
    (any::<[bool; 4]>(), prop::sample::select(vec![0, 1, 2, 3])).prop_map(
        |([read, write, truncate, create], how)| {
            let directory = how == 3;
            OpenOptions {
                read: read || directory || !write,
                write: write && !directory,
                create: create && !directory,
                exclusive: create && how == 2,
                truncate: truncate && write && !directory,
                directory,
                sync: SyncMode::None,
            }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let slot = 0..SLOTS;
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..20),
        (any::<u8>(), 1..40_000usize).prop_map(|(byte, len)| vec![byte; len]),
    ];
    let offset = prop_oneof![0..30u64, 0..70_000u64];
    prop_oneof![
        6 => (path(), any::<bool>(), options(), slot.clone())
            .prop_map(|(path, follow, options, slot)| Op::Open { path, follow, options, slot }),
        1 => slot.clone().prop_map(Op::Close),
        3 => (slot.clone(), offset.clone(), bytes.clone()).prop_map(|(slot, at, bytes)| Op::Write(slot, at, bytes)),
        1 => (slot.clone(), bytes).prop_map(|(slot, bytes)| Op::Append(slot, bytes)),
        3 => (slot.clone(), offset.clone(), 1..70_000usize).prop_map(|(slot, at, len)| Op::Read(slot, at, len)),
        1 => (slot.clone(), offset).prop_map(|(slot, len)| Op::SetLen(slot, len)),
        1 => slot.prop_map(Op::FileStat),
        4 => path().prop_map(Op::Mkdir),
        2 => path().prop_map(Op::Rmdir),
        2 => path().prop_map(Op::Unlink),
        3 => (path(), path()).prop_map(|(target, path)| Op::Symlink(target, path)),
        2 => (path(), path()).prop_map(|(old, new)| Op::Link(old, new)),
        5 => (path(), path()).prop_map(|(old, new)| Op::Rename(old, new)),
        2 => (path(), any::<bool>()).prop_map(|(path, follow)| Op::Stat(path, follow)),
        1 => path().prop_map(Op::Readlink),
        2 => path().prop_map(Op::List),
    ]
}

pub(crate) fn ops(count: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 0..count)
}

/// What comes back from a store.
fn restored(filesystem: &MemoryFs) -> MemoryFs {
    let place = quick_directory();
    let store = Store::open(capability(place.path())).unwrap();
    store.flush("model", filesystem).unwrap();
    let noon = Timestamp {
        seconds: 0,
        nanos: 0,
    };
    let loaded = store.load("model", Quota::default(), Arc::new(move || noon));
    loaded.unwrap().unwrap()
}

fn layered(layer: Layer) -> (MemoryFs, Mount) {
    let upper = memory();
    (upper.clone(), Mount::overlay(vec![layer], upper).unwrap())
}

proptest! {

    /// Three stages: what the first leaves becomes a layer beneath the second, and that one beneath the
    /// third. The host directory and the kernel's go on as they are.
    #[test]
    fn all_backends_answer_as_the_kernel_does(
        first in ops(40), second in ops(40), third in ops(40)
    ) {
        let (kernel, mounted, lower) = (
            quick_directory(), quick_directory(), quick_directory(),
        );
        let mut oracle = Oracle::new(kernel.path());
        let base = memory();
        let (origin, kept) = (memory(), memory());
        let mut subjects = vec![
            Subject::new("memory", Mount::memory(memory())),
            Subject::new("host", host(mounted.path())),
            Subject::new("base layer", Mount::memory(base.clone())),
            Subject::new("host below", host(lower.path())),
            Subject::new("origin of a fork", Mount::memory(origin.clone())),
            Subject::new("to be kept", Mount::memory(kept.clone())),
        ];
        for op in &first {
            check(&mut oracle, &mut subjects, op);
        }
        oracle.close_all();
        subjects.iter_mut().for_each(Subject::close_all);

        let (middle, mount) = layered(Layer::memory(base.clone()));
        subjects[2] = Subject::new("overlay on memory", mount);
        let (_, mount) = layered(Layer::host(capability(lower.path())).unwrap());
        subjects[3] = Subject::new("overlay on host", mount);
        let fork = origin.fork();
        subjects[4] = Subject::new("fork", Mount::memory(fork.clone()));
        subjects[5] = Subject::new("restored", Mount::memory(restored(&kept)));
        let frozen = dump_host(lower.path());
        for op in &second {
            check(&mut oracle, &mut subjects, op);
        }
        let expected = dump_host(kernel.path());
        for subject in &subjects {
            prop_assert_eq!(&dump(&subject.root), &expected, "{} after the second stage", subject.name);
        }
        oracle.close_all();
        subjects.iter_mut().for_each(Subject::close_all);

        let (_, mount) = layered(Layer::memory(middle));
        subjects[2] = Subject::new("overlay on overlay", mount);
        subjects[4] = Subject::new("restored fork", Mount::memory(restored(&fork)));
        for op in &third {
            check(&mut oracle, &mut subjects, op);
        }
        let expected = dump_host(kernel.path());
        for subject in &subjects {
            prop_assert_eq!(&dump(&subject.root), &expected, "{} at the end", subject.name);
        }
        prop_assert_eq!(dump_host(lower.path()), frozen.clone(), "a layer was written to");
        let origin = rooted(Mount::memory(origin)).1;
        prop_assert_eq!(dump(&origin), frozen, "the origin of a fork was written to");
    }
}
