import { each } from '../../show.mjs';
const values = [0, -0, 1, 12.5, 123456, 0.00015, 0.0000015, 1e21, 1.7976931348623157e308, 5e-324, -25, 99.99, NaN, Infinity, 1.25, 1.35, 1e-7];
each('undefined', values, (value) => value.toPrecision());
for (const digits of [1, 2, 3, 6, 16, 17, 21, 100]) each(`toPrecision(${digits})`, values, (value) => value.toPrecision(digits));
each('digits', [0, -1, 101, NaN, '3', 2 ** 32 + 1, Infinity, 1.9], (digits) => (12345.678).toPrecision(digits));
