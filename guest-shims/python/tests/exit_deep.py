# exit: 9
# In functions, under handlers that do not catch it.
import sys


def inner():
    try:
        sys.exit(9)
    except Exception:
        print("not reached")
    finally:
        print("on the way out")


inner()
