"""A component out of one program that answers requests. Nothing of the program is evaluated in the build."""

from tollgate_base import finish, made
from tollgate_library import packed_program
from wit_world import exports

from tollgate import _program, _serve

program = made(_program.Served, packed_program())


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out):
        _serve.handle(program, request, response_out)


finish(program)
