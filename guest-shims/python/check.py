#!/usr/bin/env python3
"""Runs the programs of tests/ through the built binary, and says what differs from what is written beside them.

    check.py [NAME…] [--binary FILE] [--runner FILE] [--component] [--without-packages] [--accept]

Beside `NAME.py` stand `NAME.stdout` and `NAME.stderr`, which are empty where they are absent; `…` in them stands for
anything. What a program needs stands in comments at its top:

    # exit: 3                        the exit code (0)
    # arguments: -m parcel {path}    what the runner is given, instead of the path of the program; `{code}` is its text
    # flags: --limit wall=2s         what `tollgate run` is given beside the folder of the tests
    # stdin: text                    standard input, with Python's escapes
    # runs: differ                   it is run twice, and no line of what it says may be the same
    # needs: files, scratch, packages, http
    # as: program                    not run with --component: it needs the stack that a program has

Each runs as `tollgate run NAME.py` does, `-c` and `-` as -e and standard input; what takes other arguments, and with
--component everything, is run by the runner as a component, with the folder of the tests at /program.

`files` is the folder of the tests, at /program; `scratch` is an empty folder that can be written, at /scratch; `packages` is what packages.txt names, fetched by pip, at
/packages; `http` is a server of ours, named by the variable SERVER.
"""

import argparse
import concurrent.futures
import contextlib
import functools
import hashlib
import http.server
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE / "tests"
PATIENCE = 120
"""Seconds that one program may take. The binary may be a debug build, on a machine that does other things too."""


def cache():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "tollgate"


@functools.cache
def packages():
    wanted = TESTS / "packages.txt"
    target = cache() / "python" / ("packages-" + hashlib.sha256(wanted.read_bytes()).hexdigest()[:16])
    if not target.is_dir():
        print("check: fetching packages", file=sys.stderr)
        target.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(dir=target.parent)
        # As `build install` does: for the guest's Python; what is machine code in them is for another machine, and a
        # package that works without it does so here.
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", made]
            + ["--python-version", "3.14", "--only-binary", ":all:", "--platform", "any"]
            + ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64", "-r", str(wanted)],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        os.rename(made, target)
    return target


class Server(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked; some paths answer otherwise."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        headers, status = {"content-type": "application/json", "set-cookie": "a=1"}, 200
        agent = self.headers.get("x-agent")
        content = json.dumps({"method": self.command, "path": self.path, "body": body.decode(), "agent": agent})
        if self.path.startswith("/redirect"):
            status, headers["location"] = 302, "/landed"
        elif self.path.startswith("/again"):
            status, headers["location"] = 302, "/again"
        elif self.path.startswith("/missing"):
            status, content = 404, "nothing here"
        elif self.path.startswith("/latin"):
            headers["content-type"], content = "text/plain; charset=iso-8859-1", "grün"
        elif self.path.startswith("/large"):
            content = "x" * 3_000_000
        elif self.path.startswith("/cut"):
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"not all of it")
            self.close_connection = True
            return
        elif self.path.startswith("/broken"):
            self.close_connection = True
            return
        data = content.encode("latin-1")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


class Test:
    def __init__(self, file):
        self.file, self.name = file, file.stem
        self.text = file.read_text(encoding="utf-8", errors="replace")
        self.said = {}
        for line in self.text.splitlines():
            stated = re.match(r"# (exit|arguments|as|flags|stdin|runs|needs): (.*)", line)
            if not stated:
                break
            self.said[stated[1]] = stated[2]

    def command(self, binary, runner, port, component, scratch):
        needs = self.said.get("needs", "")
        words = shlex.split(self.said.get("arguments", "{path}"))
        component = component or words[:1] not in (["{path}"], ["-c"], ["-"])
        command = [binary, "run"]
        if component or "files" in needs:
            command += ["--dir", f"{TESTS}::/program:ro"]
        if "scratch" in needs:
            command += ["--dir", f"{scratch}::/scratch"]
        if "packages" in needs:
            command += ["--dir", f"{packages()}::/packages:ro", "--env", "PYTHONPATH=/packages"]
        if "http" in needs:
            command += ["--allow-net", f"127.0.0.1:{port}", "--env", f"SERVER=http://127.0.0.1:{port}"]
        command += shlex.split(self.said.get("flags", ""))
        if component:
            values = {"{path}": f"/program/{self.name}.py", "{code}": self.text}
            return command + [runner] + [values.get(word, word) for word in words]
        if words[0] == "-c":
            return command + ["--lang", "py", "-e", self.text, *words[2:]]
        if words[0] == "-":
            return command + ["--lang", "py", *words]
        return command + [self.file, *words[1:]]

    def once(self, *where):
        with tempfile.TemporaryDirectory() as scratch:
            stdin = self.said.get("stdin", "").encode().decode("unicode_escape").replace("{code}", self.text).encode()
            command = self.command(*where, scratch)
            done = subprocess.run(command, input=stdin, capture_output=True, timeout=PATIENCE)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def check(self, accept, *where):
        """What differs, in words."""
        code, out, err = self.once(*where)
        problems = []
        if code != int(self.said.get("exit", 0)):
            problems.append(f"exit code {code}, not {self.said.get('exit', 0)}")
        if self.said.get("runs") == "differ":
            lines = zip(out.split("\n"), self.once(*where)[1].split("\n"))
            problems += [f"twice the same: {one}" for one, two in lines if one and one == two]
            if not out:
                problems.append("nothing was said")
            out = ""
        for kind, text in (("stdout", out), ("stderr", err)):
            beside = self.file.with_suffix("." + kind)
            expected = beside.read_text(encoding="utf-8", errors="replace") if beside.exists() else ""
            pattern = ".*".join(re.escape(part) for part in expected.split("…"))
            if not re.fullmatch(pattern, text, re.DOTALL):
                shown = text if len(text) < 4000 else text[:1500] + "\n[…]\n" + text[-1500:]
                problems.append(f"{kind} is:\n{shown}")
                if accept and text:
                    beside.write_text(text, encoding="utf-8")
                elif accept:
                    beside.unlink(missing_ok=True)
        return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--binary", default=os.environ.get("TOLLGATE_BINARY") or str(cache() / "target/debug/tollgate"))
    parser.add_argument("--runner", help="the component (default: what `build` makes)")
    parser.add_argument("--component", action="store_true", help="run each by the runner as a component")
    parser.add_argument("--without-packages", action="store_true", help="leave out what needs packages of others")
    parser.add_argument("--accept", action="store_true", help="write what differs beside the program")
    arguments = parser.parse_args()
    if not shutil.which(arguments.binary):
        sys.exit(f"check: there is no binary `{arguments.binary}`")
    runner = arguments.runner or subprocess.check_output([sys.executable, HERE / "build"], text=True).strip()
    tests = [Test(file) for file in sorted(TESTS.glob("*.py")) if not arguments.names or file.stem in arguments.names]
    tests = [test for test in tests if not (arguments.without_packages and "packages" in test.said.get("needs", ""))]
    tests = [test for test in tests if not (arguments.component and test.said.get("as") == "program")]
    if any("packages" in test.said.get("needs", "") for test in tests):
        packages()
    # The first run compiles the runner, for which the others would wait one by one.
    subprocess.run([arguments.binary, "compile", runner], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    failed = 0
    with serving() as port, concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda test: test.check(arguments.accept, arguments.binary, runner, port, arguments.component), tests)
        for test, problems in zip(tests, results):
            print(f"{'ok  ' if not problems else 'FAIL'} {test.name}")
            for problem in problems:
                print("     " + problem.replace("\n", "\n     "))
            failed += bool(problems)
    print(f"{len(tests) - failed} of {len(tests)} as expected")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
