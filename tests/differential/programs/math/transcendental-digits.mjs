import { tell } from '../../show.mjs';
// What the specification leaves to the implementation, to twelve digits: more would compare two libraries of C.
const short = (value) => Number(value.toPrecision(12));
for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt', 'sqrt']) {
  const results = [];
  for (let at = -12; at <= 12; at++) results.push(short(Math[name](at * 0.37 + 0.01)));
  tell(name, results);
}
tell('pow', [1.1, 2.5, 10, 0.3].map((base) => [0.5, 1 / 3, -2.7, 17.2].map((exponent) => short(base ** exponent))));
tell('atan2', [-2, 0.5, 7].map((y) => [-3, 0.1, 4].map((x) => short(Math.atan2(y, x)))));
tell('hypot', [[1, 2], [3, 5, 7], [1e-200, 1e-200], [0.1, 0.2, 0.3]].map((list) => short(Math.hypot(...list))));
