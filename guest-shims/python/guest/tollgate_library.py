"""The packed library, and what is imported from it beforehand: nothing here needs an interface of the world."""

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
    _, offset, length, _, _ = marshal.loads(packed[4:end])[stem]
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

from tollgate import _imports  # noqa: E402

_imports.load()


def packed_program():
    """The program that the component is built of."""
    from tollgate import _packed

    with open("/0/program.bin", "rb") as file:
        return _packed.install(file.read())


def settle(path=()):
    """What the build leaves behind is forgotten: its folders are gone when a run begins."""
    sys.path[:] = path or [_library.ROOT]
    sys.path_importer_cache.clear()
    for module in list(sys.modules.values()):
        library.adopt(module)


def freeze():
    """The last step of the build. What follows lies in no snapshot."""
    gc.collect()
    # What stays is not looked at by the collector again: it would write to each object, and so take a page of memory of
    # its own for each page of the snapshot.
    gc.freeze()
