#!/usr/bin/env python3
"""Writes a copy of a source with changes made to it, one after the other: `patched.py SOURCE COPY PATCH…`.

A patch is a unified diff of one file. Each hunk must be found exactly once, wherever that is, or nothing is written: a
source that has changed is a reason to look at the change again."""

import pathlib
import sys


def hunks(text):
    found = []
    for line in text.splitlines(keepends=True):
        if line.startswith("@@"):
            found.append(("", ""))
            continue
        before, after = found[-1]
        mark, rest = line[0], line[1:]
        found[-1] = (before + rest * (mark != "+"), after + rest * (mark != "-"))
    return found


def main():
    source, copy, *patches = map(pathlib.Path, sys.argv[1:])
    text = source.read_text()
    for patch in patches:
        for before, after in hunks(patch.read_text()):
            if text.count(before) != 1:
                sys.exit(f"{source.name} has changed: {patch.name} does not fit:\n{before}")
            text = text.replace(before, after)
    copy.write_text(text)


main()
