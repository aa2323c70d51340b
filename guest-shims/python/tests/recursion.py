import ast
import copy
import functools
import json
import pickle
import re
import sys


def attempt(name, function):
    try:
        function()
        print(name, "ended")
    except (RecursionError, MemoryError) as error:
        print(name, type(error).__name__)
    except Exception as error:
        print(name, type(error).__name__, error)


def plain(n):
    return plain(n + 1)


class Attribute:
    def __getattr__(self, name):
        return getattr(self, name + "x")


class Shown:
    def __repr__(self):
        return repr(self)


class Compared:
    def __eq__(self, other):
        return self == other


class Called:
    def __call__(self):
        return self()


class Hashed:
    def __hash__(self):
        return hash(self)


def nested(depth, make=lambda inner: [inner]):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


def generators():
    yield from generators()


def sorting(n=0):
    return sorted([2, 1], key=lambda _: sorting(n + 1))


@functools.lru_cache(None)
def cached(n):
    return cached(n + 1)


def comparing(left, right):
    return left == right


deep = nested(100_000)
attempt("plain", lambda: plain(0))
attempt("attribute", lambda: Attribute().y)
attempt("repr", lambda: repr(Shown()))
attempt("eq", lambda: Compared() == Compared())
attempt("call", lambda: Called()())
attempt("hash", lambda: hash(Hashed()))
attempt("generators", lambda: list(generators()))
attempt("sorted", sorting)
attempt("cached", lambda: cached(0))
attempt("map", lambda: functools.reduce(lambda made, _: map(lambda x: x, made), range(100_000), iter([1])).__next__())
attempt("repr of a deep list", lambda: repr(deep))
attempt("equality of deep lists", lambda: comparing(deep, nested(100_000)))
attempt("copy of a deep list", lambda: copy.deepcopy(deep))
attempt("json out", lambda: json.dumps(deep))
attempt("json in", lambda: json.loads("[" * 100_000))
attempt("pickle", lambda: pickle.dumps(deep))
attempt("parse brackets", lambda: compile("(" * 100_000, "x", "eval"))
attempt("parse brackets closed", lambda: eval("(" * 5_000 + ")" * 5_000))
attempt("parse minus", lambda: compile("-" * 100_000 + "1", "x", "eval"))
attempt("parse attributes", lambda: compile("a" + ".b" * 100_000, "x", "eval"))
attempt("parse sum", lambda: compile("+".join(["1"] * 100_000), "x", "eval"))
attempt("literal", lambda: ast.literal_eval("[" * 150 + "]" * 150))
attempt("pattern", lambda: re.compile("(" * 5_000 + ")" * 5_000))
attempt("match", lambda: re.match("(?:a|b)*?c", "ab" * 100_000))
attempt("isinstance", lambda: isinstance(1, functools.reduce(lambda made, _: (made,), range(100_000), (str,))))
sys.setrecursionlimit(10**9)
attempt("plain, without a limit of depth", lambda: plain(0))
attempt("repr, without a limit of depth", lambda: repr(Shown()))
attempt("sorted, without a limit of depth", sorting)
print("still there")
