"""What every component of ours begins with: the packed library, and what speaks to the interfaces of our worlds."""

from tollgate_library import freeze, settle
from wit_world.imports import environment, exit as exits

from tollgate import _imports, _program

_imports.load_ours()


def made(kind, *arguments):
    """A program of a kind of `tollgate._program`."""
    return kind(exits.exit_with_code, environment.initial_cwd, *arguments)


def finish(program):
    """The last step of the build."""
    settle()
    program.seal()
    freeze()
