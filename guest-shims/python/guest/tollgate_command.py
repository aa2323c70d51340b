"""A component out of one program: each run begins where this ends, with what the program imports imported already."""

from tollgate_base import finish, library, made
from wit_world import exports

from tollgate import _program

program = made(_program.Bundled, library)
program.import_beforehand()


class Run(exports.Run):
    def run(self):
        program.run()


finish(program)
