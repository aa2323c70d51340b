#!/usr/bin/env python3
"""What of npm's packages is bundled, by digest: `third_party.py check` compares, `third_party.py write` takes what is there.

Each package of third-party.json states name, version, licence and files; beside them stands the SHA-256 over the files, in
their order, so that a package that changed under its version is found out."""

import hashlib
import json
import pathlib
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent
LIST = HOME / "third-party.json"


def digest(package):
    found = hashlib.sha256()
    root = HOME / "node_modules" / package["name"]
    for name in package["files"]:
        data = (root / name).read_bytes()
        found.update(f"{name}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()


def manifest(package):
    return json.loads((HOME / "node_modules" / package["name"] / "package.json").read_text())


def main():
    document = json.loads(LIST.read_text())
    wrong = []
    for package in document["packages"]:
        own = manifest(package)
        if (own["version"], own["license"]) != (package["version"], package["licence"]):
            wrong.append(f"{package['name']} is {own['version']}, {own['license']}")
        if sys.argv[1:] == ["write"]:
            package["sha256"] = digest(package)
        elif package.get("sha256") != digest(package):
            wrong.append(f"{package['name']}: its files are others than third-party.json says")
    if wrong:
        sys.exit("third-party.json: " + "; ".join(wrong))
    if sys.argv[1:] == ["write"]:
        LIST.write_text(json.dumps(document, indent=2) + "\n")


main()
