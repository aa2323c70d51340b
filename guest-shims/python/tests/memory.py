# exit: 1
# flags: --limit memory=96MiB
pieces = []
while True:
    pieces.append(bytearray(1 << 20))
