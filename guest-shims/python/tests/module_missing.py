# exit: 1
# arguments: -m absent
