"""All files of a program, compiled: what `tollgate build` puts into a component.

The runner does this with the program of a build instead of running it, so that CPython's own parser reads what hostile
people may have written, in a guest, and the host decides about each file. Nothing of the program is executed.

Followed are the import statements of each file, wherever they stand, and names that are handed to `import_module` and
`__import__` as they are. A package that is reached comes whole, with its data: what it loads by names that it makes up is
there too. So do packages that were installed for the build.
"""

import ast
import importlib.machinery
import importlib.util
import json
import marshal
import sys
import warnings
import zlib

from tollgate import _library, _packed, _source

NAME = "tollgate:collect"
"""What the host calls the program when it is to be collected: no path, and nothing that a person can state."""

INSTALLED = "/.requirements"
"""The folder beneath the root that holds what was installed for the build."""

MOST_BYTES = 64 << 20
"""As for a bundle of JavaScript (`bundle-bytes`)."""

BYTECODE = (".pyc", ".pyo")
MACHINE_CODE = (".so", ".pyd", ".dll", ".dylib")
LIBRARY = object()
"""Where a name leads that is the library's."""


class Package:
    """Where submodules are looked for."""

    def __init__(self, folders):
        self.folders = folders


class Missing(Exception):
    """Why something is not there, for people."""


def collect(files, outset, output):
    """Writes a line of JSON about it, then the packed program. Gives code that does nothing."""
    collector = Collector(files, outset)
    collector.collect()
    report = {"files": len(collector.contents), "missing": collector.told()}
    output.write(json.dumps(report).encode() + b"\n")
    for piece in _packed.pack(outset.path, outset.root, collector.used(), collector.contents, collector.codes):
        output.write(piece)
    output.flush()
    return compile("", "<collected>", "exec")


class Collector:
    def __init__(self, files, outset):
        self.files, self.outset = files, outset
        first, *others = outset.search
        self.first, self.others = first, _source.packages(files, others)
        self.contents, self.codes, self.bytes = {}, {}, 0
        self.known = {}
        self.missing = {}
        self.reached = {outset.path}
        self.left = []
        self.taken = set()
        self.distributions = {}

    def collect(self):
        warnings.simplefilter("ignore")
        # What is wrong with the entry is said at once.
        self.compiled(self.outset.path, self.outset.source)
        self.follow_all(self.outset.path, self.outset.source, "")
        installed = self.outset.root.rstrip("/") + INSTALLED
        if installed in self.others:
            self.take_tree(installed, None)
        while self.left:
            self.take(*self.left.pop())

    def told(self):
        """What a person should hear of: what the program asks for and does not get. Packages ask for much that they can do
        without, and of theirs only what was refused is told."""
        said = [
            (file, why)
            for file, whys in self.missing.items()
            for why, is_absent in whys.items()
            if not is_absent or (file in self.reached and not file.startswith(tuple(f"{it}/" for it in self.others)))
        ]
        return [{"from": file, "reason": why} for file, why in sorted(said)]

    def used(self):
        """The folders that modules come from, without those that nothing was taken from."""
        folders = [folder for folder in self.others if any(path.startswith(folder + "/") for path in self.contents)]
        return [self.first, *folders]

    # ---- files

    def take(self, path, package):
        """A module or another file; `package` is what relative names in it begin at, None where they are not followed."""
        if path in self.contents:
            return
        try:
            source = self.read(path)
            if not path.endswith(".py"):
                self.add(path, source)
                return
            self.compiled(path, source)
            if package is not None:
                self.follow_all(path, source, package)
        except Missing as why:
            self.miss(path, str(why))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            # It fails for whoever imports it, as it would without a build.
            self.add(path, source)
            self.miss(path, f"{type(error).__name__}: {error}", is_absent=path not in self.reached)

    def read(self, path):
        try:
            return self.files.read(path)
        except PermissionError:
            raise Missing(f"the policy does not let '{path}' be loaded") from None
        except OSError as error:
            raise Missing(str(error)) from None

    def compiled(self, path, source):
        code = compile(source, path, "exec", dont_inherit=True)
        self.add(path, source)
        self.codes[path] = zlib.compress(marshal.dumps(code), 9)

    def add(self, path, content):
        self.bytes += len(content)
        if self.bytes > MOST_BYTES:
            sys.exit(f"the program has more than {MOST_BYTES >> 20} MiB of files")
        self.contents[path] = zlib.compress(content, 9)

    def miss(self, path, why, is_absent=False):
        self.missing.setdefault(path, {})[why] = is_absent

    def take_tree(self, folder, package):
        """Everything in a folder, but what is hidden or machine code."""
        if folder in self.taken:
            return
        self.taken.add(folder)
        try:
            items = self.files.list(folder)
        except OSError:
            return
        for item in sorted(items, key=lambda item: item.name):
            path = f"{folder}/{item.name}"
            if item.name.startswith(".") or item.name == "__pycache__":
                continue
            if item.folder:
                # Scripts of packages are no part of any of them.
                if not (item.name == "bin" and folder.endswith(INSTALLED)):
                    self.take_tree(path, package and f"{package}.{item.name}")
            elif item.name.endswith(MACHINE_CODE):
                self.miss(path, "it is machine code, which no guest can run")
            elif not item.name.endswith(BYTECODE):
                self.left.append((path, package))

    # ---- names

    def follow_all(self, path, source, package):
        for name, from_package in asked(source, package):
            try:
                if self.follow(name) is None and not from_package:
                    self.miss(path, f"No module named '{name}'", is_absent=True)
            except Missing as why:
                self.miss(path, str(why))

    def follow(self, name):
        """Where a module's name leads: LIBRARY, a Package, a path; None where it leads nowhere."""
        if name not in self.known:
            # For the time being, so that a circle ends.
            self.known[name] = None
            self.known[name] = self.found(name)
        found = self.known[name]
        if isinstance(found, Missing):
            raise found
        return found

    def found(self, name):
        parent, _, last = name.rpartition(".")
        try:
            if not parent:
                return self.at_top(name)
            package = self.follow(parent)
            if package is LIBRARY:
                return LIBRARY
            return self.within(name, last, package.folders) if isinstance(package, Package) else None
        except Missing as why:
            return why

    def at_top(self, name):
        portions = []
        found = self.within(name, name, [self.first], portions)
        if found is None:
            found = LIBRARY if of_the_library(name) else self.within(name, name, self.others, portions)
        if found is None and portions:
            found = Package(portions)
        return found

    def within(self, name, last, folders, portions=None):
        host = self.files.host
        met = [] if portions is None else portions
        for folder in folders:
            try:
                found = self.files.find(last, folder)
            except ModuleNotFoundError as error:
                raise Missing(str(error)) from None
            if isinstance(found, host.Found_Portion):
                met.append(found.value)
            elif found is not None:
                return self.reach(name, found, folder)
        return Package(met) if met and portions is None else None

    def reach(self, name, found, folder):
        path = found.value
        self.reached.add(path)
        if folder in self.others:
            self.take_distribution(name, folder)
        if isinstance(found, self.files.host.Found_Package):
            home = path.rpartition("/")[0]
            self.take_tree(home, name)
            return Package([home])
        self.left.append((path, name.rpartition(".")[0]))
        return path

    def take_distribution(self, name, folder):
        """What `importlib.metadata` knows of the package of a module: its dist-info."""
        if folder not in self.distributions:
            self.distributions[folder] = self.tops(folder)
        for home in self.distributions[folder].get(name, ()):
            self.take_tree(home, None)

    def tops(self, folder):
        """The names at the top of a folder of packages, by what their RECORD says → their dist-info."""
        tops = {}
        for item in self.files.list(folder):
            if not item.folder or not item.name.endswith(".dist-info"):
                continue
            home = f"{folder}/{item.name}"
            try:
                record = self.files.read(home + "/RECORD").decode(errors="replace")
            except OSError:
                continue
            for line in record.splitlines():
                top, slash, _ = line.partition(",")[0].partition("/")
                tops.setdefault(top if slash else top.removesuffix(".py"), {})[home] = None
        return tops


def of_the_library(name):
    if name in sys.builtin_module_names or importlib.machinery.FrozenImporter.find_spec(name) is not None:
        return True
    stem = f"{_library.ROOT}/{name}"
    # What the bindings make is there as well.
    ours = ("wit_world", "componentize_py_types", "componentize_py_async_support")
    return name in ours or stem in _library.installed.index or stem in _library.installed.folders


def nodes(tree):
    """All of a tree, but what stands in it for checkers of types alone."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        if isinstance(node, ast.If) and getattr(node.test, "attr", getattr(node.test, "id", None)) == "TYPE_CHECKING":
            left += node.orelse
        else:
            left += ast.iter_child_nodes(node)


def asked(source, package):
    """The names that a source imports, and whether each may as well be no module but something in one."""
    for node in nodes(compile(source, "<imports>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                try:
                    base = importlib.util.resolve_name("." * node.level + base, package)
                except ImportError:
                    continue
            yield base, False
            yield from ((f"{base}.{alias.name}", True) for alias in node.names if alias.name != "*")
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", None))
            first = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
                if isinstance(first.value, str) and first.value and not first.value.startswith("."):
                    yield first.value, False
