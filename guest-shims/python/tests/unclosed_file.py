# needs: scratch
# A file that nobody closed is written at the end; the next line proves it from a finalizer that runs later.
import sys


class Reader:
    def __del__(self, open=open):
        print(open("/scratch/unclosed").read())


aa_file = open("/scratch/unclosed", "w")
aa_file.write("all of it is there")
reader = Reader()
