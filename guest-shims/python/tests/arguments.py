# arguments: {path} one "two words" -c --three
import sys

print(sys.argv, __name__, __file__, sys.path[0], __spec__, __package__)
print(sys.modules["__main__"].__dict__ is globals(), __loader__.get_filename("__main__"))
