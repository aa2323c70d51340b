import sympy

x, y = sympy.symbols("x y")
print(sympy.integrate(sympy.sin(x) * sympy.exp(x), x))
print(sympy.factor(x**4 - y**4), sympy.solve([x + y - 3, x - y - 1], [x, y]), sympy.pi.evalf(40))
print(sympy.limit(sympy.sin(x) / x, x, 0), sympy.series(sympy.cos(x), x, 0, 6), sympy.Matrix([[1, 2], [3, 4]]).det())
print(sympy.latex(sympy.Rational(3, 4) * x**2), sympy.factorint(2**61 - 1), sympy.simplify("(x**2 - 1)/(x - 1)"))
