import { each } from '../../show.mjs';
const text = 'abc\u{1f600}\ud800';
const places = [0, 1, 3, 4, 5, 6, -1, -6, -7, NaN, undefined, null, '2', 1.9, -0.5, 2 ** 31, 2 ** 32, 2 ** 32 + 1, -(2 ** 32) - 1, 2 ** 53, 1e300, -1e300, Infinity, -Infinity, true, [1], {}];
for (const name of ['at', 'charAt', 'charCodeAt', 'codePointAt', 'slice', 'substring', 'substr']) each(name, places, (at) => text[name](at));
for (const name of ['slice', 'substring', 'substr']) each(`${name} two`, places, (at) => text[name](2, at));
each('bigint', ['at', 'charAt', 'slice'], (name) => text[name](1n));
