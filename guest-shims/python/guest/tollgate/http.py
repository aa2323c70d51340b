"""A client over wasi:http: the host connects, speaks TLS and checks certificates; the policy decides on each request.

    response = fetch("https://example.org/", headers={"accept": "text/plain"})
    response.status, response.headers["content-type"], response.text()
"""

import contextlib
import io
import json as _json
from urllib.parse import urljoin, urlsplit

from componentize_py_types import Err
from wit_world.imports import outgoing_handler, types

REDIRECTS = 10
"""How many redirections one `fetch` follows; each is a request of its own to the policy."""

CHUNK = 1 << 16
METHODS = {
    name: getattr(types, "Method_" + name.capitalize())()
    for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
}


class HttpError(OSError):
    """A request that got no whole answer. `code` is the name of the case of wasi:http, such as `connection-refused`."""

    def __init__(self, code, detail=None, url=None):
        super().__init__(f"{url}: {code}" + (f" ({detail})" if detail else ""))
        self.code, self.detail, self.url = code, detail, url


class RequestDenied(HttpError, PermissionError):
    """The policy does not let this program send this request."""


class NameNotFound(HttpError):
    """There is no address for the name of the server."""


class ConnectionFailed(HttpError, ConnectionError):
    """There was no connection to the server, or it ended too early."""


class TimedOut(HttpError, TimeoutError):
    """A time that was given to the request was over."""


class TlsFailed(HttpError):
    """There was no trusted connection to the server."""


class InvalidRequest(HttpError, ValueError):
    """The request cannot be expressed: its URL, method or a header field."""


class TooManyRedirects(HttpError):
    """The server redirected more than `REDIRECTS` times."""


def kind(code):
    if code in ("http-request-denied", "destination-ip-prohibited"):
        return RequestDenied
    if code.endswith("-timeout"):
        return TimedOut
    if code.startswith("tls-"):
        return TlsFailed
    if code in ("dns-error", "destination-not-found"):
        return NameNotFound
    if code.startswith(("connection-", "destination-")) or code == "http-response-incomplete":
        return ConnectionFailed
    if code.startswith("http-request-"):
        return InvalidRequest
    return HttpError


def error(case, url):
    """The exception for an error-code of wasi:http."""
    words = type(case).__name__.partition("_")[2]
    code = "".join("-" + letter.lower() if letter.isupper() else letter for letter in words).strip("-")
    detail = getattr(case, "value", None)
    if detail is not None and not isinstance(detail, (str, int)):
        detail = ", ".join(str(part) for part in vars(detail).values() if part is not None)
    return kind(code)(code, detail, url)


class Headers:
    """Header fields in their order. Names are compared without case; a field that came twice reads as one."""

    def __init__(self, fields=()):
        self.fields = list(fields.items()) if hasattr(fields, "items") else list(fields)

    def get_all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.get_all(name)
        return ", ".join(values) if values else default

    def items(self):
        return list(self.fields)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return bool(self.get_all(name))

    def __iter__(self):
        return iter(dict.fromkeys(key.lower() for key, _ in self.fields))

    def __len__(self):
        return len(list(iter(self)))

    def __repr__(self):
        return f"Headers({self.fields!r})"


class Body(io.RawIOBase):
    """The body of an answer as it comes. Closing it gives the connection back."""

    def __init__(self, response, url):
        self.url = url
        self.response, self.body = response, response.consume()
        self.stream = self.body.stream()

    def readable(self):
        return True

    def readinto(self, buffer):
        if self.stream is None:
            return 0
        while True:
            try:
                data = self.stream.blocking_read(min(len(buffer), CHUNK))
            except Err as failure:
                return self.ended(failure.value)
            if data:
                buffer[: len(data)] = data
                return len(data)

    def ended(self, failure):
        code = None
        if hasattr(failure, "value"):
            code = types.http_error_code(failure.value)
            release(failure.value)
            if code is None:
                self.close()
                raise HttpError("body-failed", None, self.url)
        self.close()
        if code is not None:
            raise error(code, self.url)
        return 0

    def close(self):
        # A handle may only go after those that were made from it.
        stream, self.stream = self.stream, None
        if stream is not None:
            release(stream)
            release(self.body)
            release(self.response)
        super().close()


def release(handle):
    # At the end of the program the bindings have released what is left, in their own order.
    if handle.finalizer.alive:
        handle.__exit__(None, None, None)


class Response:
    """An answer whose body has come whole."""

    def __init__(self, url, status, headers, content):
        self.url, self.status, self.headers, self.bytes = url, status, headers, content

    @property
    def ok(self):
        return 200 <= self.status < 300

    def text(self, encoding=None):
        """The body in the encoding that is given, or that the server states, or in UTF-8."""
        if encoding is None:
            _, found, stated = self.headers.get("content-type", "").partition("charset=")
            encoding = stated.partition(";")[0].strip("\"' ") if found else "utf-8"
        try:
            return self.bytes.decode(encoding, "replace")
        except LookupError:
            return self.bytes.decode("utf-8", "replace")

    def json(self):
        return _json.loads(self.bytes)

    def __repr__(self):
        return f"<Response {self.status} {self.url}>"


def fetch(url, *, method="GET", headers=(), body=None, json=None, timeout=None, redirect=True):
    """Sends a request and gives its whole answer, whatever its status.

    `body` is bytes, text (sent as UTF-8), or an iterable of bytes; `json` is sent as JSON instead. `timeout`, in
    seconds, bounds the connecting, the wait for the answer, and each wait within it.
    """
    headers = Headers(headers)
    if json is not None:
        body = _json.dumps(json)
        if "content-type" not in headers:
            headers.fields.append(("content-type", "application/json"))
    if isinstance(body, str):
        body = body.encode()
    for _ in range(REDIRECTS + 1):
        status, fields, raw = exchange(url, method, headers.items(), body, timeout)
        with raw:
            target = fields.get("location") if redirect and status in (301, 302, 303, 307, 308) else None
            if target is None:
                return Response(url, status, fields, raw.readall())
        method, body, headers = redirected(status, method, body, headers, url, target)
        url = urljoin(url, target)
    raise TooManyRedirects("too-many-redirects", None, url)


def redirected(status, method, body, headers, url, target):
    """The next request, as browsers make it; what is meant for one server is not carried to another."""
    dropped = set()
    if status == 303 and method != "HEAD" or status in (301, 302) and method == "POST":
        method, body = "GET", None
        dropped |= {"content-type", "content-length"}
    elif body is not None and not isinstance(body, bytes):
        raise InvalidRequest("redirected-stream", "an iterable body cannot be sent twice", url)
    before, after = urlsplit(url), urlsplit(urljoin(url, target))
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        dropped |= {"authorization", "cookie", "host", "proxy-authorization"}
    return method, body, Headers((name, value) for name, value in headers.items() if name.lower() not in dropped)


def exchange(url, method="GET", headers=(), body=None, timeout=None):
    """One request: its status, header fields and body, the latter as it comes."""
    request = outgoing(url, method, headers, body)
    outgoing_body = request.body()
    try:
        future = outgoing_handler.handle(request, options(timeout))
    except Err as failure:
        raise error(failure.value, url) from None
    # A server may answer without having read all; only where there is no answer is that an error.
    send(outgoing_body, body)
    with future:
        with future.subscribe() as ready:
            ready.block()
        answer = future.get()
    # Two layers: whether this is the first time that it is asked for, and whether there is an answer.
    answer = answer.value
    if isinstance(answer, Err):
        raise error(answer.value, url) from None
    response = answer.value
    with response.headers() as handle:
        fields = Headers((name, value.decode("latin-1")) for name, value in handle.entries())
    return response.status(), fields, Body(response, url)


def outgoing(url, method, headers, body):
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequest("invalid-url", "http: or https: and a host are needed", url)
    headers = [(name.lower(), value) for name, value in Headers(headers).items()]
    # The host of the request is its authority; as a header field it is the host's to set.
    headers = [(name, value) for name, value in headers if name != "host"]
    fields = [(name, value if isinstance(value, bytes) else str(value).encode("latin-1")) for name, value in headers]
    if isinstance(body, (bytes, bytearray, memoryview)) and "content-length" not in dict(fields):
        fields.append(("content-length", str(len(body)).encode()))
    try:
        handle = types.Fields.from_list(fields)
    except Err as failure:
        raise InvalidRequest("invalid-header", type(failure.value).__name__.partition("_")[2], url) from None
    request = types.OutgoingRequest(handle)
    method = method.upper()
    for set_part, value, name in (
        (request.set_method, METHODS.get(method) or types.Method_Other(method), "invalid-method"),
        (request.set_scheme, types.Scheme_Https() if parts.scheme == "https" else types.Scheme_Http(), "invalid-url"),
        (request.set_authority, parts.netloc.rpartition("@")[2], "invalid-url"),
        (request.set_path_with_query, (parts.path or "/") + ("?" + parts.query if parts.query else ""), "invalid-url"),
    ):
        try:
            set_part(value)
        except Err:
            raise InvalidRequest(name, None, url) from None
    return request


def options(timeout):
    if timeout is None:
        return None
    nanoseconds = int(timeout * 1e9)
    made = types.RequestOptions()
    made.set_connect_timeout(nanoseconds)
    made.set_first_byte_timeout(nanoseconds)
    made.set_between_bytes_timeout(nanoseconds)
    return made


def send(outgoing_body, body):
    """Writes the body, until it ends or the server stops reading."""
    pieces = () if body is None else (body,) if isinstance(body, (bytes, bytearray, memoryview)) else body
    with contextlib.suppress(Err):
        with outgoing_body.write() as stream:
            for piece in pieces:
                write(stream, bytes(piece))
            stream.blocking_flush()
        types.OutgoingBody.finish(outgoing_body, None)


def write(stream, data):
    with stream.subscribe() as writable:
        while data:
            room = stream.check_write()
            if room == 0:
                writable.block()
                continue
            stream.write(data[:room])
            data = data[room:]
