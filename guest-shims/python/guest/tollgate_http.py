"""A component out of one program that answers requests: its module `app` is imported here, once for all of them."""

import sys

from tollgate_base import finish, library, made
from wit_world import exports

from tollgate import _program

program = made(_program.Bundled, library)
sys.path.insert(0, _program.PLACE)
import app  # noqa: E402


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out):
        program.begin()
        program.paths(_program.PLACE, _program.PLACE)
        app.IncomingHandler().handle(request, response_out)
        program.flush(sys.stdout)


finish(program)
