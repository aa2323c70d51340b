# needs: packages
# flags: --limit cpu=60s,wall=2m
import sympy

x = sympy.symbols("x")
print(sympy.integrate(sympy.sin(x) * sympy.exp(x), x))
print(sympy.factor(x**4 - 1), sympy.solve(x**2 - 2, x), sympy.pi.evalf(30))
