"""An event loop of `asyncio` for a guest that has no threads and no pair of sockets.

The loop of the library wakes itself up through a pair of connected sockets when another thread or a signal has
something for it. There are neither here, so nothing has to wake it.
"""

import asyncio
import selectors
import time


class Selector(selectors.SelectSelector):
    """Waits for nothing else than time where nothing is watched, which `select` does not do everywhere."""

    def select(self, timeout=None):
        if self.get_map():
            return super().select(timeout)
        if timeout is None:
            raise RuntimeError("the event loop waits for something that nothing here can bring about")
        if timeout > 0:
            time.sleep(timeout)
        return []


class EventLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__(Selector())

    def _make_self_pipe(self):
        self._internal_fds += 1

    def _close_self_pipe(self):
        self._internal_fds -= 1

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, function, *arguments):
        """Runs the function at once: there is no other thread that it could run on."""
        future = self.create_future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future


def install():
    asyncio.unix_events._UnixDefaultEventLoopPolicy._loop_factory = EventLoop
    for module in (asyncio, asyncio.unix_events):
        module.EventLoop = module.SelectorEventLoop = EventLoop
