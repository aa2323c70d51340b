import { each } from '../../show.mjs';
const values = [0, -0, 1, -1, NaN, Infinity, -Infinity];
for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt']) {
  each(name, [0, -0, NaN, Infinity, -Infinity], Math[name]);
}
each('exp', [1000, -1000], Math.exp);
each('log', [-1, 1], Math.log);
each('log2', [1, 2, 8, 1024, 2 ** 52, 0.5], Math.log2);
each('log10', [1, 10, 1000, 1e15], Math.log10);
each('cbrt', [1, 8, 27, -64, 1000, 1e300], Math.cbrt);
for (const y of values) each(`atan2 of ${Object.is(y, -0) ? '-0' : y} and`, [0, -0, Infinity, -Infinity, NaN].filter((x) => y !== 1 || x !== 0), (x) => Math.atan2(y, x));
for (const base of values) each(`pow of ${Object.is(base, -0) ? '-0' : base} and`, [...values, 2, 3, -3, 0.5], (exponent) => Math.pow(base, exponent));
