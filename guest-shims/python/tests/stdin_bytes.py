# stdin: ab\ncd\n
import sys

print(sys.stdin.buffer.readline(), sys.stdin.buffer.read())
try:
    input()
except EOFError as error:
    print("end:", error)
