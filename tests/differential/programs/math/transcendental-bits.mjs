import { tell } from '../../show.mjs';
// Every bit of what the specification leaves to the implementation, as a sum over a range of arguments.
const bits = new DataView(new ArrayBuffer(8));
const add = (sum, value) => {
  bits.setFloat64(0, value);
  return BigInt.asUintN(64, sum * 31n + bits.getBigUint64(0));
};
for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'cbrt', 'sqrt']) {
  let sum = 0n;
  for (let at = -500; at <= 500; at++) {
    const value = Math[name](at * 0.0173 + 0.001);
    if (!Number.isNaN(value)) sum = add(sum, value);
  }
  tell(name, sum.toString(16));
}
let powers = 0n;
for (let base = 0.1; base < 9; base += 0.37) for (let exponent = -9; exponent < 9; exponent += 0.41) powers = add(powers, base ** exponent);
tell('pow', powers.toString(16));
tell('hypot', Math.hypot(1, 1, 1, 1), Math.hypot(1e200, 1e200), Math.hypot(0.1, 0.2, 0.3));
