# exit: 1
import json

try:
    json.loads("{")
except ValueError as error:
    raise RuntimeError("while reading") from error
