# arguments: /program/beside one
# The work is done by beside/__main__.py.
