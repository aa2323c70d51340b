# exit: 1
raise ExceptionGroup("two", [ValueError("one"), KeyError("other")])
