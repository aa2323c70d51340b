# Every module of the standard library, and which of them cannot be imported here.
import importlib
import sys

LEFT_OUT = {"antigravity", "this"}  # They open a browser, and print a poem.
missing = {}
for name in sorted(sys.stdlib_module_names - LEFT_OUT):
    try:
        importlib.import_module(name)
    except ImportError as error:
        missing[name] = str(error)
for name, error in missing.items():
    if not name.startswith("_"):
        print(name, "|", error)
print("and inner ones:", *(name for name in missing if name.startswith("_")))
