import { tell } from '../../show.mjs';
const view = new DataView(new ArrayBuffer(8));
const bits = (value) => { view.setFloat64(0, value); return view.getBigUint64(0).toString(16).padStart(16, '0'); };
tell('sums', [0.1 + 0.2, 0.1 * 3, 1 / 3, 1e16 + 1, 1e16 + 1.5, 5e-324 / 2, 2 ** 53 + 1.5, -0 + 0, 0 * -1, 1 / -Infinity].map(bits));
tell('remainders', [5.5 % 2, -5.5 % 2, 1e308 % 3, 0.3 % 0.1, 2 ** 60 % 7, -0 % 5, 5 % Infinity, 1e-310 % 3e-311].map(bits));
tell('subnormal', [1e-310 * 0.5, 2.2250738585072014e-308 - 5e-324, 4.9e-324 * 1.5, 1e-320 + 1e-322, Math.sqrt(1e-310)].map(bits));
tell('rounded', [Math.fround(0.1), Math.fround(1e40), Math.fround(1e-46), Math.round(-0.2), Math.round(2.5), Math.round(-2.5), Math.trunc(-0.9)].map(bits));
tell('parsed', ['0.1', '1e-310', '123456789012345678', '9007199254740993', '4.35', '1.15', '2.675', '1e23', '8.5e-322'].map((text) => bits(Number(text))));
tell('roots', [2, 3, 0.5, 1e300, 1e-300, 123456.789].map((value) => bits(Math.sqrt(value))));
let sum = 0;
let compensation = 0;
for (let at = 1; at <= 5000; at++) { const y = 1 / at - compensation; const t = sum + y; compensation = t - sum - y; sum = t; }
tell('harmonic', bits(sum), sum);
