# Nothing that the build had open is open here.
import os

for path in ("/python", "/python/os.py", "/0", "/world", "/bundled", "library.bin"):
    try:
        os.stat(path)
        print(path, "is there")
    except OSError as error:
        print(path, error.strerror)
for descriptor in range(3, 20):
    try:
        print(descriptor, os.fstat(descriptor))
    except OSError:
        pass
print(sorted(os.listdir("/program"))[:1])
