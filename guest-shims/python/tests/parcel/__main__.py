import sys

from parcel import NAME

print(NAME, sys.argv, __name__, __package__)
