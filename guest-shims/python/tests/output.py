# exit: 125
# flags: --limit output=64KiB
while True:
    print("x" * 1000)
