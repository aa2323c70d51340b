# exit: 1
import sys


def hook(kind, error, frames):
    raise KeyError("in the hook")


sys.excepthook = hook
raise ValueError("first")
