//! Files, by the calls of wasi-libc, which stand on `wasi:filesystem`.
#![expect(unsafe_code, reason = "the C interface of wasi-libc")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::mem::MaybeUninit;

use rquickjs::prelude::Func;
use rquickjs::{Array, Ctx, Object, Result, TypedArray};

use crate::failure::{errno, io, throw, type_error};
use crate::{place, raw};

/// The flags of `open` as a program knows them (those of Linux), and as wasi-libc has them.
const FLAGS: [(i32, libc::c_int); 8] = [
    (0o100, libc::O_CREAT),
    (0o200, libc::O_EXCL),
    (0o1000, libc::O_TRUNC),
    (0o2000, libc::O_APPEND),
    (0o200_000, libc::O_DIRECTORY),
    (0o400_000, libc::O_NOFOLLOW),
    (0o4_010_000, libc::O_SYNC),
    (0o10_000, libc::O_DSYNC),
];

thread_local! {
    /// What is open to be appended to, and whether it is read as well.
    static APPENDED: RefCell<BTreeMap<i32, bool>> = RefCell::default();
}

/// Links that one path may lead through.
const MOST_LINKS: usize = 40;

/// A path for the call that follows.
fn text(ctx: &Ctx<'_>, path: &str) -> Result<CString> {
    place::tell(ctx);
    CString::new(path).map_err(|_nul| throw(ctx, "EINVAL", "EINVAL"))
}

/// Of a call that gives −1 where it fails.
fn checked(ctx: &Ctx<'_>, result: libc::c_int) -> Result<libc::c_int> {
    if result < 0 {
        Err(errno(ctx))
    } else {
        Ok(result)
    }
}

fn open(ctx: Ctx<'_>, path: String, flags: i32, mode: i32) -> Result<i32> {
    let path = text(&ctx, &path)?;
    let access = match flags & 0o3 {
        0 => libc::O_RDONLY,
        1 => libc::O_WRONLY,
        _ => libc::O_RDWR,
    };
    let flags = FLAGS
        .iter()
        .filter(|(known, _)| flags & known == *known)
        .fold(access, |all, (_, ours)| all | ours);
    // SAFETY: the path ends in a NUL and outlives the call.
    let fd = checked(&ctx, unsafe { libc::open(path.as_ptr(), flags, mode) })?;
    if flags & libc::O_APPEND == libc::O_APPEND {
        let is_read = access == libc::O_RDWR;
        APPENDED.with_borrow_mut(|all| all.insert(fd, is_read));
    }
    Ok(fd)
}

fn close(ctx: Ctx<'_>, fd: i32) -> Result<()> {
    APPENDED.with_borrow_mut(|all| all.remove(&fd));
    // SAFETY: a number that is no descriptor gives an error. Only the library has descriptors here.
    checked(&ctx, unsafe { libc::close(fd) }).map(drop)
}

fn range<'a>(
    ctx: &Ctx<'_>,
    bytes: &'a mut [u8],
    offset: usize,
    length: usize,
) -> Result<&'a mut [u8]> {
    let end = offset.saturating_add(length);
    bytes
        .get_mut(offset..end)
        .ok_or_else(|| throw(ctx, "EINVAL", "the range lies outside of the bytes"))
}

fn moved(ctx: &Ctx<'_>, count: isize) -> Result<usize> {
    usize::try_from(count).map_err(|_negative| errno(ctx))
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn read<'js>(
    ctx: Ctx<'js>,
    fd: i32,
    bytes: TypedArray<'js, u8>,
    offset: usize,
    length: usize,
    position: f64,
) -> Result<usize> {
    place::tell(&ctx);
    raw::with_bytes(&ctx, &bytes, |bytes| {
        let to = range(&ctx, bytes, offset, length)?;
        // SAFETY: the range is ours for as long as the call takes.
        let count = unsafe {
            if position < 0.0 {
                libc::read(fd, to.as_mut_ptr().cast(), to.len())
            } else {
                libc::pread(
                    fd,
                    to.as_mut_ptr().cast(),
                    to.len(),
                    position as libc::off_t,
                )
            }
        };
        moved(&ctx, count)
    })?
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn write<'js>(
    ctx: Ctx<'js>,
    fd: i32,
    bytes: TypedArray<'js, u8>,
    offset: usize,
    length: usize,
    position: f64,
) -> Result<usize> {
    place::tell(&ctx);
    raw::with_bytes(&ctx, &bytes, |bytes| {
        let from = range(&ctx, bytes, offset, length)?;
        if let Some(is_read) = APPENDED.with_borrow(|all| all.get(&fd).copied()) {
            return moved(&ctx, append(fd, from, position < 0.0, is_read));
        }
        // SAFETY: the range is ours for as long as the call takes.
        let count = unsafe {
            if position < 0.0 {
                libc::write(fd, from.as_ptr().cast(), from.len())
            } else {
                libc::pwrite(
                    fd,
                    from.as_ptr().cast(),
                    from.len(),
                    position as libc::off_t,
                )
            }
        };
        moved(&ctx, count)
    })?
}

/// As Linux does it: behind all that is there, wherever the program says; and one that writes without a place reads on
/// from the end. The library of C knows neither.
fn append(fd: i32, from: &[u8], moves: bool, is_read: bool) -> isize {
    // SAFETY: the bytes outlive the call, and a number that is no descriptor gives an error.
    unsafe {
        let before = if is_read && !moves {
            libc::lseek(fd, 0, libc::SEEK_CUR)
        } else {
            0
        };
        let count = libc::write(fd, from.as_ptr().cast(), from.len());
        if is_read && count >= 0 {
            let (to, whence) = if moves {
                (0, libc::SEEK_END)
            } else {
                (before, libc::SEEK_SET)
            };
            libc::lseek(fd, to, whence);
        }
        count
    }
}

/// WASI has no permissions: what is there can be asked for, and the answer is the gate's.
fn mode(kind: u32) -> i64 {
    let rights = match kind & libc::S_IFMT {
        libc::S_IFDIR => 0o755,
        libc::S_IFLNK => 0o777,
        _ => 0o644,
    };
    i64::from(kind & libc::S_IFMT | rights)
}

fn stat_of<'js>(
    ctx: &Ctx<'js>,
    call: impl FnOnce(*mut libc::stat) -> libc::c_int,
) -> Result<TypedArray<'js, i64>> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    checked(ctx, call(stat.as_mut_ptr()))?;
    // SAFETY: zeros are a value of it, and the call has filled it.
    let stat = unsafe { stat.assume_init() };
    let nanoseconds = |time: &libc::timespec| {
        time.tv_sec
            .saturating_mul(1_000_000_000)
            .saturating_add(i64::from(time.tv_nsec))
    };
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let fields: Vec<i64> = vec![
        number(stat.st_dev),
        mode(stat.st_mode),
        number(stat.st_nlink),
        0,
        0,
        0,
        4096,
        number(stat.st_ino & u64::from(u32::MAX)),
        stat.st_size,
        stat.st_size.saturating_add(511) / 512,
        nanoseconds(&stat.st_atim),
        nanoseconds(&stat.st_mtim),
        nanoseconds(&stat.st_ctim),
        nanoseconds(&stat.st_ctim),
    ];
    TypedArray::new(ctx.clone(), fields)
}

fn stat<'js>(ctx: Ctx<'js>, path: String) -> Result<TypedArray<'js, i64>> {
    let path = text(&ctx, &path)?;
    // SAFETY: the path ends in a NUL and outlives the call.
    stat_of(&ctx, |stat| unsafe { libc::stat(path.as_ptr(), stat) })
}

fn lstat<'js>(ctx: Ctx<'js>, path: String) -> Result<TypedArray<'js, i64>> {
    let path = text(&ctx, &path)?;
    // SAFETY: the path ends in a NUL and outlives the call.
    stat_of(&ctx, |stat| unsafe { libc::lstat(path.as_ptr(), stat) })
}

fn fstat<'js>(ctx: Ctx<'js>, fd: i32) -> Result<TypedArray<'js, i64>> {
    // SAFETY: a number that is no descriptor gives an error.
    stat_of(&ctx, |stat| unsafe { libc::fstat(fd, stat) })
}

fn readdir<'js>(ctx: Ctx<'js>, path: String) -> Result<Array<'js>> {
    let entries = std::fs::read_dir(&path).map_err(|error| io(&ctx, &error))?;
    let array = Array::new(ctx.clone())?;
    let mut at = 0;
    for entry in entries {
        let entry = entry.map_err(|error| io(&ctx, &error))?;
        let kind = entry.file_type().map_or(0, |kind| match () {
            () if kind.is_dir() => 2,
            () if kind.is_symlink() => 3,
            () if kind.is_file() => 1,
            () => 0,
        });
        array.set(at, entry.file_name().to_string_lossy().into_owned())?;
        array.set(at + 1, kind)?;
        at += 2;
    }
    Ok(array)
}

/// A call of one path.
macro_rules! of_path {
    ($name:ident, $call:expr) => {
        fn $name(ctx: Ctx<'_>, path: String) -> Result<()> {
            let path = text(&ctx, &path)?;
            // SAFETY: the path ends in a NUL and outlives the call.
            checked(&ctx, unsafe { $call(path.as_ptr()) }).map(drop)
        }
    };
}

/// A call of two paths.
macro_rules! of_paths {
    ($name:ident, $call:expr) => {
        fn $name(ctx: Ctx<'_>, from: String, to: String) -> Result<()> {
            let (from, to) = (text(&ctx, &from)?, text(&ctx, &to)?);
            // SAFETY: both paths end in a NUL and outlive the call.
            checked(&ctx, unsafe { $call(from.as_ptr(), to.as_ptr()) }).map(drop)
        }
    };
}

of_path!(mkdir_plain, |path| libc::mkdir(path, 0o777));
of_path!(rmdir, libc::rmdir);
of_path!(unlink, libc::unlink);
of_paths!(rename, libc::rename);
of_paths!(link, libc::link);
of_paths!(symlink, libc::symlink);

fn mkdir(ctx: Ctx<'_>, path: String, _mode: i32) -> Result<()> {
    mkdir_plain(ctx, path)
}

fn readlink(ctx: Ctx<'_>, path: String) -> Result<String> {
    let path = text(&ctx, &path)?;
    let mut bytes = vec![0_u8; 4096];
    // SAFETY: the path ends in a NUL, and the buffer is as long as is said.
    let count = unsafe { libc::readlink(path.as_ptr(), bytes.as_mut_ptr().cast(), bytes.len()) };
    bytes.truncate(moved(&ctx, count)?);
    String::from_utf8(bytes).map_err(|_bytes| throw(&ctx, "EILSEQ", "EILSEQ"))
}

/// The path without links, `.` and `..`. WASI has no such call, since a descriptor does not know where it lies.
fn realpath(ctx: Ctx<'_>, path: String) -> Result<String> {
    let mut todo: Vec<String> = Vec::new();
    let push = |todo: &mut Vec<String>, path: &str| {
        todo.extend(
            path.split('/')
                .rev()
                .filter(|name| !name.is_empty() && *name != ".")
                .map(str::to_owned),
        );
    };
    push(&mut todo, &path);
    let mut real: Vec<String> = Vec::new();
    if !path.starts_with('/') {
        let mut cwd = Vec::new();
        push(
            &mut cwd,
            &std::env::current_dir()
                .map(|cwd| cwd.to_string_lossy().into_owned())
                .unwrap_or_default(),
        );
        todo.extend(cwd);
    }
    let mut links = 0;
    while let Some(name) = todo.pop() {
        if name == ".." {
            real.pop();
            continue;
        }
        let here = format!("/{}", [real.as_slice(), &[name.clone()]].concat().join("/"));
        let metadata = match std::fs::symlink_metadata(&here) {
            Ok(metadata) => metadata,
            // A folder that is only there because something is mounted below it may not be asked for.
            Err(_) if !todo.is_empty() => {
                real.push(name);
                continue;
            }
            Err(error) => return Err(io(&ctx, &error)),
        };
        if !metadata.is_symlink() {
            real.push(name);
            continue;
        }
        links += 1;
        if links > MOST_LINKS {
            return Err(throw(&ctx, "ELOOP", "ELOOP"));
        }
        let target = readlink(ctx.clone(), here)?;
        if target.starts_with('/') {
            real.clear();
        }
        push(&mut todo, &target);
    }
    let whole = format!("/{}", real.join("/"));
    if real.is_empty() {
        return Ok(whole);
    }
    std::fs::metadata(&whole).map_err(|error| io(&ctx, &error))?;
    Ok(whole)
}

/// Any descriptor of a guest's may be cut, so this asks for nothing beyond it.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn ftruncate(ctx: Ctx<'_>, fd: i32, length: f64) -> Result<()> {
    // SAFETY: a number that is no descriptor gives an error.
    checked(&ctx, unsafe { libc::ftruncate(fd, length as libc::off_t) }).map(drop)
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn timespec(seconds: f64) -> libc::timespec {
    let whole = seconds.floor();
    libc::timespec {
        tv_sec: whole as libc::time_t,
        tv_nsec: ((seconds - whole) * 1e9) as _,
    }
}

fn times(ctx: &Ctx<'_>, path: &str, atime: f64, mtime: f64, flags: libc::c_int) -> Result<()> {
    let path = text(ctx, path)?;
    let times = [timespec(atime), timespec(mtime)];
    // SAFETY: path and times outlive the call.
    let done = unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), flags) };
    checked(ctx, done).map(drop)
}

fn utimes(ctx: Ctx<'_>, path: String, atime: f64, mtime: f64) -> Result<()> {
    times(&ctx, &path, atime, mtime, 0)
}

fn lutimes(ctx: Ctx<'_>, path: String, atime: f64, mtime: f64) -> Result<()> {
    times(&ctx, &path, atime, mtime, libc::AT_SYMLINK_NOFOLLOW)
}

fn futimes(ctx: Ctx<'_>, fd: i32, atime: f64, mtime: f64) -> Result<()> {
    let times = [timespec(atime), timespec(mtime)];
    // SAFETY: a number that is no descriptor gives an error.
    checked(&ctx, unsafe { libc::futimens(fd, times.as_ptr()) }).map(drop)
}

fn fsync(ctx: Ctx<'_>, fd: i32) -> Result<()> {
    // SAFETY: a number that is no descriptor gives an error.
    checked(&ctx, unsafe { libc::fsync(fd) }).map(drop)
}

fn fdatasync(ctx: Ctx<'_>, fd: i32) -> Result<()> {
    // SAFETY: a number that is no descriptor gives an error.
    checked(&ctx, unsafe { libc::fdatasync(fd) }).map(drop)
}

/// Whether it is there: what may be done with it the gate says when it is done.
fn access(ctx: Ctx<'_>, path: String, mode: i32) -> Result<()> {
    let known = text(&ctx, &path)?;
    // SAFETY: the path ends in a NUL and outlives the call.
    let stat = stat_of(&ctx, |stat| unsafe { libc::stat(known.as_ptr(), stat) })?;
    let fields: &[i64] = stat.as_ref();
    let rights = fields.get(1).copied().unwrap_or(0);
    if mode & 1 == 1 && rights & 0o111 == 0 {
        return Err(throw(&ctx, "EACCES", "EACCES"));
    }
    if mode & !7 != 0 {
        return Err(type_error(&ctx, "the mode is none"));
    }
    Ok(())
}

pub(super) fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("open", Func::from(open))?;
    object.set("close", Func::from(close))?;
    object.set("read", Func::from(read))?;
    object.set("write", Func::from(write))?;
    object.set("stat", Func::from(stat))?;
    object.set("lstat", Func::from(lstat))?;
    object.set("fstat", Func::from(fstat))?;
    object.set("readdir", Func::from(readdir))?;
    object.set("mkdir", Func::from(mkdir))?;
    object.set("rmdir", Func::from(rmdir))?;
    object.set("unlink", Func::from(unlink))?;
    object.set("rename", Func::from(rename))?;
    object.set("link", Func::from(link))?;
    object.set("symlink", Func::from(symlink))?;
    object.set("readlink", Func::from(readlink))?;
    object.set("realpath", Func::from(realpath))?;
    object.set("ftruncate", Func::from(ftruncate))?;
    object.set("utimes", Func::from(utimes))?;
    object.set("lutimes", Func::from(lutimes))?;
    object.set("futimes", Func::from(futimes))?;
    object.set("fsync", Func::from(fsync))?;
    object.set("fdatasync", Func::from(fdatasync))?;
    object.set("access", Func::from(access))?;
    Ok(object)
}
