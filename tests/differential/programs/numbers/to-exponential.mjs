import { each } from '../../show.mjs';
const values = [0, -0, 1, 12.5, 123456, 0.00015, 1e21, 1.7976931348623157e308, 5e-324, -25, 99.99, NaN, Infinity, 0.1, 345.5];
each('shortest', values, (value) => value.toExponential());
for (const digits of [0, 1, 2, 5, 16, 21, 100]) each(`toExponential(${digits})`, values, (value) => value.toExponential(digits));
each('digits', [-1, 101, NaN, '3', 2 ** 32 + 1, Infinity, -0.5], (digits) => (12345.678).toExponential(digits));
each('not finite', [-1, 101, Infinity], (digits) => NaN.toExponential(digits));
