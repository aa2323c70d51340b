import { tell } from '../../show.mjs';
const values = { zero: 0, minus: -0, one: 1, text: '1', empty: '', space: ' ', yes: true, no: false, nothing: null, missing: undefined, nan: NaN, big: 1n, list: [], one_list: [1], object: { valueOf: () => 1 } };
const names = Object.keys(values);
for (const name of names) {
  tell(`${name} ==`, names.filter((other) => values[name] == values[other]));
  tell(`${name} <`, names.filter((other) => values[name] < values[other]));
  tell(`${name} >=`, names.filter((other) => values[name] >= values[other]));
}
tell('is', Object.is(NaN, NaN), Object.is(0, -0), [NaN].includes(NaN), [NaN].indexOf(NaN), [-0].includes(0), new Set([0, -0, NaN, NaN]).size);
