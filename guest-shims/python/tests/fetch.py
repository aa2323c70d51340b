# needs: http
import os

from tollgate.http import InvalidRequest, TooManyRedirects, HttpError, fetch

server = os.environ["SERVER"]
answer = fetch(server + "/a?b=c", headers={"X-Agent": "test"})
print(answer.status, answer.ok, answer.json(), answer.headers["Content-Type"], "set-cookie" in answer.headers)
print(fetch(server, method="POST", body="text grün").json()["body"])
print(fetch(server, method="put", json={"a": 1}).json())
print(fetch(server, method="POST", body=(piece for piece in (b"one ", b"two"))).json()["body"])
print(fetch(server, method="PATCH", body=b"x" * 1_000_000).json()["body"] == "x" * 1_000_000)
print(len(fetch(server + "/large").bytes), repr(fetch(server, method="HEAD").bytes))
print(fetch(server + "/latin").text(), fetch(server + "/missing"), fetch(server + "/missing").text())
moved = fetch(server + "/redirect", method="POST", body=b"x", timeout=20)
print(moved.json(), moved.url.endswith("/landed"), fetch(server + "/redirect", redirect=False).status)
for attempt in (
    lambda: fetch(server + "/again"),
    lambda: fetch(server + "/broken"),
    lambda: fetch(server + "/cut"),
    lambda: fetch("ftp://example.org/"),
    lambda: fetch("nothing"),
    lambda: fetch(server, headers={"a b": "c"}),
    lambda: fetch(server, method="A B"),
):
    try:
        attempt()
    except HttpError as error:
        print(type(error).__name__, isinstance(error, OSError), error.code)
