import { tell, told } from '../../show.mjs';
for (const text of ['1', '-0', '01', '+1', '.5', '5.', '1e5', '1E+5', '1e', '-', '--1', 'NaN', 'Infinity', '"\\u00e9"', '"\\x41"', '"\t"', "'a'", '"\\ud800"', '"\ud800"', '"\u2028"', '[1,]', '[,1]', '[]]', '{"a":1,}', '{a:1}', '{"a"}', '{"a":1 "b":2}', '{"a":1}x', ' \t\r\n1 ', '\ufeff1', '\u00a01', '/*a*/1', 'nul', 'true ', '', ' ', '"', '"\\"', '[', '{', '"\\u12"', '"\\u{61}"', '0x10', '1_0', '[1] ,']) told(JSON.stringify(text), () => JSON.parse(text));
tell('doubled keys', JSON.parse('{"a":1,"b":2,"a":3}'), Object.keys(JSON.parse('{"b":1,"2":1,"a":1,"1":1}')));
tell('__proto__', (() => { const o = JSON.parse('{"__proto__":{"x":1},"y":2}'); return [Object.keys(o), o.x, Object.getPrototypeOf(o) === Object.prototype]; })());
tell('numbers', JSON.parse('[1e400,-1e400,1e-400,9007199254740993,0.1,123456789012345678901234567890,5e-324,-0]').map((v) => (Object.is(v, -0) ? '-0' : v)));
tell('not text', JSON.parse(null), JSON.parse(5), JSON.parse(['1']), JSON.parse({ toString: () => '[2]' }));
told('nothing', () => JSON.parse());
told('deep', () => { let depth = 0; for (let v = JSON.parse(`${'['.repeat(500)}1${']'.repeat(500)}`); Array.isArray(v); v = v[0]) depth++; return depth; });
