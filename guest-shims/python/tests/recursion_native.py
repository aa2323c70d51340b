# as: program
# Recursion through special methods takes more of the engine's stack than of CPython's own; a program has enough of both.
class Shown:
    def __getattr__(self, name):
        return getattr(self, name + "x")


class Equal:
    def __eq__(self, other):
        return self == other


class Written:
    def __repr__(self):
        return repr(self)


def attempt(name, function):
    try:
        function()
        print(name, "ended")
    except RecursionError:
        print(name, "RecursionError")
    except (SyntaxError, MemoryError) as error:
        print(name, type(error).__name__, error)


attempt("getattr", lambda: Shown().value)
attempt("eq", lambda: Equal() == Equal())
attempt("repr", lambda: repr(Written()))
