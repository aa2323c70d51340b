# exit: 134
# Known and not ours to change: recursion through special methods (`__getattr__`, `__eq__`, `__repr__` …) takes stack of
# the engine, of which a guest has 512 KiB. With 2 MiB this ends in a RecursionError, as it does on other platforms.
class Shown:
    def __getattr__(self, name):
        return getattr(self, name + "x")


try:
    Shown().value
except RecursionError:
    print("caught")
