"""A component out of one program whose functions are called by name. Nothing of the program is evaluated in the build."""

from componentize_py_types import Err
from tollgate_base import finish, made
from tollgate_library import packed_program
from wit_world import exports
from wit_world.exports import plugin

from tollgate import _plugin, _program

program = made(_program.Served, packed_program())
CASES = {
    "unknown-function": plugin.Failure_UnknownFunction,
    "invalid-json": plugin.Failure_InvalidJson,
    "failed": plugin.Failure_Failed,
}


def told(answer):
    case, text = answer
    if case == "ok":
        return text
    raise Err(CASES[case](text))


class Plugin(exports.Plugin):
    def describe(self):
        return told(_plugin.describe(program))

    def call(self, function, argument):
        return told(_plugin.call(program, function, argument))


finish(program)
