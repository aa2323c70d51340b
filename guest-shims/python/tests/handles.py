# needs: files
# Nothing that the build had open is open here.
import os
import stat

for path in ("/python", "/python/os.py", "/0", "/world", "/bundled", "library.bin"):
    try:
        os.stat(path)
        print(path, "is there")
    except OSError as error:
        print(path, error.strerror)
for descriptor in range(3, 20):
    try:
        print(descriptor, "is a folder of this run" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "is open")
    except OSError:
        pass
