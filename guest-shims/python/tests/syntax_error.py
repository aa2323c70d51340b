# exit: 1
print("not reached")
def broken(:
    pass
