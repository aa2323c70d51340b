"""The files of a program in the memory of the component that it was built into, found as the host would find them.

Four bytes with the length of the head; the head, marshalled: the path of the entry, the root, the folders that modules come
from, path → offset and length of each file and of each module's code; and the bytes that offsets count in, compressed.
"""

import errno
import importlib.machinery
import importlib.util
import marshal
import os
import sys
import types
import zlib

from tollgate import _source


class Found:
    """A case of `found`, as the bindings have it."""

    def __init__(self, value):
        self.value = value


class Found_File(Found):
    pass


class Found_Package(Found):
    pass


class Found_Portion(Found):
    pass


def pack(entry, root, search, files, codes):
    """The pieces of such bytes."""
    pieces, offset, places = [], 0, ({}, {})
    for place, contents in zip(places, (files, codes)):
        for path, content in sorted(contents.items()):
            place[path] = (offset, len(content))
            pieces.append(content)
            offset += len(content)
    head = marshal.dumps((entry, root, search, *places))
    return [len(head).to_bytes(4, "little"), head, *pieces]


class Files(_source.Files):
    """What the host answers about a program, answered from memory."""

    # What asks the host catches this; here nothing fails so.
    failed = ()
    has_host = False

    def __init__(self, packed):
        super().__init__(sys.modules[__name__], ())
        self.packed = memoryview(packed)
        self.start = 4 + int.from_bytes(self.packed[:4], "little")
        self.entry, self.root, search, self.files, self.codes = marshal.loads(self.packed[4 : self.start])
        self.root = self.root.rstrip("/")
        self.searched = frozenset(search)
        self.outset = types.SimpleNamespace(path=self.entry, root=self.root, search=search)
        self.folders = {}
        for path in self.files:
            is_folder = False
            while path not in ("", self.root):
                folder, _, name = path.rpartition("/")
                self.folders.setdefault(folder or "/", {})[name] = is_folder
                path, is_folder = folder, True

    def begin(self):
        return self.outset

    def bytes(self, offset, length):
        return zlib.decompress(self.packed[self.start + offset : self.start + offset + length])

    def read(self, path):
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return self.bytes(*self.files[path])

    def list(self, path):
        if path not in self.folders:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return [types.SimpleNamespace(name=name, folder=is_folder) for name, is_folder in self.folders[path].items()]

    def find(self, name, folder):
        base = folder.rstrip("/") + "/" + name
        for kind, path in ((Found_Package, base + "/__init__.py"), (Found_File, base + ".py")):
            if path in self.files:
                return kind(path)
        return Found_Portion(base) if base in self.folders else None

    def code(self, path):
        """What a module was compiled to; None where it could not be."""
        return marshal.loads(self.bytes(*self.codes[path])) if path in self.codes else None

    def loader(self, path):
        return Loader(self, path)

    def main(self, outset):
        return self.loader(outset.path).get_code()


class Loader(_source.Loader):
    def get_code(self, fullname=None):
        code = self.files.code(self.path)
        # Whoever asks for one that does not compile is told why.
        return super().get_code(fullname) if code is None else code


def module(files, path):
    """The module of a file, loaded under the name of the file."""
    name = path.rpartition("/")[2].removesuffix(".py")
    spec = importlib.machinery.ModuleSpec(name, files.loader(path), origin=path)
    spec.has_location = True
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return made


def install(packed):
    return _source.install(Files(packed))
