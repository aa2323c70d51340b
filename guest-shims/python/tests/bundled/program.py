import importlib.resources
import sys

import jinja2

print(jinja2.Template("{{ words|join(' and ') }}").render(words=sys.argv[1:]), __name__, __file__)
print(jinja2.__file__, importlib.resources.files("jinja2").joinpath("py.typed").is_file())
import json.tool

print(json.tool.__name__, "comes from the library", sys.path)
sys.exit(3)
