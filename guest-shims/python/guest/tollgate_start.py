"""The runner: each run begins where this ends, and takes its program from its arguments."""

from tollgate_base import finish, made
from wit_world import exports

from tollgate import _program

program = made(_program.Program)


class Run(exports.Run):
    def run(self):
        program.run()


finish(program)
