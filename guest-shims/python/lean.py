"""Takes out of a finished component what nothing in it uses.

componentize-py puts a component together of libraries that are linked each time it is instantiated. They offer each other
every symbol that they have, some four thousand, of which less than half is asked for; and they carry the name of every
function. A host reads all of it before the first instruction of each run, and keeps it.
"""

CUSTOM, IMPORT, EXPORT = 0, 2, 7
"""Sections of a core module."""
CORE_MODULE, COMPONENT, ALIAS = 1, 4, 6
"""Sections of a component."""
PREAMBLE = 8
EXPORT_OF_AN_INSTANCE, CORE_EXPORT, OUTER = 0, 1, 2
"""What an alias leads to."""


class Reader:
    def __init__(self, content, at=0, end=None):
        self.content, self.at = content, at
        self.end = len(content) if end is None else end

    def byte(self):
        self.at += 1
        return self.content[self.at - 1]

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self):
        return self.bytes(self.number())

    def bytes(self, length):
        self.at += length
        return self.content[self.at - length : self.at]

    def sections(self):
        """Each section's id, where it begins, and a reader of what is in it."""
        self.at += PREAMBLE
        while self.at < self.end:
            start, kind, length = self.at, self.byte(), self.number()
            inside = Reader(self.content, self.at, self.at + length)
            self.at = inside.end
            yield kind, start, inside


def number(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def section(kind, content):
    return bytes([kind]) + number(len(content)) + content


def without_what_nothing_uses(content):
    """The component, each of whose core modules exports what something in it asks for by name, and names no function."""
    asked = set()
    collect(Reader(content), asked)
    return component(Reader(content), asked)


def collect(reader, asked):
    """The names that can lead to an export of a core module: of an alias, or of what a core module imports.

    Not whose export it is: a name that is asked of one module stays with each of them.
    """
    for kind, _, inside in reader.sections():
        if kind == COMPONENT:
            collect(inside, asked)
        elif kind == CORE_MODULE:
            for section_kind, _, what in inside.sections():
                if section_kind == IMPORT:
                    asked.update(imported(what))
        elif kind == ALIAS:
            asked.update(aliased(inside))


def imported(reader):
    for _ in range(reader.number()):
        reader.name()
        yield reader.name()
        kind = reader.byte()
        if kind == 0:
            reader.number()
        elif kind in (1, 2):
            if kind == 1:
                reader.byte()
            has_maximum = reader.byte() & 1
            reader.number()
            if has_maximum:
                reader.number()
        elif kind == 3:
            reader.bytes(2)
        else:
            raise ValueError(f"an import of kind {kind}")


def aliased(reader):
    for _ in range(reader.number()):
        if reader.byte() == 0:
            reader.byte()
        target = reader.byte()
        reader.number()
        if target == OUTER:
            reader.number()
            continue
        name = reader.name()
        if target == CORE_EXPORT:
            yield name
        elif target != EXPORT_OF_AN_INSTANCE:
            raise ValueError(f"an alias of kind {target}")


def component(reader, asked):
    made = bytearray(reader.content[reader.at : reader.at + PREAMBLE])
    for kind, start, inside in reader.sections():
        if kind == CORE_MODULE:
            made += section(kind, module(inside, asked))
        elif kind == COMPONENT:
            made += section(kind, component(inside, asked))
        else:
            made += inside.content[start : inside.end]
    return bytes(made)


def module(reader, asked):
    made = bytearray(reader.content[reader.at : reader.at + PREAMBLE])
    for kind, start, inside in reader.sections():
        end = inside.end
        if kind == EXPORT:
            made += section(kind, exports(inside, asked))
        elif kind != CUSTOM or inside.name() != b"name":
            made += inside.content[start:end]
    return bytes(made)


def exports(reader, asked):
    kept = []
    for _ in range(reader.number()):
        start = reader.at
        name = reader.name()
        reader.byte()
        reader.number()
        if name in asked:
            kept.append(reader.content[start : reader.at])
    return number(len(kept)) + b"".join(kept)
