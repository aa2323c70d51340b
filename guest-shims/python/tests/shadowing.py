# arguments: /program/own
# The work is done by own/__main__.py.
