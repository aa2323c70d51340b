# A program may close its streams.
import sys

print("said")
sys.stdout.close()
sys.stderr.close()
