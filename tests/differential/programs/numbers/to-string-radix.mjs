import { each } from '../../show.mjs';
const values = [0, -0, 1, -1, 0.1, 0.5, 1 / 3, 255, 255.75, -1e21, 1e21, 1e-7, 123456789.123, 2 ** 53, 2 ** -1074, Number.MAX_VALUE, NaN, -Infinity];
for (const radix of [2, 3, 7, 8, 10, 16, 32, 36]) each(`radix ${radix}`, values, (value) => value.toString(radix));
each('bad radix', [1, 37, 0, -2, NaN, Infinity, '8', 2.9, 36.99, undefined, null, 2 ** 32 + 2], (radix) => (255).toString(radix));
