# `just` lists what there is to do; CI runs the same recipes.
#
# Always the whole workspace, narrowed by nextest's filters: with `--package` cargo resolves other features, and compiles
# the engine once more.

export PATH := env("TOLLGATE_TOOLS", cache_directory() / "tollgate/tools") / "bin" + ":" + env("PATH")

[private]
menu:
    @just --list --unsorted

# Fetch the toolchain and the tools that the other recipes need
[group("every day")]
setup:
    .ci/setup >/dev/null

# Run the tests; arguments go to nextest (`just test -E 'package(tollgate-vfs)'`)
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
    cargo fmt --manifest-path tests/published/Cargo.toml

# Clippy over everything, with no warning left standing
[group("one by one")]
lint:
    cargo clippy --all-targets --locked -- --deny warnings

# The guards of the architecture, the bridge contract, and the pinned WIT
[group("one by one")]
guards:
    cargo nextest run -E 'binary(architecture) + binary(contract) + binary(wit) + binary(gate)'

# What dependencies may come in, and under which licences
[group("one by one")]
deny:
    cargo deny --locked check --deny warnings bans licenses sources

# Whether every source is formatted
[group("one by one")]
format-check:
    cargo fmt --all --check
    cargo fmt --check --manifest-path tests/published/Cargo.toml

# The programs that others wrote: WASI modules of Node's own tests, fetched into a cache
[group("one by one")]
conformance:
    tests/conformance/fetch >/dev/null
    cargo nextest run -E 'binary(conformance)' --no-capture

# The scripts that the specification and the tools of WebAssembly are tested with, fetched into a cache
[group("one by one")]
upstream:
    tests/upstream/fetch >/dev/null
    cargo nextest run -E 'binary(upstream)' --no-capture

# The language in the JavaScript engine beside QuickJS compiled for this machine (half a minute when it is not built yet)
[group("one by one")]
differential:
    #!/usr/bin/env sh
    set -eu
    native=$(tests/differential/build)
    TOLLGATE_NATIVE_QUICKJS=$native cargo nextest run -E 'binary(differential)' --no-capture

# The published Rust client of the sidecar protocol, of another workspace, against the binary
[group("one by one")]
published *arguments:
    tests/published/run {{ arguments }}

# Build the JavaScript engine anew, to be committed (`just guests --check` compares instead)
[group("now and then")]
guests *arguments:
    guest-shims/javascript/build {{ arguments }}

# Make the runner of Python programs that fits these sources, once on each machine (half a minute; needs pip)
[group("every day")]
python:
    guest-shims/python/build

# Everything that CI runs, with the minutes of each stage
[group("now and then")]
ci:
    .ci/run

# Build Tollgate and show a run of it
[group("every day")]
try:
    .ci/try

# Measure what Tollgate costs beside the bare engine, and write the tables into bench/
[group("now and then")]
bench *arguments:
    #!/usr/bin/env bash
    set -euo pipefail
    version=$(sed -n 's/^wasmtime = { version = "=\([0-9.]*\)".*/\1/p' Cargo.toml)
    tools=${TOLLGATE_TOOLS:-{{ cache_directory() }}/tollgate/tools}
    if ! "$tools/bin/wasmtime" --version 2>/dev/null | grep -qF "$version"; then
        echo "bench: wasmtime $version, to compare with (minutes)" >&2
        cargo install --locked --quiet --root "$tools" "wasmtime-cli@$version" \
            --no-default-features --features run,cache,cranelift,component-model,parallel-compilation,pooling-allocator
    fi
    export WASMTIME=$tools/bin/wasmtime TOLLGATE_BENCH=$PWD/bench
    mkdir -p bench
    if deno=$(tests/languages/npm/fetch host/cli/benches/deno); then
        export TOLLGATE_DENO=$deno/node_modules/@deno/linux-x64-glibc/deno
    else
        echo "bench: SKIPPED what deno takes: it cannot be fetched here; see above" >&2
    fi
    TOLLGATE_PYTHON_RUNNER=$(guest-shims/python/build)
    export TOLLGATE_PYTHON_RUNNER
    cargo bench --bench startup --bench density --bench deadlines --bench languages
    cargo bench --bench overhead -- {{ arguments }}

# Measure the sidecar beside the original, whose binary npm brings, and write the tables into bench/
[group("now and then")]
bench-sidecar:
    #!/usr/bin/env bash
    set -euo pipefail
    guest-shims/python/build >/dev/null
    if original=$(tests/languages/npm/fetch host/cli/benches/sidecar/original); then
        export TOLLGATE_ORIGINAL=$original/node_modules/@secure-exec/sidecar-linux-x64-gnu/secure-exec-sidecar
    else
        echo "bench: SKIPPED what the original takes: it cannot be fetched here; see above" >&2
    fi
    export TOLLGATE_BENCH=$PWD/bench
    cargo bench --bench sidecar

# Measure calls of tools beside the bare engine and another host of plugins, and write the table into bench/
[group("now and then")]
bench-tools:
    #!/usr/bin/env bash
    set -euo pipefail
    # A workspace of its own, with an engine of its own: ten minutes, once.
    target=${CARGO_TARGET_DIR:-{{ cache_directory() }}/tollgate/target}/extism
    beside=host/plugins/benches/extism/Cargo.toml
    if cargo build --locked --release --manifest-path $beside -p beside-extism --target-dir "$target" &&
        cargo build --locked --release --manifest-path $beside -p echo-plugin --target wasm32-wasip1 --target-dir "$target"; then
        export TOLLGATE_EXTISM=$target/release/beside-extism
        export TOLLGATE_EXTISM_PLUGIN=$target/wasm32-wasip1/release/echo_plugin.wasm
    else
        echo "bench: SKIPPED what Extism takes: it cannot be built here; see above" >&2
    fi
    export TOLLGATE_BENCH=$PWD/bench
    cargo bench --bench tools

# Of which a case takes a tenth of a second, so that a test run has 24 of them and not 256.
dear := 'test(a_coalesced_log_says_as_much_as_a_full_one)'

# What takes long: 1,000 kills, ten thousand requests to a server in a VM, ten thousand mutants and made-up modules, property tests a hundred times over, sanitizers
[group("now and then")]
soak: (sanitize "thread") (sanitize "address")
    # Not through nextest, which would stop a quarter of an hour of kills as a test that hangs.
    TOLLGATE_KILLS=1000 cargo test --test kill -- --nocapture
    TOLLGATE_MUTANTS=6 TOLLGATE_SMITHS=10000 cargo test --test load -- --nocapture i37_i38_ i38_
    TOLLGATE_FETCHES=10000 cargo test --test sidecar_fetch -- --nocapture nothing_stays_of_thousands
    TOLLGATE_CYCLES=10000 TOLLGATE_PIPELINED=1000000 cargo test --test sidecar -- --nocapture many:: hostile::
    PROPTEST_CASES=25600 cargo nextest run --profile soak -E '(package(tollgate-policy) + package(tollgate-audit) + package(tollgate-vfs)) - {{ dear }}'
    PROPTEST_CASES=2400 cargo nextest run --profile soak -E '{{ dear }}'

# 64 threads that load, link and drop components under a sanitizer (`just sanitize thread 600`; needs a nightly toolchain)
[group("now and then")]
sanitize sanitizer="thread" seconds="600":
    #!/usr/bin/env sh
    set -eu
    nightly=nightly-2026-05-20 machine=$(rustc -vV | sed -n 's/^host: //p')
    rustup toolchain install "$nightly" --profile minimal --component rust-src
    export CARGO_TARGET_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/target-{{ sanitizer }}"
    # The standard library is instrumented too, and memory is mapped through the C library, whose calls the sanitizer sees:
    # it would take two mappings at one address for one.
    export RUSTFLAGS="-Zsanitizer={{ sanitizer }} --cfg=rustix_use_libc"
    TOLLGATE_RACE_SECONDS={{ seconds }} cargo "+$nightly" test -Zbuild-std --target "$machine" --locked \
        --package tollgate-engine --test threads -- --nocapture

# The crates without an engine under an interpreter that sees undefined behaviour (needs the same nightly toolchain)
[group("now and then")]
miri *arguments:
    rustup toolchain install nightly-2026-05-20 --profile minimal --component rust-src --component miri
    CARGO_TARGET_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/target-miri" MIRIFLAGS="-Zmiri-disable-isolation" \
        PROPTEST_CASES=2 cargo +nightly-2026-05-20 miri test --locked --package tollgate-policy --lib {{ arguments }}

# Build the release, and run the tests of the binary on it
[group("now and then")]
test-release profile="default":
    TOLLGATE_BINARY=$(.ci/release) cargo nextest run --locked --profile {{ profile }} -E 'binary(run) + (binary(load) & test(defaults::))'

# Take another release of the engine (`just bump-engine 48.0.9`), with all that has to go along
[group("now and then")]
bump-engine version:
    #!/usr/bin/env python3
    import json, pathlib, re, subprocess
    manifest = pathlib.Path("Cargo.toml")
    engine = ["wasmtime", "wasmtime-wasi", "wasmtime-wasi-http", "wasmtime-wizer", "wasi-preview1-component-adapter-provider"]
    beneath = ["wasmparser", "wasm-encoder", "wit-component", "wit-parser", "wasm-wave", "wasm-smith"]
    def pin(text, name, requirement):
        pattern = r'^(' + re.escape(name) + r' = (?:[\x7b] version = )?)"[^"]*"'
        return re.sub(pattern, r'\g<1>"' + requirement + '"', text, flags=re.M)
    def resolved():
        output = subprocess.check_output(["cargo", "metadata", "--format-version", "1"])
        packages = json.loads(output)["packages"]
        environ = next(p for p in packages if p["name"] == "wasmtime-environ")
        wanted = next(d["req"] for d in environ["dependencies"] if d["name"] == "wasmparser")
        series = wanted.lstrip("^=").rsplit(".", 1)[0] + "."
        parsers = [p["version"] for p in packages if p["name"] == "wasmparser"]
        return next(version for version in parsers if version.startswith(series))
    text = manifest.read_text()
    old = re.search(r'^wasmparser = "=([^"]*)"', text, flags=re.M)[1]
    for name in engine:
        text = pin(text, name, "={{ version }}")
    # The engine's own choice of the crates beneath it decides: two versions of one reader would read differently.
    for name in beneath:
        text = pin(text, name, old)
    manifest.write_text(text)
    subprocess.run(["cargo", "update", *engine], check=True)
    wanted = resolved()
    for name in beneath:
        text = pin(text, name, "=" + wanted)
    manifest.write_text(text)
    resolved()
    subprocess.run(["just", "pin-wit"], check=True)
    subprocess.run(["just", "test"], check=True)

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

# Fuzz one decoder: `just fuzz paths 60`; without a target, list them (needs a nightly toolchain and cargo-fuzz)
[group("now and then")]
fuzz target="" seconds="60":
    #!/usr/bin/env sh
    set -eu
    if [ -z "{{ target }}" ]; then exec cargo +nightly fuzz list --fuzz-dir tests/fuzz; fi
    # A target directory of its own: another selection of packages would compile the engine anew in the shared one.
    export CARGO_TARGET_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/target-fuzz"
    # Linking with optimisation across crates takes minutes for each fuzzer.
    export CARGO_PROFILE_RELEASE_LTO=off
    case "{{ target }}" in
        source | invoke | code_pack | core_abi) features=engine,libfuzzer seeds= ;;
        *) features=libfuzzer seeds=--no-default-features ;;
    esac
    corpus="$CARGO_TARGET_DIR/corpus/{{ target }}"
    cargo run --quiet --package tollgate-fuzz $seeds --example seeds -- {{ target }} "$corpus"
    cargo +nightly fuzz run --fuzz-dir tests/fuzz --sanitizer none --target-dir "$CARGO_TARGET_DIR" \
        --no-default-features --features "$features" {{ target }} "$corpus" -- \
        -max_total_time={{ seconds }} -timeout=20
