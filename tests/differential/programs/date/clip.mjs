import { each, told } from '../../show.mjs';
each('value', [8.64e15, 8.64e15 + 1, -8.64e15, -8.64e15 - 1, 8.64e15 + 0.5, 0.9, -0.9, -0, NaN, Infinity, 1e300, 2 ** 53, '5', '2000', null, undefined, true, 5n], (value) => new Date(value).getTime());
told('minus zero', () => Object.is(new Date(-0).getTime(), 0));
told('a date', () => { const date = new Date(5.9); return [new Date(date).getTime(), new Date(date) === date]; });
told('an object', () => [new Date({ valueOf: () => 7 }).getTime(), new Date({ [Symbol.toPrimitive]: (hint) => `2000-01-0${hint.length - 6}` }).getTime()]);
told('a symbol', () => new Date(Symbol('s')));
told('called', () => typeof Date(0));
told('date of an overwritten value', () => { const date = new Date(9); date.valueOf = () => 100; date[Symbol.toPrimitive] = () => 200; return new Date(date).getTime(); });
