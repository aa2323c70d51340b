# exit: 42
import atexit
import os

atexit.register(print, "not reached")
print("a line that is whole")
print("and one that is not", end="")
try:
    os._exit(42)
finally:
    print("not reached")
