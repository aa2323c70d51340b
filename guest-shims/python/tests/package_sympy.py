# needs: packages
# flags: --limit cpu=60s,wall=2m
import struct
import sys
import types

# sympy asks ctypes for the size of a `long`, and for nothing else.
sys.modules["ctypes"] = types.SimpleNamespace(c_long="l", sizeof=struct.calcsize)
import sympy

x = sympy.symbols("x")
print(sympy.integrate(sympy.sin(x) * sympy.exp(x), x))
print(sympy.factor(x**4 - 1), sympy.solve(x**2 - 2, x), sympy.pi.evalf(30))
