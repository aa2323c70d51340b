# flags: --env PYTHONUNBUFFERED=1
# exit: 5
import os

print("a part of a line", end="")
os._exit(5)
