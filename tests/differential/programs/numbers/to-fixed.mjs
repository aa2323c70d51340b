import { each } from '../../show.mjs';
const values = [0, -0, 0.5, 1.5, 2.5, -0.5, 1.005, 1.45, 8.345, 0.000001, 1e20, 1e21, 123.456, -1.5, NaN, Infinity, 2 ** 69, 999999999999999.9, 0.1 + 0.2, 5e-324];
for (const digits of [0, 1, 2, 7, 20, 50, 100]) each(`toFixed(${digits})`, values, (value) => value.toFixed(digits));
each('digits', [-1, 101, NaN, undefined, null, '3', 2.9, -0.9, 2 ** 32, 2 ** 32 + 2, 1e300, Infinity, {}, 3n], (digits) => (1.23456789).toFixed(digits));
