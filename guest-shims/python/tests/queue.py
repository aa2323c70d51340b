# A module of the program's own, under a name of the library: imported by shadowing.py.
OWN = True
