# needs: scratch
import asyncio
import base64
import hashlib

from tollgate import bridge
from tollgate.bridge import call


def fails(kind, name, *arguments):
    try:
        call(name, *arguments)
    except kind as error:
        return error
    raise AssertionError(f"{name}{arguments} did not fail")


for name in ("_sqliteDatabaseOpenRaw", "_resolveModule", "_fsExistsAsync", "fs.openSyncAsync", "_none", ""):
    error = fails(bridge.BridgeNotServed, name)
    assert error.name == name and isinstance(error, NotImplementedError), name
print(error := fails(bridge.BridgeNotServed, "_ptySetRawMode", True), error.name)

call("_log", "logged")
call("_error", "told")
print("printed before", end="")
assert call("_kernelStdioWriteRaw", 1, " and written\n") == 13
assert fails(OSError, "_kernelStdioWriteRaw", 7, "x").errno

# Files
data = bytes([0, 255, 128, 10])
call("_fsMkdir", "/scratch/a/b", True)
call("_fsWriteFileBinary", "/scratch/a/f", base64.b64encode(data).decode())
assert call("_fsReadFileBinary", "/scratch/a/f") == data
call("_fsWriteFile", "/scratch/a/t", "text €")
assert call("_fsReadFile", "/scratch/a/t") == "text €" and call("_fsReadFile", "/scratch/a/f", "latin-1") == "\0ÿ\x80\n"
call("_fsSymlink", "t", "/scratch/a/l")
assert call("_fsReadlink", "/scratch/a/l") == "t" and call("_fsLstat", "/scratch/a/l")["isSymbolicLink"]
assert [(e["name"], e["isDirectory"], e["isSymbolicLink"]) for e in call("_fsReadDir", "/scratch/a")] == [
    ("b", True, False), ("f", False, False), ("l", False, True), ("t", False, False)]
call("_fsUtimes", "/scratch/a/t", 1.5, 34)
found = call("_fsStat", "/scratch/a/t")
assert (found["size"], found["mtimeMs"], found["atimeMs"], found["isDirectory"], found["nlink"]) == (8, 34000, 1500, False, 1)
call("_fsLink", "/scratch/a/t", "/scratch/a/other")
call("_fsTruncate", "/scratch/a/other", 4)
assert call("_fsReadFile", "/scratch/a/t") == "text"
call("_fsRename", "/scratch/a/other", "/scratch/a/renamed")
call("_fsUnlink", "/scratch/a/renamed")
call("_fsRmdir", "/scratch/a/b")
assert call("_fsExists", "/scratch/a/t") and not call("_fsExists", "/scratch/a/renamed")
assert fails(FileNotFoundError, "_fsReadFile", "/scratch/none").filename == "/scratch/none"
fails(FileExistsError, "_fsMkdir", "/scratch/a", False)
call("_fsChmod", "/scratch/a/t", found["mode"] & 0o777)
call("_fsChown", "/scratch/a/t", found["uid"], -1)
for name, *rest in (("_fsChmod", 0o600), ("_fsChown", 5, 5)):
    fails(OSError, name, "/scratch/a/t", *rest)
    fails(FileNotFoundError, name, "/scratch/none", *rest)

fd = call("fs.openSync", "/scratch/a/t", "r+")
assert call("fs.readSync", fd, 2) == b"te" and call("fs.readSync", fd, 1, 3) == b"t" and call("fs.readSync", fd, 10**9) == b"xt"
assert call("fs.writeSync", fd, "T", 0) == 1 and call("fs.writeSync", fd, b"!") == 1
assert call("fs.fstatSync", fd)["size"] == 5
call("fs.closeSync", fd)
fails(OSError, "fs.readSync", fd, 1)
fails(OSError, "fs.closeSync", fd)
assert call("_fsReadFile", "/scratch/a/t") == "Text!"
call("fs.closeSync", call("fs.openSync", "/scratch/a/n", 0o101, 0o644))

# The rest
digest = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
assert call("_cryptoHashDigest", "SHA-256", "YWJj") == call("_cryptoHashDigest", "sha256", b"abc") == digest
assert base64.b64decode(call("_cryptoHmacDigest", "sha256", b"Jefe", b"what do ya want for nothing?")).hex().startswith("5bdcc146")
assert len(base64.b64decode(call("_cryptoRandomFill", 32))) == 32 and call("_cryptoRandomFill", 8) != call("_cryptoRandomFill", 8)
assert call("_cryptoRandomUUID")[14] == "4"
before = call("process.cpuUsage")
assert call("process.cpuUsage", before)["user"] >= 0 and call("process.versions")["python"].startswith("3.")
assert call("_pythonRpc", {"method": "fsRead", "path": "/scratch/a/f"}) == {"contentBase64": base64.b64encode(data).decode()}
assert call("_pythonRpc", {"method": "fsReaddir", "path": "/scratch/a"}) == {"entries": ["f", "l", "n", "t"]}
assert call("_pythonRpc", {"method": "fsMkdir", "path": "/scratch/p"}) == {}
assert fails(bridge.BridgeNotServed, "_pythonRpc", {"method": "httpRequest"}).name == "_pythonRpc(httpRequest)"


async def later():
    await call("_scheduleTimer", 5)
    assert await call("_fsReadFileAsync", "/scratch/a/t") == "Text!"
    await call("_fsAccessAsync", "/scratch/a/t")
    try:
        await call("_fsStatAsync", "/scratch/none")
    except FileNotFoundError:
        return "in time"


print(asyncio.run(later()))

# Hostile
for kind, name, *arguments in (
    (TypeError, "_log", 5), (TypeError, "_fsReadFile", 5), (TypeError, "_fsReadFile", None), (ValueError, "_fsReadFile", "a\0b"),
    (LookupError, "_fsReadFile", "/scratch/a/t", "utf9"), (TypeError, "_fsWriteFile", "/scratch/a/t", 5),
    (ValueError, "_fsWriteFileBinary", "/scratch/a/t", "***"), (TypeError, "_fsTruncate", "/scratch/a/t", "3"),
    (ValueError, "_fsTruncate", "/scratch/a/t", -1), (ValueError, "fs.openSync", "/scratch/a/t", "rw"), (ValueError, "fs.closeSync", -1),
    (TypeError, "fs.closeSync", "3"), (OSError, "fs.readSync", 2**31 - 1, 1), (ValueError, "_cryptoRandomFill", 65537),
    (TypeError, "_cryptoRandomFill", 1.5), (ValueError, "_cryptoHashDigest", "sha0", ""), (ValueError, "_cryptoHashDigest", "md5", "!"),
    (ValueError, "_fsChmod", "/scratch/a/t", -1), (TypeError, "_fsChown", "/scratch/a/t", "0", 0),
    (TypeError, "_pythonRpc", "fsRead"), (TypeError, "_pythonRpc", {"method": "fsRead"}), (TypeError, "_fsRename", "/scratch/a/t"),
):
    fails(kind, name, *arguments)
assert call("_fsReadFile", "/scratch/a/t") == "Text!"
