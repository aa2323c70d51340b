"""What every component of ours begins with: the packed library, and what is imported from it beforehand."""

import gc
import marshal
import sys
import types
import zlib

sys.dont_write_bytecode = True
with open("/0/library.bin", "rb") as file:
    packed = file.read()


def packed_module(name, stem):
    """The one module that is there before the import system can be: what makes it read the packed library."""
    end = 4 + int.from_bytes(packed[:4], "little")
    _, offset, length, _, _ = marshal.loads(packed[4:end])[0][stem]
    made = types.ModuleType(name)
    made.__file__, made.__package__ = stem + ".py", name.rpartition(".")[0]
    sys.modules[name] = made
    exec(marshal.loads(zlib.decompress(packed[end + offset : end + offset + length])), made.__dict__)
    return made


_library = packed_module("tollgate._library", "/python/tollgate/_library")
library = _library.install(packed)
del packed
# Before the folders of the build: whatever is imported from now on says that it comes from the library.
sys.path.insert(0, _library.ROOT)

from wit_world.imports import environment, exit as exits  # noqa: E402

from tollgate import _imports, _program  # noqa: E402

_imports.load()


def made(kind, *arguments):
    """A program of a kind of `tollgate._program`."""
    return kind(exits.exit_with_code, environment.initial_cwd, *arguments)


def finish(program):
    """The last step of the build. What follows lies in no snapshot."""
    # The folders of the build are gone when a run begins, and what was found in them must not be looked for again.
    sys.path[:] = [_library.ROOT]
    sys.path_importer_cache.clear()
    for module in list(sys.modules.values()):
        library.adopt(module)
    program.seal()
    gc.collect()
    # What stays is not looked at by the collector again: it would write to each object, and so take a page of memory of
    # its own for each page of the snapshot.
    gc.freeze()
