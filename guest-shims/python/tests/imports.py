import importlib
import importlib.resources
import importlib.util
import inspect
import os
import pkgutil
import sys

import parcel
import parcel.failing
import portion.one

print(parcel.__file__, parcel.__path__, parcel.failing.__spec__.origin)
print(list(portion.__path__), portion.one.PORTION)
print(importlib.resources.files(parcel).joinpath("words.txt").read_text())
print(sorted(name for _, name, _ in pkgutil.iter_modules(parcel.__path__)))
print(inspect.getsource(parcel.failing.fail))
# The library, too, has sources, places and packages.
import xmlrpc.client

print(xmlrpc.client.__file__, xmlrpc.__path__, type(xmlrpc.client.__loader__).__name__)
print(inspect.getsource(xmlrpc.client.escape))
print(sorted(name for _, name, _ in pkgutil.iter_modules(xmlrpc.__path__)))
print(importlib.util.find_spec("nowhere"), importlib.reload(parcel) is parcel)
try:
    import parcel.absent
except ModuleNotFoundError as error:
    print(error, error.name)
print(sys.dont_write_bytecode, os.path.exists("/program/parcel/__pycache__"))
