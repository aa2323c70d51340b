"""The standard library, imported from the memory of the runner.

`sys.path` names the place `/python`, and a path hook serves that place from the packed library: so the order of the
path decides, as everywhere, whether a program's own `queue.py` comes before the library's.
"""

import errno
import importlib.abc
import importlib.machinery
import importlib.resources.abc
import importlib.util
import io
import marshal
import os
import sys
import zlib

ROOT = "/python"


class Library:
    def __init__(self, packed):
        self.packed = memoryview(packed)
        end = 4 + int.from_bytes(self.packed[:4], "little")
        self.index = marshal.loads(self.packed[4:end])
        self.start = end
        self.folders = {stem.rpartition("/")[0] for stem in self.index}

    def bytes(self, offset, length):
        return self.packed[self.start + offset : self.start + offset + length]

    def hook(self, path):
        """For `sys.path_hooks`."""
        if path.startswith("/") and (path in self.index or path in self.folders):
            return Finder(self, path)
        raise ImportError("not in the packed library", path=path)

    def adopt(self, module):
        """Lets a module that was imported from the folder of the build say where it comes from here."""
        spec = getattr(module, "__spec__", None)
        if isinstance(getattr(spec, "loader", None), importlib.machinery.SourceFileLoader):
            loader = Loader.of(self, spec.origin)
            if loader is not None:
                spec.loader = module.__loader__ = loader


class Finder(importlib.abc.PathEntryFinder):
    def __init__(self, library, folder):
        self.library, self.folder = library, folder

    def find_spec(self, fullname, target=None):
        stem = self.folder + "/" + fullname.rpartition(".")[2]
        entry = self.library.index.get(stem)
        if entry is None:
            if stem in self.library.folders:
                # A folder without `__init__.py` is a portion of a namespace package.
                spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
                spec.submodule_search_locations = [stem]
                return spec
            return None
        loader = Loader(self.library, stem, entry)
        spec = importlib.machinery.ModuleSpec(fullname, loader, origin=loader.path, is_package=entry[0])
        spec.has_location = True
        if entry[0]:
            spec.submodule_search_locations.append(stem)
        return spec

    def iter_modules(self, prefix=""):
        """For `pkgutil`."""
        start = self.folder + "/"
        for stem, entry in self.library.index.items():
            name = stem.removeprefix(start)
            if name != stem and "/" not in name:
                yield prefix + name, entry[0]

    def invalidate_caches(self):
        """What is in memory does not change."""


class Loader(importlib.abc.InspectLoader):
    def __init__(self, library, stem, entry):
        self.library, self.stem, self.entry = library, stem, entry
        self.path = stem + ("/__init__.py" if entry[0] else ".py")

    @classmethod
    def of(cls, library, path):
        stem = path.removesuffix(".py").removesuffix("/__init__")
        entry = library.index.get(stem)
        return cls(library, stem, entry) if entry else None

    def is_package(self, fullname):
        return self.entry[0]

    def get_filename(self, fullname):
        return self.path

    def get_code(self, fullname):
        return marshal.loads(zlib.decompress(self.library.bytes(*self.entry[1:3])))

    def get_source(self, fullname):
        return importlib.util.decode_source(zlib.decompress(self.library.bytes(*self.entry[3:5])))

    def get_data(self, path):
        found = Loader.of(self.library, path)
        if path.endswith(".py") and found is not None and found.path == path:
            return zlib.decompress(self.library.bytes(*found.entry[3:5]))
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

    def get_resource_reader(self, fullname):
        """For `importlib.resources`."""
        return Resources(self) if self.entry[0] else None


class Resources(importlib.resources.abc.TraversableResources):
    def __init__(self, loader):
        self.loader = loader

    def files(self):
        return Resource(self.loader, self.loader.stem)


class Resource(importlib.resources.abc.Traversable):
    """A packed file or folder."""

    def __init__(self, loader, path):
        self.loader, self.path = loader, path

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    def at(self, path):
        return Resource(self.loader, path)

    def iterdir(self):
        library, start = self.loader.library, self.path + "/"
        paths = [Loader(library, stem, entry).path for stem, entry in library.index.items()]
        names = {path.removeprefix(start).partition("/")[0] for path in paths if path.startswith(start)}
        return (self.at(start + name) for name in sorted(names))

    def is_dir(self):
        return not self.is_file() and any(True for _ in self.iterdir())

    def is_file(self):
        try:
            return self.loader.get_data(self.path) is not None
        except FileNotFoundError:
            return False

    def read_bytes(self):
        return self.loader.get_data(self.path)

    def open(self, mode="r", *arguments, **options):
        data = io.BytesIO(self.read_bytes())
        return data if "b" in mode else io.TextIOWrapper(data, *arguments, **options)

    def joinpath(self, *names):
        parts = [part for name in names for part in str(name).split("/") if part not in ("", ".")]
        return self.at("/".join([self.path, *parts]))


installed = None


def install(packed):
    global installed
    library = installed = Library(packed)
    sys.path_hooks.insert(0, library.hook)
    sys.path_importer_cache.clear()
    for module in list(sys.modules.values()):
        library.adopt(module)
    return library
