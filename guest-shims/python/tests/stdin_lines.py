# stdin: 3\n4\n5\n
import sys

print(sum(int(line) for line in sys.stdin))
