# exit: 2
# arguments: /program/missing_one.py
