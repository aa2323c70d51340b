"""What Tollgate offers to a Python program beyond the standard library.

    tollgate.http      requests over HTTP and HTTPS, through the host's own client
    tollgate.bridge    the names of the bridge contract
"""

import importlib

__all__ = ["bridge", "http"]


def __getattr__(name):
    # When it is asked for: in a world of a program's own there may be no HTTP.
    if name in __all__:
        return importlib.import_module("tollgate." + name)
    raise AttributeError(f"module 'tollgate' has no attribute {name!r}", name=name)
