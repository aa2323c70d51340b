"""What Tollgate offers to a Python program beyond the standard library.

    tollgate.http      requests over HTTP and HTTPS, through the host's own client
    tollgate.bridge    the names of the bridge contract
"""

from tollgate import bridge, http

__all__ = ["bridge", "http"]
