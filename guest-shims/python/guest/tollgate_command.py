"""A component out of one program that is run once. Nothing of the program is evaluated in the build."""

from tollgate_base import finish, made
from tollgate_library import packed_program
from wit_world import exports

from tollgate import _program

program = made(_program.Given, packed_program())


class Run(exports.Run):
    def run(self):
        program.run()


finish(program)
