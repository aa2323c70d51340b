"""The runner: each run begins where this ends, and takes its program from the host, or from its arguments."""

from componentize_py_types import Err
from tollgate_base import finish, made
from wit_world import exports
from wit_world.imports import program as host

from tollgate import _program, _source

program = made(_program.Given, _source.install(_source.Files(host, Err)))


class Run(exports.Run):
    def run(self):
        program.run()


finish(program)
