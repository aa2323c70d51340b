import { tell } from '../../show.mjs';
const values = [0, -0, 1, -1, 2, -2, 0.5, 3, -3, Infinity, -Infinity, NaN];
for (const base of values) tell(`${Object.is(base, -0) ? '-0' : base} **`, values.map((exponent) => base ** exponent));
tell('exact', 2 ** 10, 10 ** 15, 10 ** 22, 3 ** 33, 7 ** 18, 2 ** -1074, 2 ** 1023, 2 ** 1024, (-2) ** 31, (-2) ** 63, 1.5 ** 2, 4 ** 0.5, 1 ** Infinity, (-1) ** Infinity);
tell('right to left', 2 ** 3 ** 2, (2 ** 3) ** 2, 2 ** -1, -(2 ** 2));
let power = 3;
power **= 2;
power **= 0.5;
tell('assigned', power);
