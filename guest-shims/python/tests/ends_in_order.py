# needs: scratch
# exit: 6
# Exit functions, then finalizers, then what streams still hold.
import atexit
import logging
import sys
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dropped", self.name)


atexit.register(lambda: print("first registered", thing.name))
atexit.register(print, "last registered")
thing = Thing("a global")
circle = Thing("a circle")
circle.itself = circle
weakref.finalize(thing, print, "finalized")
unclosed = open("/scratch/unclosed", "w")
unclosed.write("held back")
atexit.register(lambda: print("on disk yet:", repr(open("/scratch/unclosed").read())))
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
logging.info("logged")
print("no newline", end="")
sys.exit(6)
