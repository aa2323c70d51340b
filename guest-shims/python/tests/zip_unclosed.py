# needs: scratch
# Streams around streams are closed from the outside in.
import atexit
import gzip
import io

text = io.TextIOWrapper(gzip.open("/scratch/a.gz", "wb"), encoding="utf-8")
text.write("held in three places")


class Later:
    def __del__(self, open=gzip.open):
        text.close()
        print(open("/scratch/a.gz", "rt").read())


later = Later()
