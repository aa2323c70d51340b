"""The names of the bridge contract (`bridge-contract.json`), as far as Python does by itself what they stand for.

`call(name, …)` takes and gives what the shims of JavaScript do: texts, numbers, booleans, dicts with the same keys, and
bytes where those have a Buffer; base64 where the contract has it. A name that is called asynchronously gives an awaitable.
Errors are Python's: OSError with its number and file, TypeError, ValueError. All of it goes the way of every Python program,
by the standard library and WASI, so that the policy, the limits and the log are those of any other use.

Another name raises BridgeNotServed: the host does not serve it yet, or it has a meaning for JavaScript alone.
"""

import base64
import binascii
import errno
import hashlib
import hmac
import os
import stat as modes
import sys
import time
import uuid


class BridgeNotServed(NotImplementedError):
    """This name of the contract is not served to Python programs."""

    def __init__(self, name):
        super().__init__(f"the bridge does not serve '{name}'")
        self.name = name


MOST_BYTES = 65536
"""Of one read of standard input, and of one draw of random bytes."""

MOST_MILLISECONDS = 2**31 - 1


def _whole(value, name, low=0, high=2**53 - 1):
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be between {low} and {high}")
    return value


def _text(value, name):
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value


def _path(value):
    if not isinstance(value, (str, bytes, os.PathLike)):
        raise TypeError(f"a path must be a str, bytes or os.PathLike object, not {type(value).__name__}")
    return os.fsdecode(value)


def _bytes(value, name, of_text):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return of_text(_text(value, name))


def _binary(value, name):
    """Bytes, or base64 without anything that is none."""

    def of_text(text):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"{name} is not base64") from None

    return _bytes(value, name, of_text)


def _plain(value, name):
    """Bytes, or a text that stands for its UTF-8."""
    return _bytes(value, name, lambda text: text.encode("utf-8", "replace"))


def _base64(data):
    return base64.b64encode(data).decode("ascii")


def _option(options, key, otherwise=None):
    return options.get(key, otherwise) if isinstance(options, dict) else otherwise


# ---- the standard streams


def _line(stream):
    def write(message):
        print(_text(message, "message"), file=stream(), flush=True)

    return write


def _write_raw(fd, chunk):
    data = _plain(chunk, "chunk")
    streams = {1: sys.stdout, 2: sys.stderr}
    if _whole(fd, "fd") not in streams:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    # What was printed before comes before.
    streams[fd].flush()
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
    return len(data)


# ---- files


def _read_file(path, options=None):
    encoding = options if isinstance(options, str) else _option(options, "encoding") or "utf-8"
    with open(_path(path), "rb") as file:
        return file.read().decode(encoding, "replace")


def _read_binary(path):
    with open(_path(path), "rb") as file:
        return file.read()


def _write(path, data):
    with open(_path(path), "wb") as file:
        file.write(data)


def _write_file(path, data, options=None):
    encoding = options if isinstance(options, str) else _option(options, "encoding") or "utf-8"
    _write(path, _bytes(data, "data", lambda text: text.encode(encoding)))


def _write_binary(path, data, options=None):
    _write(path, _binary(data, "data"))


def _read_dir(path):
    with os.scandir(_path(path)) as entries:
        found = [
            {"name": entry.name, "isDirectory": entry.is_dir(follow_symlinks=False), "isSymbolicLink": entry.is_symlink()}
            for entry in entries
        ]
    return sorted(found, key=lambda entry: entry["name"])


def _mkdir(path, options=None):
    recursive = options if isinstance(options, bool) else _option(options, "recursive", False)
    if recursive:
        os.makedirs(_path(path), exist_ok=True)
    else:
        os.mkdir(_path(path))


def _mode(found):
    """WASI has no rights: what is there can be asked for, and the answer is the host's."""
    kind = modes.S_IFMT(found.st_mode)
    return kind | {modes.S_IFDIR: 0o755, modes.S_IFLNK: 0o777}.get(kind, 0o644)


def _record(found):
    return {
        "mode": _mode(found),
        "size": found.st_size,
        "blocks": -(-found.st_size // 512),
        "dev": found.st_dev,
        "rdev": 0,
        "isDirectory": modes.S_ISDIR(found.st_mode),
        "isSymbolicLink": modes.S_ISLNK(found.st_mode),
        "atimeMs": found.st_atime_ns / 1e6,
        "mtimeMs": found.st_mtime_ns / 1e6,
        "ctimeMs": found.st_ctime_ns / 1e6,
        "birthtimeMs": found.st_ctime_ns / 1e6,
        "ino": found.st_ino,
        "nlink": found.st_nlink,
        "uid": found.st_uid,
        "gid": found.st_gid,
    }


def _access(path, mode=0):
    # What may be done with it the host says when it is done.
    os.stat(_path(path))


def _same(path, is_same):
    """What changes nothing is done; more WASI cannot, and nobody is to believe that it was."""
    if not is_same(os.stat(path)):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), path)


def _chmod(path, mode):
    _whole(mode, "mode", 0, 2**32 - 1)
    _same(_path(path), lambda found: _mode(found) & 0o7777 == mode & 0o7777)


def _chown(path, uid, gid):
    wanted = [_whole(uid, "uid", -1, 2**32 - 1), _whole(gid, "gid", -1, 2**32 - 1)]
    _same(_path(path), lambda found: all(w in (-1, i) for w, i in zip(wanted, (found.st_uid, found.st_gid))))


def _truncate(path, length=0):
    fd = os.open(_path(path), os.O_RDWR)
    try:
        os.ftruncate(fd, _whole(length, "length"))
    finally:
        os.close(fd)


def _utimes(path, atime, mtime):
    os.utime(_path(path), (float(atime), float(mtime)))


FLAGS = {
    "r": os.O_RDONLY,
    "r+": os.O_RDWR,
    "w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
    "w+": os.O_RDWR | os.O_CREAT | os.O_TRUNC,
    "wx": os.O_WRONLY | os.O_CREAT | os.O_EXCL,
    "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND,
    "a+": os.O_RDWR | os.O_CREAT | os.O_APPEND,
}

LINUX = {0o100: os.O_CREAT, 0o200: os.O_EXCL, 0o1000: os.O_TRUNC, 0o2000: os.O_APPEND}
"""The bits that the contract's numbers have, and those of this system."""


def _open(path, flags="r", mode=0o666):
    if isinstance(flags, str):
        if flags not in FLAGS:
            raise ValueError(f"flags are none: {flags!r}")
        bits = FLAGS[flags]
    else:
        _whole(flags, "flags", 0, 2**31 - 1)
        bits = (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_RDWR)[flags & 3]
        for theirs, ours in LINUX.items():
            bits |= ours if flags & theirs else 0
    return os.open(_path(path), bits, 0o666 if mode is None else mode)


def _close(fd):
    os.close(_whole(fd, "fd", 0, 2**31 - 1))


def _at(fd, position, act):
    """Does it at a place of the file, and leaves the file's own where it was."""
    if position is None:
        return act()
    _whole(position, "position")
    before = os.lseek(fd, 0, os.SEEK_CUR)
    os.lseek(fd, position, os.SEEK_SET)
    try:
        return act()
    finally:
        os.lseek(fd, before, os.SEEK_SET)


def _read_fd(fd, length, position=None):
    _whole(fd, "fd", 0, 2**31 - 1)
    # No more than the file has: a number alone must not cost a guest its memory.
    most = min(_whole(length, "length"), max(os.fstat(fd).st_size, MOST_BYTES))
    return _at(fd, position, lambda: os.read(fd, most))


def _write_fd(fd, data, position=None):
    _whole(fd, "fd", 0, 2**31 - 1)
    data = _plain(data, "data")
    return _at(fd, position, lambda: os.write(fd, data))


FILES = {
    "_fsReadFile": _read_file,
    "_fsWriteFile": _write_file,
    "_fsReadFileBinary": _read_binary,
    "_fsWriteFileBinary": _write_binary,
    "_fsReadDir": _read_dir,
    "_fsMkdir": _mkdir,
    "_fsRmdir": lambda path: os.rmdir(_path(path)),
    "_fsExists": lambda path: os.path.exists(_path(path)),
    "_fsStat": lambda path: _record(os.stat(_path(path))),
    "_fsUnlink": lambda path: os.unlink(_path(path)),
    "_fsRename": lambda source, to: os.rename(_path(source), _path(to)),
    "_fsChmod": _chmod,
    "_fsChown": _chown,
    "_fsLink": lambda source, to: os.link(_path(source), _path(to)),
    "_fsSymlink": lambda target, path: os.symlink(_path(target), _path(path)),
    "_fsReadlink": lambda path: os.readlink(_path(path)),
    "_fsLstat": lambda path: _record(os.lstat(_path(path))),
    "_fsTruncate": _truncate,
    "_fsUtimes": _utimes,
}
"""The names of paths. Each is there with `Async` behind it as well, but for `_fsExists`."""


# ---- the process, time, random bytes and digests


def _cpu_usage(previous=None):
    now = {"user": round(time.process_time() * 1e6), "system": 0}
    if previous is None:
        return now
    return {key: now[key] - previous[key] for key in now}


def _versions():
    return {sys.implementation.name: ".".join(map(str, sys.version_info[:3])), "python": sys.version.split()[0]}


async def _timer(delay):
    import asyncio

    if isinstance(delay, bool) or not isinstance(delay, (int, float)):
        raise TypeError(f"delayMs must be a number, not {type(delay).__name__}")
    if not 0 <= delay <= MOST_MILLISECONDS:
        raise ValueError(f"delayMs must be between 0 and {MOST_MILLISECONDS}")
    await asyncio.sleep(delay / 1000)


ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


def _algorithm(name):
    plain = _text(name, "algorithm").lower().removeprefix("rsa-").replace("sha-", "sha", 1)
    if plain not in ALGORITHMS:
        raise ValueError(f"no such digest: {name!r}")
    return plain


def _random(length):
    return _base64(os.urandom(_whole(length, "byteLength", 0, MOST_BYTES)))


def _hash(algorithm, data):
    return _base64(hashlib.new(_algorithm(algorithm), _binary(data, "data")).digest())


def _hmac(algorithm, key, data):
    return _base64(hmac.digest(_binary(key, "key"), _binary(data, "data"), _algorithm(algorithm)))


# ---- what a Python in an engine of JavaScript asks its shim for

RPC = {
    "fsRead": lambda path, request: {"contentBase64": _base64(_read_binary(path))},
    "fsWrite": lambda path, request: _write_binary(path, _text(request.get("contentBase64"), "contentBase64")),
    "fsStat": lambda path, request: {"stat": FILES["_fsStat"](path)},
    "fsLstat": lambda path, request: {"stat": FILES["_fsLstat"](path)},
    "fsReaddir": lambda path, request: {"entries": [entry["name"] for entry in _read_dir(path)]},
    "fsMkdir": lambda path, request: _mkdir(path, request.get("recursive", False)),
    "fsUnlink": lambda path, request: os.unlink(path),
    "fsRmdir": lambda path, request: os.rmdir(path),
    "fsRename": lambda path, request: os.rename(path, _text(request.get("destination"), "destination")),
}


def _rpc(request):
    if not isinstance(request, dict):
        raise TypeError(f"a request must be a dict, not {type(request).__name__}")
    method = _text(request.get("method"), "method")
    if method not in RPC:
        raise BridgeNotServed(f"_pythonRpc({method})")
    return RPC[method](_text(request.get("path"), "path"), request) or {}


SERVED = {
    "_log": _line(lambda: sys.stdout),
    "_error": _line(lambda: sys.stderr),
    "_kernelStdioWriteRaw": _write_raw,
    "fs.openSync": _open,
    "fs.closeSync": _close,
    "fs.readSync": _read_fd,
    "fs.writeSync": _write_fd,
    "fs.fstatSync": lambda fd: _record(os.fstat(_whole(fd, "fd", 0, 2**31 - 1))),
    "process.cpuUsage": _cpu_usage,
    "process.versions": _versions,
    "_scheduleTimer": _timer,
    "_cryptoRandomFill": _random,
    "_cryptoRandomUUID": lambda: str(uuid.uuid4()),
    "_cryptoHashDigest": _hash,
    "_cryptoHmacDigest": _hmac,
    "_pythonRpc": _rpc,
}


async def _later(work, arguments):
    return work(*arguments)


def call(name, *arguments):
    """Calls a name of the contract."""
    if name in SERVED:
        return SERVED[name](*arguments)
    if name in FILES:
        return FILES[name](*arguments)
    if name == "_fsAccessAsync":
        return _later(_access, arguments)
    base = name.removesuffix("Async")
    if base != name and base in FILES and base != "_fsExists":
        return _later(FILES[base], arguments)
    raise BridgeNotServed(name)
