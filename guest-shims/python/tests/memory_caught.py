# flags: --limit memory=96MiB
pieces = []
try:
    while True:
        pieces.append(bytearray(1 << 20))
except MemoryError:
    count = len(pieces)
    pieces.clear()
    print("caught, and goes on", count > 10)
