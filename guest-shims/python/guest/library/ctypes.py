"""The types of C and their sizes, which programs ask for; nothing that could be called.

This build of CPython has no `_ctypes`: there is no library here to be loaded and no memory but the guest's own. What
needs either (`CDLL`, `POINTER`, `Structure`, `pythonapi` …) is not there, so that asking for it fails at once.
"""

import struct


def __getattr__(name):
    raise AttributeError(f"module 'ctypes' has no attribute {name!r} here: a guest can call no machine code", name=name)


class _Number:
    """A value of a type of C, by its code in `struct`."""

    def __init__(self, value=0):
        self.value = value

    def __init_subclass__(cls):
        cls._size = struct.calcsize(cls._type_)

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        if self._type_ in "fd":
            (self._value,) = struct.unpack(self._type_, struct.pack(self._type_, value))
        elif self._type_ == "?":
            self._value = bool(value)
        else:
            if not isinstance(value, int):
                raise TypeError(f"an integer is required (got type {type(value).__name__})")
            # What does not fit is cut off, as in C.
            bits = 8 * self._size
            value &= (1 << bits) - 1
            signed = self._type_.islower() and value >> (bits - 1)
            self._value = value - (1 << bits) if signed else value

    def __repr__(self):
        return f"{type(self).__name__}({self.value!r})"


def _types():
    codes = {
        "c_bool": "?", "c_byte": "b", "c_ubyte": "B", "c_short": "h", "c_ushort": "H", "c_int": "i", "c_uint": "I",
        "c_long": "l", "c_ulong": "L", "c_longlong": "q", "c_ulonglong": "Q", "c_float": "f", "c_double": "d",
    }  # fmt: skip
    made = {name: type(name, (_Number,), {"_type_": code, "__module__": __name__}) for name, code in codes.items()}
    for bits, name in ((8, "byte"), (16, "short"), (32, "int"), (64, "longlong")):
        made[f"c_int{bits}"], made[f"c_uint{bits}"] = made["c_" + name], made["c_u" + name]
    # A pointer of the guest's has 32 bits, and so has what counts bytes.
    made["c_size_t"], made["c_ssize_t"] = made["c_ulong"], made["c_long"]
    return made


globals().update(_types())


def sizeof(thing):
    """The bytes of a type, or of a value of one."""
    if isinstance(thing, _Number) or (isinstance(thing, type) and issubclass(thing, _Number) and thing is not _Number):
        return thing._size
    raise TypeError("this type has no size")


alignment = sizeof
