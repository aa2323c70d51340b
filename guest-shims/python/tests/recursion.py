# Runaway recursion is an error that a program can catch. recursion_native.py shows where it is not.
import copy
import re
import sys


def attempt(name, function):
    try:
        function()
        print(name, "ended")
    except RecursionError as error:
        print(name, "|", error)


def plain(n):
    return plain(n + 1)


def generators():
    yield from generators()


class Property:
    @property
    def value(self):
        return self.value

    def __getitem__(self, key):
        return self[key]

    def __init__(self, made=None):
        self.made = made or Property()


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


deep = nested(100_000)
attempt("plain", lambda: plain(0))
attempt("generators", lambda: list(generators()))
attempt("property", lambda: Property(1).value)
attempt("item", lambda: Property(1)[0])
attempt("made", Property)
attempt("copy", lambda: copy.deepcopy(deep))
attempt("pattern", lambda: re.compile("(" * 5_000 + ")" * 5_000))
attempt("match", lambda: re.match("(?:a|b)*?c", "ab" * 100_000))
sys.setrecursionlimit(2_000)
attempt("deeper, where a program asks for it", lambda: plain(0))
print("still there")
