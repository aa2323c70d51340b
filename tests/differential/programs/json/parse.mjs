import { each, told } from '../../show.mjs';
each('parse', ['1', '-0', '-', '01', '1.', '.5', '1e5', '1E+5', '1e', '1e400', '+1', 'NaN', 'null', 'nul', 'true ', '\ufeff1', '\u00a01', ' \t\n\r1', '"a"', "'a'", '"\\u0041"', '"\\u12"', '"\\x41"', '"\n"', '"\\n\\/\\b"', '"\u2028"', '"\\ud83d"', '"\t"', '[]', '[1,]', '[,1]', '[1 2]', '{}', '{"a":1,}', '{a:1}', '{"a":1 "b":2}', '{"a"}', '{"a":1,"a":2}', '[[[]]]', '1 2', '', ' ', '//x', '{"__proto__":1}', '{"1":1,"b":2,"0":3}', '"\\', '"a', '[', '{"a":', '0x10', '1_0', 'undefined', '"\u0000"', '9007199254740993', '1.7976931348623159e308', '0.1e-400', '"\\uD83D\\uDE00"'], JSON.parse);
told('values', () => [JSON.parse(null), JSON.parse(5), JSON.parse([[1]]), JSON.parse({ toString: () => '{"a":1}' })]);
told('undefined', () => JSON.parse(undefined));
told('symbol', () => JSON.parse(Symbol('s')));
told('proto', () => { const got = JSON.parse('{"__proto__":{"x":1},"y":2}'); return [Object.keys(got), got.x, Object.getPrototypeOf(got) === Object.prototype]; });
told('deep', () => { const depth = 500; let got = JSON.parse('['.repeat(depth) + ']'.repeat(depth)); let count = 0; while (got) { count++; got = got[0]; } return count; });
