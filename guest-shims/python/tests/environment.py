# flags: --env GIVEN=value
import os

print(os.environ["GIVEN"], os.getenv("HOME"), sorted(os.environ))
os.environ["OWN"] = "set"
print(os.environ["OWN"], os.getcwd(), os.name)
