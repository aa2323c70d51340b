"""The files of the program that the host was given, as Python imports them.

They are no access to files: they load through `tollgate:bridge/program`, without a grant of the program's own, and the
host decides about each and records it. A path hook serves the folders beneath the program's root; so `sys.path` decides,
as everywhere, and whatever lies outside of the root is a file as any other.
"""

import errno
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.resources.abc
import os
import pathlib
import sys
import zipimport

from tollgate import _library


class Files:
    """What the host answers about the program, as Python has it."""

    has_host = True

    def __init__(self, host, failed):
        self.host, self.failed = host, failed
        self.root = None

    def begin(self):
        """Where the run begins; None where the runner was given no program."""
        try:
            outset = self.host.begin()
        except self.failed as error:
            if error.value.code == "ERR_NO_PROGRAM":
                return None
            raise
        self.root = outset.root.rstrip("/")
        self.searched = frozenset(outset.search)
        return outset

    def beneath(self, path):
        return path.startswith(self.root + "/") or path == (self.root or "/")

    def read(self, path):
        try:
            return self.host.read_file(path)
        except self.failed as error:
            raise refused(error.value, path) from None

    def list(self, path):
        try:
            return self.host.list_folder(path)
        except self.failed as error:
            raise refused(error.value, path) from None

    def find(self, name, folder):
        try:
            return self.host.find_module(name, folder)
        except self.failed as error:
            if error.value.code in ("ENOENT", "EACCES"):
                # It is gone, or nobody may look into it: there is nothing to be found.
                return None
            raise ModuleNotFoundError(error.value.message, name=name, path=folder) from None

    def has(self, name, folder):
        """Whether there is a module or package of that name, and no mere folder."""
        try:
            found = self.find(name, folder)
        except ImportError:
            return False
        return isinstance(found, (self.host.Found_File, self.host.Found_Package))

    def loader(self, path):
        return Loader(self, path)

    def main(self, outset):
        """The code of the entry."""
        return compile(outset.source, outset.path, "exec", dont_inherit=True)

    def hook(self, path):
        """For `sys.path_hooks`."""
        folder = os.path.normpath(path)
        if self.root is None or not self.beneath(folder):
            raise ImportError("not beneath the program's root", path=path)
        if folder not in self.searched:
            try:
                self.list(folder)
            except OSError as error:
                raise ImportError(error.strerror, path=path) from None
        return Finder(self, folder)


def refused(failure, path):
    number = {"ENOENT": errno.ENOENT, "EACCES": errno.EACCES, "EFBIG": errno.EFBIG}.get(failure.code)
    if number is None:
        return PermissionError(errno.EPERM, failure.message, path)
    return OSError(number, os.strerror(number), path)


class Finder(importlib.abc.PathEntryFinder):
    def __init__(self, files, folder):
        self.files, self.folder = files, folder

    def find_spec(self, fullname, target=None):
        found = self.files.find(fullname.rpartition(".")[2], self.folder)
        if found is None:
            return None
        path = found.value
        if isinstance(found, self.files.host.Found_Portion):
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [path]
            return spec
        package = isinstance(found, self.files.host.Found_Package)
        loader = self.files.loader(path)
        spec = importlib.machinery.ModuleSpec(fullname, loader, origin=path, is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations.append(os.path.dirname(path))
        return spec

    def iter_modules(self, prefix=""):
        """For `pkgutil`."""
        seen = set()
        for item in self.files.list(self.folder):
            name = item.name if item.folder else item.name.removesuffix(".py")
            if (not item.folder and name == item.name) or not name.isidentifier() or name == "__init__":
                continue
            if name not in seen and self.files.has(name, self.folder):
                seen.add(name)
                yield prefix + name, isinstance(self.files.find(name, self.folder), self.files.host.Found_Package)

    def invalidate_caches(self):
        """The host looks anew each time."""


class Loader(importlib.abc.SourceLoader, zipimport.zipimporter):
    """Code is made by importlib's own functions, whose frames no traceback shows.

    To packages the program is an archive: one that looks for its data by the kind of its loader (Jinja's PackageLoader)
    then asks the loader, and opens no files.
    """

    def __init__(self, files, path):
        self.files, self.path = files, path
        self.archive, self.prefix = files.root, ""

    def __repr__(self):
        return f"<{type(self).__name__} of {self.path!r}>"

    def _get_files(self):
        """Every file of the package, by path beneath the archive."""
        found, folders = {}, [os.path.dirname(self.path)]
        while folders:
            folder = folders.pop()
            for item in self.files.list(folder):
                path = f"{folder}/{item.name}"
                if item.folder:
                    folders.append(path)
                else:
                    found[path.removeprefix(self.archive + "/")] = None
        return found

    _files = property(_get_files)

    def get_filename(self, fullname=None):
        return self.path

    def is_package(self, fullname):
        return self.path.endswith("/__init__.py")

    def get_data(self, path):
        if path == self.path:
            try:
                return self.files.read(path)
            except OSError as error:
                # Whoever can do without the module asks for just this.
                raise ImportError(str(error), path=path) from None
        return self.files.read(os.path.normpath(path))

    def get_resource_reader(self, fullname):
        """For `importlib.resources`."""
        return Resources(self.files, os.path.dirname(self.path))


class Resources(importlib.resources.abc.TraversableResources):
    def __init__(self, files, folder):
        self.of, self.folder = files, folder

    def files(self):
        return Resource(self.of, self.folder)


class Resource(_library.Resource):
    """A file or folder of the program."""

    def __init__(self, files, path):
        self.files, self.path = files, path

    def at(self, path):
        return Resource(self.files, path)

    def iterdir(self):
        return (self.at(f"{self.path}/{item.name}") for item in self.files.list(self.path))

    def item(self):
        folder, _, name = self.path.rpartition("/")
        try:
            return next((item for item in self.files.list(folder or "/") if item.name == name), None)
        except OSError:
            return None

    def is_dir(self):
        if self.path == self.files.root:
            return True
        item = self.item()
        return item is not None and item.folder

    def is_file(self):
        item = self.item()
        return item is not None and not item.folder

    def read_bytes(self):
        return self.files.read(self.path)


class Distributions(importlib.metadata.DistributionFinder):
    """For `importlib.metadata`, which lists folders by itself otherwise."""

    def __init__(self, files):
        self.files = files

    def find_spec(self, fullname, path=None, target=None):
        return None

    def find_distributions(self, context=importlib.metadata.DistributionFinder.Context()):
        wanted = context.name and normal(context.name)
        for folder in context.path:
            if self.files.root is None or not self.files.beneath(folder):
                continue
            try:
                items = self.files.list(folder)
            except OSError:
                continue
            for item in items:
                stem, _, suffix = item.name.rpartition(".")
                if item.folder and suffix in ("dist-info", "egg-info"):
                    if wanted in (None, "", normal(stem.partition("-")[0])):
                        yield Distribution(self.files, f"{folder}/{item.name}")


def normal(name):
    return importlib.metadata.Prepared.normalize(name)


class Distribution(importlib.metadata.Distribution):
    def __init__(self, files, folder):
        self.of, self.folder = files, folder

    def read_text(self, filename):
        try:
            return self.of.read(f"{self.folder}/{filename}").decode(errors="replace")
        except OSError:
            return None

    def locate_file(self, path):
        return pathlib.PurePosixPath(os.path.dirname(self.folder), path)


def packages(files, folders):
    """Folders of packages, and what their `.pth` files add: folders beside them. Lines that are code are not run."""
    found = []
    for folder in folders:
        found.append(folder)
        try:
            names = [item.name for item in files.list(folder) if item.name.endswith(".pth")]
        except OSError:
            continue
        for name in names:
            try:
                text = files.read(f"{folder}/{name}").decode("utf-8-sig", errors="replace")
            except OSError:
                continue
            for line in text.splitlines():
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    found.append(os.path.normpath(os.path.join(folder, line.strip())))
    return list(dict.fromkeys(found))


def install(files):
    # After the library's, whose place is beneath the root where that is `/`.
    sys.path_hooks.insert(1, files.hook)
    sys.meta_path.append(Distributions(files))
    return files
