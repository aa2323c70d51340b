# exit: 2
# arguments: /program/absent.py
