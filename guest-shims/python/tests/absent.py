# What CPython has and this world has not fails in a way that a program can catch.
import asyncio
import os
import socket
import subprocess
import threading


def attempt(name, function):
    try:
        function()
        print(name, "worked")
    except Exception as error:
        print(name, "|", type(error).__name__, "|", error)


attempt("thread", lambda: threading.Thread(target=print).start())
attempt("subprocess", lambda: subprocess.run(["true"]))
attempt("os.system", lambda: os.system("true"))
attempt("fork", lambda: os.fork())
attempt("connect", lambda: socket.create_connection(("127.0.0.1", 1), 1))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("ssl", lambda: __import__("ssl"))
attempt("ctypes", lambda: __import__("ctypes").CDLL(None))
attempt("executor", lambda: __import__("concurrent.futures").futures.ThreadPoolExecutor().submit(print).result())
lock = threading.Lock()
with lock:
    print("locks work", lock.locked(), threading.current_thread().name)
