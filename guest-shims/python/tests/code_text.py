# exit: 1
# arguments: -c {code} one -m two
import sys

print(sys.argv, __name__, sys.path[0] in ("", "/program"), "__file__" in globals())
raise LookupError("a line of the code is shown")
