"""A component out of one program, of a world that is the program's own.

The classes that the bindings ask for are the program's, so its module is imported here, in the build: what it does then
is done once, in a component that reaches nothing but the folder of the build.
"""

import sys

from tollgate_library import _library, freeze, packed_program, settle

from tollgate import _packed

files = packed_program()
outset = files.begin()
path = [outset.search[0], _library.ROOT, *outset.search[1:]]
sys.path[:0] = path
module = _packed.module(files, outset.path)
globals().update((name, value) for name, value in vars(module).items() if not name.startswith("__"))
settle(path)
freeze()
