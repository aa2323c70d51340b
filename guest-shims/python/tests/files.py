# needs: files, scratch
import os
import pathlib
import shutil
import tempfile

root = pathlib.Path("/scratch")
(root / "folder").mkdir()
(root / "folder" / "file.txt").write_text("text\n")
with open("/scratch/folder/file.txt", "a") as file:
    file.write("more\n")
print((root / "folder" / "file.txt").read_text().split(), os.path.getsize("/scratch/folder/file.txt"))
os.rename("/scratch/folder/file.txt", "/scratch/moved")
shutil.copy("/scratch/moved", "/scratch/copied")
os.chdir("/scratch")
print(sorted(os.listdir(".")), os.getcwd(), pathlib.Path("moved").exists())
with tempfile.NamedTemporaryFile(dir="/scratch") as file:
    file.write(b"x")
    print(file.name.startswith("/scratch/tmp"))
shutil.rmtree("folder")
print([entry.name for entry in os.scandir("/scratch")] != [])
try:
    open("/program/new", "w")
except OSError as error:
    print(type(error).__name__, error.strerror)
try:
    open("/elsewhere/secret")
except OSError as error:
    print(type(error).__name__, error.strerror)
