"""What is evaluated while the runner is built, and then lies in its snapshot: each run begins where this ends."""

import gc
import sys

# The module `library.bin` was packed from holds these too; this copy only finds the file and goes.
sys.dont_write_bytecode = True
with open("/0/library.bin", "rb") as file:
    packed = file.read()

from tollgate import _library  # noqa: E402  (from the folder of the build; replaced by what is packed)

library = _library.install(packed)
for name in [name for name in sys.modules if name.partition(".")[0] == "tollgate"]:
    del sys.modules[name]
sys.path.insert(0, _library.ROOT)
from wit_world import exports  # noqa: E402
from wit_world.imports import environment, exit as exits  # noqa: E402

from tollgate import _imports, _program  # noqa: E402

_imports.load()
program = _program.Program(exits.exit_with_code, environment.initial_cwd)


class Run(exports.Run):
    def run(self):
        program.run()


# The folders of the build are gone when a run begins, and what was found in them must not be looked for again.
sys.path[:] = [_library.ROOT]
sys.path_importer_cache.clear()
for module in list(sys.modules.values()):
    library.adopt(module)
program.inherited = frozenset(sys.modules)
gc.collect()
# What stays is not looked at by the collector again: it would write to each object, and so take a page of memory of
# its own for each page of the snapshot.
gc.freeze()
