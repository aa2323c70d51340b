import contextlib
import io
import sys

with contextlib.redirect_stdout(io.StringIO()) as text:
    print("caught")
print(repr(text.getvalue()))
sys.stdout = open(sys.stdout.fileno(), "w", closefd=False, encoding="utf-8")
print("through another object, flushed at the end", end="")
