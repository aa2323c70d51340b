"""`urllib.request` over wasi:http.

The library's own handler opens a socket and, for `https:`, needs a TLS library that CPython for WebAssembly does not
have. Ours takes its place under its name, so that `build_opener` and its cookies, redirections, authentication and
errors work as they are documented.

Not supported: an SSL context (certificates are the host's matter), proxies (so is the way), `unix:` and `ftp:`.
"""

import io
import urllib.error
import urllib.request
from email.message import Message
from http.client import responses
from urllib.response import addinfourl

from tollgate import http


class Answer(addinfourl):
    """With the names that programs use of `http.client.HTTPResponse`."""

    def __init__(self, body, headers, url, code):
        super().__init__(body, headers, url, code)
        self.reason = self.msg = responses.get(code, "")
        self.version = 11

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def getheaders(self):
        return self.headers.items()


class HTTPHandler(urllib.request.AbstractHTTPHandler):
    def http_open(self, request):
        headers = dict(request.unredirected_hdrs)
        headers.update((name, value) for name, value in request.headers.items() if name not in headers)
        timeout = request.timeout if isinstance(request.timeout, (int, float)) else None
        body = request.data
        if hasattr(body, "read"):
            body = iter(lambda: request.data.read(http.CHUNK), b"")
        try:
            status, fields, raw = http.exchange(request.full_url, request.get_method(), headers, body, timeout)
        except http.HttpError as error:
            raise urllib.error.URLError(error) from error
        message = Message()
        for name, value in fields.items():
            message[name] = value
        return Answer(io.BufferedReader(raw, http.CHUNK), message, request.full_url, status)

    https_open = http_open
    http_request = urllib.request.AbstractHTTPHandler.do_request_
    https_request = http_request


def install():
    # Proxies would be taken from the environment of the run, and the host decides how it reaches a server.
    urllib.request.getproxies = dict
    urllib.request.HTTPHandler = HTTPHandler
    urllib.request._opener = None
