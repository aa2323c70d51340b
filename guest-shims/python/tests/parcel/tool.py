import sys

from . import NAME

print(NAME, sys.argv, __name__, __package__, __spec__.name)
