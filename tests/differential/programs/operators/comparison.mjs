import { told } from '../../show.mjs';
const values = { undefined: undefined, null: null, zero: 0, nan: NaN, text: 'a', number: '10', empty: '', big: 10n, list: [10], object: {}, date: new Date(10), symbol: null };
const names = Object.keys(values);
for (const name of names) { told(`${name} loosely`, () => names.filter((other) => values[name] == values[other])); told(`${name} strictly`, () => names.filter((other) => values[name] === values[other])); told(`${name} less`, () => names.filter((other) => values[name] < values[other])); told(`${name} at most`, () => names.filter((other) => values[name] <= values[other])); }
told('text', () => ['a' < 'b', 'a' < 'B', 'a' < 'aa', '10' < '9', '10' < 9, '\ud83d\ude00' < '\uffff', '' < 'a', 'é' < 'z']);
told('mixed', () => [null >= 0, null > 0, null == 0, undefined == 0, undefined >= undefined, [] == ![], [] == '', [0] == false, [[]] == 0, '1' == [1], 'b' > 'a', NaN != NaN]);
told('bigint', () => [1n < 2, 2 > 1n, 1n == 1, 1n === 1, '2' > 1n, 'x' > 1n, 1n < NaN, 9007199254740993n > 9007199254740992, 2n ** 64n > Infinity, 1.5 > 1n]);
told('objects', () => [{ valueOf: () => 2 } > 1, { toString: () => 'b' } > 'a', { valueOf: () => 'b', toString: () => 'z' } < 'c', new Date(5) > 4, new Date(5) == 5, Object(1) == 1, Object(1) == Object(1), Object('a') == 'a']);
told('symbols', () => { const s = Symbol(); return [s == s, s == Object(s), s === Object(s), s == 'Symbol()', (() => { try { return s < 1; } catch (error) { return error.name; } })()]; });
