"""Where the program is, told to the host while it runs: a run that a limit ends cannot be asked any more.

CPython calls for each line of the program's own files when it is reached for the first time, and then no more: a loop costs
what it costs without this. When garbage is collected, from time to time, and before something is written, the stack says
where the program is, and each line calls once again. So what is known is where the program was last seen, and in a loop
that neither makes objects nor writes, that is the line that it reached last for the first time.
"""

import gc
import itertools
import sys

from tollgate import _library

TOOL = 4
"""One of the tools that nobody has claimed (`sys.monitoring`)."""

COLLECTIONS = 16
"""After so many the stack is looked at: some milliseconds, of which looking takes a hundredth."""

EACH, SELDOM = 1000, 16
"""So many lines are told each, which takes some milliseconds; from then on one of so many, until the stack is looked at."""

monitoring = sys.monitoring
events = monitoring.events


OTHERS = (_library.ROOT + "/", "<frozen ")
"""What the names of files begin with that are no program's."""


def is_own(code):
    name = code.co_filename
    return not name.startswith(OTHERS) and "/site-packages/" not in name


def thrown_at(error):
    """File, line and column where an error was thrown; None where that was in no code of the program's own."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        return error.filename, error.lineno or 0, error.offset or 0
    place, frames = None, error.__traceback__
    while frames is not None:
        code = frames.tb_frame.f_code
        if is_own(code):
            place = code.co_filename, frames.tb_lineno, column(code, frames.tb_lasti)
        frames = frames.tb_next
    return place


def column(code, instruction):
    positions = next(itertools.islice(code.co_positions(), instruction // 2, None), None)
    return 0 if positions is None or positions[2] is None else positions[2] + 1


class Teller:
    def __init__(self, at):
        self.at = at
        self.told = None
        self.collections = self.lines = 0

    def begin(self):
        monitoring.use_tool_id(TOOL, "tollgate")
        monitoring.register_callback(TOOL, events.PY_START, self.started)
        monitoring.register_callback(TOOL, events.LINE, self.reached)
        monitoring.set_events(TOOL, events.PY_START)
        gc.callbacks.append(self.collected)

    def started(self, code, offset):
        if is_own(code):
            monitoring.set_local_events(TOOL, code, events.LINE)
        return monitoring.DISABLE

    def reached(self, code, line):
        self.lines += 1
        if self.lines < EACH or self.lines % SELDOM == 0:
            self.tell(code.co_filename, line)
        return monitoring.DISABLE

    def collected(self, phase, info):
        if phase == "start":
            self.collections += 1
            if self.collections % COLLECTIONS == 0:
                self.look()
                monitoring.restart_events()

    def look(self):
        frame = sys._getframe(2)
        while frame is not None:
            if is_own(frame.f_code):
                self.tell(frame.f_code.co_filename, frame.f_lineno)
                return
            frame = frame.f_back

    def tell(self, file, line):
        place = file, line
        if place != self.told:
            self.told = place
            self.at(file, line, 0)
