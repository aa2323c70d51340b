"""Packs the standard library: componentize-py evaluates this while it builds a component that is thrown away.

A program must find the whole standard library, but the component that it runs in sees no folder of CPython's. So the
library lies in the memory of the runner, as one run of bytes. It is compiled here, in another component, because what
the compiler leaves behind in memory would be part of every snapshot; and in CPython 3.14 itself, because no other
version writes bytecode that it reads.

The file: four bytes with the length of the index, the index (marshalled: path without suffix → whether it is a package,
then offset and length of its code and of its source), and the bytes that offsets count in.
"""

import marshal
import os
import struct
import zlib

# What needs a display, another process or a download, and so could only fail later.
LEFT_OUT = {"ensurepip", "idlelib", "site-packages", "tkinter", "turtle", "turtledemo", "venv"}


def sources(root, left_out):
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name.isidentifier() and name not in left_out)
        for name in sorted(files):
            stem, suffix = os.path.splitext(name)
            if suffix == ".py" and stem not in left_out:
                yield os.path.relpath(os.path.join(folder, name), root)


def pack(roots, output):
    index, pieces, offset = {}, [], 0
    for root, place in roots:
        for relative in sources(root, LEFT_OUT if root == "/python" else ()):
            with open(os.path.join(root, relative), "rb") as file:
                source = file.read()
            path = place + "/" + relative
            try:
                code = compile(source, path, "exec", dont_inherit=True)
            except SyntaxError:
                # Templates of other programs carry the suffix too; what does not compile can be imported by nobody.
                continue
            # Compressed one by one: an import reads only what it executes, and whoever loads the runner reads (and
            # digests) 7 MB less. What most programs import lies in the snapshot in any case.
            code, source = zlib.compress(marshal.dumps(code), 9), zlib.compress(source, 9)
            stem = path.removesuffix(".py")
            package = stem.endswith("/__init__")
            stem = stem.removesuffix("/__init__")
            index[stem] = (package, offset, len(code), offset + len(code), len(source))
            pieces += [code, source]
            offset += len(code) + len(source)
    head = marshal.dumps(index)
    with open(output, "wb") as file:
        file.write(struct.pack("<I", len(head)) + head)
        file.writelines(pieces)


# Ours stands beside CPython's, so that both are found, shown and named in one way. What stands in for a module of
# CPython's comes after it, and is what is found.
OURS = [("/0/tollgate", "/python/tollgate"), ("/0/library", "/python")]
pack([("/python", "/python"), *OURS], "/0/library.bin")
