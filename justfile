# `just` lists what there is to do; CI runs the same recipes.

export PATH := env("TOLLGATE_TOOLS", cache_directory() / "tollgate/tools") / "bin" + ":" + env("PATH")

[private]
menu:
    @just --list --unsorted

# Fetch the toolchain and the tools that the other recipes need
[group("every day")]
setup:
    .ci/setup >/dev/null

# Run the tests; arguments go to nextest (`just test -p tollgate-vfs`)
[group("every day")]
test *arguments:
    cargo nextest run {{ arguments }}

# Everything that needs no test run: format, lints, guards, dependencies
[group("every day")]
check: format-check lint guards deny

# Format every source
[group("every day")]
format:
    cargo fmt --all

# Clippy over everything, with no warning left standing
[group("one by one")]
lint:
    cargo clippy --all-targets --locked -- --deny warnings

# The guards of the architecture, the bridge contract, and the pinned WIT
[group("one by one")]
guards:
    cargo nextest run --package tollgate-tests --test architecture --test contract --test wit

# What dependencies may come in, and under which licences
[group("one by one")]
deny:
    cargo deny --locked check --deny warnings bans licenses sources

# Whether every source is formatted
[group("one by one")]
format-check:
    cargo fmt --all --check

# The examples in the documentation
[group("one by one")]
test-docs:
    cargo test --doc --locked

# Copy the WIT of WASI that the engine in the lock file ships
[group("now and then")]
pin-wit:
    #!/usr/bin/env python3
    import json, pathlib, shutil, subprocess
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    packages = json.loads(subprocess.check_output(command))["packages"]
    engine = {p["name"]: pathlib.Path(p["manifest_path"]).parent for p in packages}
    shipped = sorted((engine["wasmtime-wasi"] / "src/p2/wit/deps").glob("*.wit"))
    shipped.append(engine["wasmtime-wasi-http"] / "wit/deps/http.wit")
    for file in shipped:
        shutil.copyfile(file, pathlib.Path("wit/deps") / file.name)
        print("wit/deps/" + file.name)
