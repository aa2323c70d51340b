#!/usr/bin/env python3
"""What an engine was made of, as JSON: `provenance.py javascript.wasm`."""

import hashlib
import json
import pathlib
import re
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent
ROOT = HOME.parent.parent


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sources():
    """One digest over every file that goes into the engine, by its path."""
    found = hashlib.sha256()
    wit = ROOT / "wit"
    files = [*wit.glob("*.wit"), wit / "deps", wit / "bridge", ROOT / "host" / "modules", HOME / "engine", HOME / "lib",
             HOME / "toolchain", HOME / "third-party.json", ROOT / "bridge-contract.json"]
    paths = sorted(path for file in files for path in ([file] if file.is_file() else file.rglob("*")) if path.is_file())
    for path in paths:
        if "__pycache__" in path.parts:
            continue
        data = path.read_bytes()
        found.update(f"{path.relative_to(ROOT)}\0{len(data)}\0".encode())
        found.update(data)
    return found.hexdigest()


def crate(name):
    """The version of a crate that the engine takes. The lock file names it where the workspace has several."""
    lock = (ROOT / "Cargo.lock").read_text()
    versions = re.findall(rf'name = "{name}"\nversion = "([^"]+)"', lock)
    if len(versions) == 1:
        return versions[0]
    engine = lock[lock.index('name = "tollgate-javascript"'):].split("[[package]]")[0]
    return re.search(rf'^ "{name} ([^" ]+)', engine, re.M).group(1)


def main():
    requirements = (HOME / "toolchain" / "requirements.txt").read_text()
    tools = dict(re.findall(r"^(\w+)==(\S+)", requirements, re.M))
    rustc = subprocess.run(["rustc", "--version"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[1]
    packages = json.loads((HOME / "third-party.json").read_text())["packages"]
    wasm = pathlib.Path(sys.argv[1]).read_bytes()
    document = {
        "sha256": sha256(wasm),
        "bytes": len(wasm),
        "sources": sources(),
        "rustc": rustc,
        "tools": tools,
        "crates": {name: crate(name) for name in ["javy", "rquickjs", "rquickjs-sys", "url", "wasmtime-wizer", "wit-bindgen"]},
        "packages": [{key: package[key] for key in ("name", "version", "licence", "sha256")} for package in packages],
    }
    print(json.dumps(document, indent=2))


main()
