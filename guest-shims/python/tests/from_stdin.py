# arguments: - one two
# stdin: {code}
import sys

print(sys.argv, __name__, repr(sys.stdin.read()))
