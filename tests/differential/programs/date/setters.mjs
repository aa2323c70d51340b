import { tell } from '../../show.mjs';
const names = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
const values = [0, 1, -1, 12, 31, 60, 1000, 1e5, 1e9, 1e18, 1e300, NaN, '3', 2.9, -0.5, Infinity, 2 ** 31, 2 ** 32 + 1];
for (const name of names) {
  for (const zone of ['UTC', '']) tell(`set${zone}${name}`, values.map((value) => new Date(951827696789)[`set${zone}${name}`](value)));
}
tell('more arguments', new Date(0).setUTCFullYear(2001, 1, 29), new Date(0).setUTCHours(1, 2, 3, 4), new Date(0).setUTCMinutes(61, 61, 1001), new Date(0).setUTCMonth(13, 0));
tell('invalid', new Date(NaN).setUTCFullYear(2000), new Date(NaN).setUTCHours(1), new Date(NaN).setFullYear(2000, 5), new Date(NaN).setMonth(1), new Date(NaN).setTime(7));
tell('setYear', new Date(0).setYear(99), new Date(0).setYear(100), new Date(0).setYear(NaN), new Date(NaN).setYear(70));
tell('no argument', new Date(0).setUTCDate(), new Date(0).setTime(), new Date(0).setHours());
