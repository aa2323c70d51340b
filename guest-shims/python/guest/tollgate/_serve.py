"""A program that answers requests: a WSGI application called `app` or `application`, or a class `IncomingHandler`, which has
the method `handle(self, request, response_out)` of wasi:http's bindings.
"""

import io
import sys
from urllib.parse import unquote_to_bytes

from componentize_py_types import Err, Ok
from tollgate import http
from wit_world.imports import types

SORRY = b"Internal Server Error\n"


def handle(program, request, response_out):
    answer = Answer(response_out)
    try:
        module = program.module()
        own = getattr(module, "IncomingHandler", None)
        if own is not None:
            answer.is_theirs = True
            own().handle(request, response_out)
        else:
            application = getattr(module, "app", None) or getattr(module, "application", None)
            if not callable(application):
                raise TypeError("the program has no WSGI application `app` or `application`, and no class `IncomingHandler`")
            serve(application, request, answer)
    except BaseException as error:
        program.report(error)
        answer.fail()
    finally:
        program.settled()


class Answer:
    """The response, from its head to the end of its body."""

    def __init__(self, response_out):
        self.response_out, self.body, self.stream = response_out, None, None
        self.head = None
        self.is_theirs = False

    def start(self, status, fields):
        response = types.OutgoingResponse(types.Fields.from_list(fields))
        response.set_status_code(status)
        self.body = response.body()
        types.ResponseOutparam.set(self.response_out, Ok(response))
        self.stream = self.body.write()

    def write(self, data):
        if self.head is None:
            raise AssertionError("the head of the response was not stated")
        if self.stream is None:
            self.start(*self.head)
        http.write(self.stream, data)

    def finish(self):
        stream, self.stream = self.stream, None
        stream.blocking_flush()
        stream.__exit__(None, None, None)
        types.OutgoingBody.finish(self.body, None)

    def fail(self):
        """What the client is told of an error: nothing of it. A body that was begun stays unfinished, which says enough."""
        if self.body is None and not self.is_theirs:
            self.head = (500, [("content-type", b"text/plain"), ("content-length", str(len(SORRY)).encode())])
            self.write(SORRY)
            self.finish()


def serve(application, request, answer):
    fields = []

    def start_response(status, headers, exc_info=None):
        if exc_info and answer.body is not None:
            raise exc_info[1].with_traceback(exc_info[2])
        if answer.head is not None and not exc_info:
            raise AssertionError("the head of the response was stated already")
        fields[:] = [(name.lower(), value.encode("latin-1")) for name, value in headers]
        answer.head = (int(status.partition(" ")[0]), fields)
        return answer.write

    body = Body(request)
    parts = application(environment(request, body), start_response)
    try:
        for part in parts:
            if part:
                answer.write(part)
        answer.write(b"")
        answer.finish()
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        body.close()


class Body(http.Body):
    """The body of a request as it comes."""

    def __init__(self, request):
        super().__init__(request, "the request")


def environment(request, body):
    """What WSGI tells an application about a request."""
    case = request.method()
    method = getattr(case, "value", None) or type(case).__name__.partition("_")[2].upper()
    path, _, query = (request.path_with_query() or "/").partition("?")
    authority = request.authority() or ""
    secure = isinstance(request.scheme(), types.Scheme_Https)
    host, _, port = authority.rpartition(":") if authority.rpartition(":")[2].isdigit() else (authority, "", "")
    told = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port or ("443" if secure else "80"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if secure else "http",
        "wsgi.input": io.BufferedReader(body, http.CHUNK),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "HTTP_HOST": authority,
    }
    with request.headers() as headers:
        for name, value in headers.entries():
            key, text = name.upper().replace("-", "_"), value.decode("latin-1")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key
            if key == "HTTP_HOST":
                told[key] = text
            else:
                told[key] = f"{told[key]},{text}" if key in told else text
    return told
