"""Runs one program as `python3` would, from its arguments to its exit code.

    FILE [ARGUMENT…]        a file, or a folder or zip archive with a __main__.py
    -c CODE [ARGUMENT…]
    -m MODULE [ARGUMENT…]
    - [ARGUMENT…]           standard input
"""

import atexit
import gc
import io
import linecache
import operator
import os
import site
import sys
import tempfile
import threading
import time
import traceback
from importlib import machinery, util

from _io import _IOBase as IOBase
from tollgate import _collect, _library, _packed, _place, _source

USAGE = "usage: FILE | -c CODE | -m MODULE | -  [ARGUMENT…]"
# What a program that ran out of memory gets back, so that it can say so. Zeroes of the snapshot that nobody touches
# cost nothing.
RESERVE = 1 << 20


class Descriptor(io.FileIO):
    """A standard stream. `before` is called before something is written."""

    before = None

    def write(self, data):
        if Descriptor.before is not None:
            Descriptor.before()
        return super().write(data)


# To programs it is what it is everywhere.
Descriptor.__name__ = Descriptor.__qualname__ = "FileIO"
Descriptor.__module__ = "_io"

LAYERS = {
    io.TextIOWrapper: 0, io.BufferedWriter: 2, io.BufferedRandom: 2, io.BufferedReader: 2, io.FileIO: 3, Descriptor: 3,
}  # fmt: skip
"""The streams of the library from the outermost to the file; others lie between text and buffers."""


class Refused(Exception):
    """There is no program to run; the message is for people."""


class Program:
    """What stays of the snapshot for the one run that it is used for."""

    def __init__(self, exit_with_code, initial_cwd):
        self.exit_with_code = exit_with_code
        self.initial_cwd = initial_cwd
        self.main = sys.modules["__main__"]
        self.reserve = bytearray(RESERVE)
        self.ended_with = None
        # The runtime of componentize-py asks for unbuffered streams, where each piece of a `print` is a call of its
        # own.
        # Standard output is written line by line even where it is no terminal: a run can be ended at any time, and
        # what it has said by then is what people look for.
        self.stdin = stream(io.BufferedReader(raw(0, "<stdin>", "rb")), "r", "strict")
        self.stdout = stream(io.BufferedWriter(raw(1, "<stdout>", "wb")), "w", "strict", line_buffering=True)
        self.stderr = stream(io.BufferedWriter(raw(2, "<stderr>", "wb")), "w", "backslashreplace", line_buffering=True)
        os._exit = sys.modules["posix"]._exit = self.exit_now

    def seal(self):
        """The last step of the build: notes what each run begins with."""
        # Not what every interpreter has imported before a program begins: there, too, a program's own comes too late.
        self.replaceable = frozenset(
            name
            for name, module in sys.modules.items()
            if "." not in name and isinstance(module.__loader__, _library.Loader)
        ) - {"encodings", "tollgate"}

    def exit_now(self, status):
        """`os._exit`. The one of the C library says no more than whether the run failed."""
        self.exit_with_code(operator.index(status) & 0xFF)

    def run(self):
        # Never returns: going back through the runtime of componentize-py takes as much memory as the whole start.
        self.exit_with_code(self.finish(self.guarded()))

    def renew(self):
        """Draws anew what the snapshot would give to all runs alike; not the hash secret, for hashes by it are stored.

        componentize-py's runtime has seeded `random` when it calls us; a test holds it to that.
        """
        tempfile._name_sequence = tempfile.tempdir = None
        sys.modules["logging"]._startTime = time.time_ns()

    def prepare(self):
        self.begin()
        return self.chosen(sys.argv[1:])

    def begin(self):
        self.renew()
        if os.environ.get("PYTHONUNBUFFERED"):
            self.stdout = stream(raw(1, "<stdout>", "wb"), "w", "strict", write_through=True)
            self.stderr = stream(raw(2, "<stderr>", "wb"), "w", "backslashreplace", write_through=True)
        sys.stdin = sys.__stdin__ = self.stdin
        sys.stdout = sys.__stdout__ = self.stdout
        sys.stderr = sys.__stderr__ = self.stderr
        folder = self.initial_cwd()
        if folder is not None and folder != os.getcwd():
            os.chdir(folder)
        sys.orig_argv[:] = ["python3", *sys.argv[1:]]

    def chosen(self, arguments):
        if not arguments:
            raise Refused(USAGE)
        how, rest = arguments[0], arguments[1:]
        if how in ("-c", "-m"):
            if not rest:
                raise Refused(f"Argument expected for the {how} option\n{USAGE}")
            what, rest = rest[0], rest[1:]
            sys.argv[:] = [how, *rest]
            return self.text(what) if how == "-c" else self.module(what)
        sys.argv[:] = arguments
        if how == "-":
            return self.standard_input()
        if how.startswith("-"):
            raise Refused(f"unknown option {how}\n{USAGE}")
        return self.file(how)

    def paths(self, first, folder):
        """Where modules come from: beside the program, PYTHONPATH, the library, packages beside the program."""
        before = [first, *(entry for entry in os.environ.get("PYTHONPATH", "").split(":") if entry)]
        sys.path[:] = [*before, _library.ROOT]
        for entry in before:
            self.make_room(entry or folder)
        for packages in (os.path.join(folder, "site-packages"), environment_packages(folder)):
            if packages and os.path.isdir(packages):
                site.addsitedir(packages)

    def make_room(self, folder):
        """Lets a module of the program stand before one of the library that the snapshot has imported already."""
        try:
            names = os.listdir(folder)
        except OSError:
            return
        for name in names:
            stem, _, suffix = name.partition(".")
            if stem in self.replaceable and (suffix or os.path.isfile(os.path.join(folder, stem, "__init__.py"))):
                replaced(stem)

    def become(self, loader, file, spec=None):
        names = self.main.__dict__
        names.update(__loader__=loader, __spec__=spec, __package__=spec.parent if spec else None)
        if file is not None:
            names.update(__file__=file, __cached__=None)

    def text(self, source):
        self.paths("", os.getcwd())
        self.become(machinery.BuiltinImporter, None)
        return shown(source if source.endswith("\n") else source + "\n", "<string>")

    def standard_input(self):
        self.paths("", os.getcwd())
        self.become(machinery.BuiltinImporter, None)
        return shown(self.stdin.buffer.read(), "<stdin>")

    def file(self, name):
        path = os.path.abspath(name)
        try:
            if os.path.isdir(path) or path.endswith((".zip", ".pyz")):
                return self.container(path)
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            raise Refused(f"can't open file '{path}': [Errno {error.errno}] {error.strerror}") from None
        folder = os.path.dirname(path)
        self.paths(folder, folder)
        self.become(machinery.SourceFileLoader("__main__", path), path)
        return lambda: compile(source, path, "exec", dont_inherit=True)

    def container(self, path):
        self.paths(path, path)
        spec = machinery.PathFinder.find_spec("__main__", [path])
        if spec is None:
            raise Refused(f"can't find '__main__' module in '{path}'")
        self.become(spec.loader, spec.origin, spec)
        return lambda: spec.loader.get_code("__main__")

    def module(self, name):
        self.paths(os.getcwd(), os.getcwd())
        try:
            spec = util.find_spec(name)
            if spec is not None and spec.submodule_search_locations is not None:
                package, name = name, name + ".__main__"
                spec = util.find_spec(name)
                if spec is None:
                    raise Refused(f"No module named {name}; '{package}' is a package and cannot be directly executed")
        except ModuleNotFoundError as error:
            where = f"Error while finding module specification for '{name}'"
            raise Refused(f"{where} (ModuleNotFoundError: {error})") from None
        if spec is None:
            raise Refused(f"No module named {name}")
        self.become(spec.loader, spec.origin, spec)
        sys.argv[0] = spec.origin
        return lambda: spec.loader.get_code(name)

    def guarded(self):
        """The exit code, from what the program ended with."""
        try:
            code = self.prepare()
            exec(code(), self.main.__dict__)
            return 0
        except Refused as refused:
            print(f"python3: {refused}", file=self.stderr)
            return 2 if not str(refused).startswith(("No module", "Error while")) else 1
        except SystemExit as end:
            # Kept, for it holds the frames that it came through, and what is in them is not to be freed either.
            self.ended_with = end
            return self.status(end)
        except BaseException as error:
            self.ended_with, self.reserve = error, None
            return self.uncaught(error)

    def status(self, end):
        if end.code is None:
            return 0
        if isinstance(end.code, int):
            return end.code & 0xFF
        self.say(str(end.code) + "\n")
        return 1

    def uncaught(self, error):
        error = error.with_traceback(own_frames_left_out(error.__traceback__))
        sys.last_exc = sys.last_value = error
        sys.last_type, sys.last_traceback = type(error), error.__traceback__
        hook = getattr(sys, "excepthook", None)
        try:
            self.flush(sys.stdout)
            (hook or sys.__excepthook__)(type(error), error, error.__traceback__)
        except SystemExit as end:
            return self.status(end)
        except BaseException as second:
            self.say("Error in sys.excepthook:\n")
            second.__traceback__ = own_frames_left_out(second.__traceback__)
            second.__context__ = None
            self.say("".join(traceback.format_exception(second)))
            self.say("\nOriginal exception was:\n")
            self.say("".join(traceback.format_exception(error)))
        return 1

    def say(self, text):
        try:
            (sys.stderr or self.stderr).write(text)
        except Exception:
            self.stderr.write(text)

    def finish(self, code):
        """What CPython does before it ends: exit functions, then finalizers, then what streams still hold."""
        try:
            threading._shutdown()
            atexit._run_exitfuncs()
        except BaseException as error:
            self.say("".join(traceback.format_exception(error)))
        self.finalize(gc.get_objects())
        if not all([self.flush(sys.stdout), self.flush(self.stdout)]):
            code = 120
        self.flush(sys.stderr)
        self.flush(self.stderr)
        return code

    def finalize(self, objects):
        """Lets each object end as it would when it is dropped, without dropping it.

        CPython empties the modules. Freeing a long chain of objects takes a stack here that a guest may not have, and
        time that nobody gains by: the memory of this run is gone in a moment.
        """
        streams = [thing for thing in objects if issubclass(type(thing), IOBase)]
        # The outer ones first, which hand on what they hold to the inner ones.
        streams.sort(key=lambda thing: LAYERS.get(type(thing), 1))
        for thing in streams:
            self.flush(thing)
        # Compared by identity: what a program's `__eq__` says is no matter here.
        outer = set(map(id, streams))
        others = [thing for thing in objects if hasattr(type(thing), "__del__") and id(thing) not in outer]
        for thing in others + streams:
            if not gc.is_finalized(thing):
                try:
                    type(thing).__del__(thing)
                except BaseException:
                    unraisable(type(thing).__del__)

    def flush(self, stream):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
            return True
        except Exception:
            return False


def replaced(name):
    """Forgets a module of the library, and what lies in it, so that it is looked for anew."""
    for known in [known for known in sys.modules if known == name or known.startswith(name + ".")]:
        del sys.modules[known]


class Given(Program):
    """The program that the host was given; where it was given none, what the arguments name."""

    def __init__(self, exit_with_code, initial_cwd, files):
        super().__init__(exit_with_code, initial_cwd)
        self.files = files
        # What was built into a component of its own has nobody to tell.
        self.teller = _place.Teller(files.host.at) if files.has_host else None

    def chosen(self, arguments):
        try:
            outset = self.files.begin()
        except self.files.failed as error:
            raise Refused(f"can't open file '{sys.argv[0]}': {error.value.message}") from None
        if outset is None:
            return super().chosen(arguments)
        sys.orig_argv[:] = ["python3", *sys.argv]
        # CPython's own opens files for the lines that it shows.
        sys.unraisablehook = sys.__unraisablehook__ = ignored
        if sys.argv[0] == _collect.NAME:
            return lambda: _collect.collect(self.files, outset, self.stdout.buffer)
        self.search(outset.search)
        if self.teller is not None:
            Descriptor.before = self.teller.look
            self.teller.begin()
        if outset.path is None:
            self.become(machinery.BuiltinImporter, None)
            if outset.source is None:
                return shown(self.stdin.buffer.read(), "<stdin>")
            return shown(outset.source + b"\n", "<string>")
        self.become(self.files.loader(outset.path), outset.path)
        return lambda: self.files.main(outset)

    def uncaught(self, error):
        if self.teller is None:
            return super().uncaught(error)
        place = _place.thrown_at(error)
        # Where there is no memory for the frames of an error either, it has none.
        seen = self.teller.told if place is None and isinstance(error, MemoryError) else None
        if seen is not None:
            place = *seen, 0
        if place is not None:
            self.files.host.failed(*place)
        code = super().uncaught(error)
        if seen is not None:
            self.say('  last seen in File "{}", line {}\n'.format(*seen))
        return code

    def search(self, folders):
        """As `paths`, for folders that the host names."""
        first, *others = folders
        before = [entry for entry in os.environ.get("PYTHONPATH", "").split(":") if entry]
        sys.path[:] = [first, *before, _library.ROOT, *_source.packages(self.files, others)]
        try:
            items = self.files.list(first)
        except OSError:
            items = ()
        for item in items:
            # A folder may be no package, or one that is none of the program's.
            name = item.name if item.folder else item.name.removesuffix(".py")
            if name in self.replaceable and (name != item.name or self.files.has(name, first)):
                replaced(name)
        for entry in before:
            self.make_room(entry)


class Served(Given):
    """A program that is called instead of run: its module is loaded at the first call, under the name of its file."""

    loaded = None

    def module(self):
        if self.loaded is None:
            self.begin()
            outset = self.files.begin()
            sys.unraisablehook = sys.__unraisablehook__ = ignored
            self.search(outset.search)
            self.loaded = _packed.module(self.files, outset.path)
        return self.loaded

    def report(self, error):
        """What is said of an error that the caller learns no more of."""
        trace = error.with_traceback(own_frames_left_out(error.__traceback__))
        self.say("".join(traceback.format_exception(trace)))

    def settled(self):
        """At the end of a call: what streams still hold."""
        self.flush(sys.stdout)
        self.flush(sys.stderr)


def raw(descriptor, name, mode):
    made = Descriptor(descriptor, mode, closefd=False)
    made.name = name
    return made


def stream(buffer, mode, errors, **buffering):
    made = io.TextIOWrapper(buffer, encoding="utf-8", errors=errors, **buffering)
    made.mode = mode
    return made


def shown(source, name):
    """Code of no file, whose lines tracebacks show all the same."""

    def code():
        compiled = compile(source, name, "exec", dont_inherit=True)
        text = source if isinstance(source, str) else source.decode(errors="replace")
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        return compiled

    return code


def environment_packages(folder):
    library = os.path.join(folder, ".venv", "lib")
    try:
        names = [name for name in os.listdir(library) if name.startswith("python3")]
    except OSError:
        return None
    return os.path.join(library, max(names), "site-packages") if names else None


OWN = frozenset([__file__, *(_library.ROOT + f"/tollgate/_{name}.py" for name in ("collect", "packed", "place", "plugin", "serve", "source"))])


def own_frames_left_out(frames):
    while frames is not None and frames.tb_frame.f_code.co_filename in OWN:
        frames = frames.tb_next
    last = frames
    while last is not None:
        following = last.tb_next
        while following is not None and following.tb_frame.f_code.co_filename in OWN:
            following = following.tb_next
        if following is not last.tb_next:
            last.tb_next = following
        last = following
    return frames


def ignored(unraisable):
    """`sys.unraisablehook`, with lines of sources that are no files."""
    what = unraisable.err_msg or "Exception ignored in"
    after = "" if unraisable.object is None else f": {unraisable.object!r}"
    print(what + (after or ":"), file=sys.stderr)
    error = unraisable.exc_value or unraisable.exc_type()
    frames = own_frames_left_out(unraisable.exc_traceback)
    traceback.print_exception(unraisable.exc_type, error, frames)


def unraisable(where):
    """What CPython says of an exception that nobody can be given."""
    kind, error, frames = sys.exc_info()
    print(f"Exception ignored while calling deallocator {where!r}:", file=sys.stderr)
    traceback.print_exception(kind, error, frames and own_frames_left_out(frames))
