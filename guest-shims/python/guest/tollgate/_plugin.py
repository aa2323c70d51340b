"""A program as a plugin: its functions, called with JSON. Each answer is a pair: what became of it, and a text."""

import asyncio
import inspect
import json
import re

DEEPEST = 1000
"""Most brackets in each other in an argument. CPython's reader of JSON takes ten times as many before it runs out of stack."""

BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)


def functions(module):
    """What can be called: what `__all__` names, or else the functions that are the module's own and not hidden."""
    stated = getattr(module, "__all__", None)
    if stated is not None:
        found = {name: getattr(module, name) for name in stated}
    else:
        own = vars(module).items()
        found = {name: thing for name, thing in own if getattr(thing, "__module__", None) == module.__name__}
    return {
        name: thing
        for name, thing in found.items()
        if inspect.isroutine(thing) and not name.startswith("_") and name != "describe"
    }


def message(error):
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return f"{type(error).__name__}, which cannot be shown"


def answered(program, work):
    try:
        return work(program.module())
    except BaseException as error:
        program.report(error)
        return "failed", message(error)
    finally:
        program.settled()


def result(value):
    """Of a function, or of the coroutine that it gave."""
    return asyncio.run(awaited(value)) if inspect.isawaitable(value) else value


async def awaited(value):
    return await value


def refused(constant):
    raise ValueError(f"{constant} is no JSON")


def read(text):
    depth = 0
    for opened in BRACKETS.finditer(text):
        depth += bool(opened[1]) - bool(opened[2])
        if depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} brackets in each other")
    return json.loads(text, parse_constant=refused)


def written(value):
    try:
        return "ok", json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        return "invalid-json", message(error)


def describe(program):
    def work(module):
        own = getattr(module, "describe", {})
        own = result(own()) if callable(own) else own
        return written({**own, "functions": sorted(functions(module))})

    return answered(program, work)


def call(program, name, argument):
    def work(module):
        called = functions(module).get(name)
        if called is None:
            return "unknown-function", name
        try:
            given = read(argument)
        except (ValueError, RecursionError) as error:
            return "invalid-json", message(error)
        return written(result(called(given)))

    return answered(program, work)
