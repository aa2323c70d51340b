# exit: 1
import sys


def hook(kind, error, frames):
    print("hook:", kind.__name__, error, frames.tb_frame.f_code.co_name, frames.tb_next)


sys.excepthook = hook
raise ValueError("seen by the hook")
