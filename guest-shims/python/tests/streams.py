# stdin: first\nsecond gr\u00fcn\nthird without end
import sys

print(sys.stdin.readline(), end="")
print(input("prompt> "))
print(repr(sys.stdin.read()), repr(sys.stdin.read()))
print("to the error stream", file=sys.stderr)
sys.stdout.buffer.write(b"bytes \xf0\x9f\x90\x8d\n")
sys.stdout.write("text grün 漢字\n")
print(sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors, sys.stdin.encoding)
print(sys.stdout.name, sys.stdout.mode, sys.stdin.name, sys.stderr.name)
print(sys.stdout.fileno(), sys.stdin.isatty(), sys.stdout.isatty(), sys.stdout.line_buffering)
print(sys.stdout is sys.__stdout__)
try:
    print("\ud800")
except UnicodeEncodeError as error:
    print("not encoded:", error.reason)
print("\ud800", file=sys.stderr)
