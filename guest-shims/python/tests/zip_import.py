# needs: scratch
import sys
import zipfile

with zipfile.ZipFile("/scratch/parts.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("in_zip/__init__.py", "from .inner import VALUE\n")
    archive.writestr("in_zip/inner.py", "VALUE = 7\n")
sys.path.insert(0, "/scratch/parts.zip")
import in_zip

print(in_zip.VALUE, in_zip.__file__, type(in_zip.__loader__).__name__)
