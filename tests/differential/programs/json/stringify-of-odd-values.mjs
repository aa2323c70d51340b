import { tell, told } from '../../show.mjs';
class C { a = 1; #b = 2; get c() { return 3; } static d = 4; }
tell('values', JSON.stringify(undefined), JSON.stringify(() => {}), JSON.stringify(Symbol('x')), JSON.stringify([undefined, () => {}, Symbol('x')]), JSON.stringify({ a: undefined, b() {}, [Symbol('x')]: 1 }), JSON.stringify(new C()), JSON.stringify([NaN, Infinity, -0]), JSON.stringify(Object(1)), JSON.stringify([Object('s'), Object(true), new Date(0)]), JSON.stringify(Object(Symbol('x'))), JSON.stringify(/a/g), JSON.stringify(new Map([[1, 2]])), JSON.stringify(new Uint8Array([1, 2])), JSON.stringify(Object.create({ a: 1 })), JSON.stringify(new Error('x')));
tell('strings', JSON.stringify('\u0000\u001f\b\f\n\r\t"\\/\u007f\u2028\u2029'), JSON.stringify('\ud800'), JSON.stringify('\udc00a\ud83d\ude00\ud83d'), JSON.stringify({ '\ud800': 1 }));
told('toJSON', () => { const seen = []; const v = { toJSON(key) { seen.push(key); return `json of ${key}`; } }; return [JSON.stringify({ a: v, b: [v] }), JSON.stringify(v), seen]; });
told('toJSON of primitives', () => { String.prototype.toJSON = function () { return `s:${typeof this}`; }; try { return JSON.stringify(['x']); } finally { delete String.prototype.toJSON; } });
told('replacer after toJSON', () => JSON.stringify({ a: new Date(0), b: 2 }, function (key, value) { return key === 'a' ? [typeof value, this[key] instanceof Date] : value; }));
told('list of keys', () => JSON.stringify({ b: 1, a: { b: 2, c: 3 }, 1: 4 }, ['a', 'b', 1, 'a', Object('c'), {}, null]));
told('cycles', () => { const o = { a: {} }; o.a.b = o; return JSON.stringify(o); });
told('the same twice is no cycle', () => { const o = {}; return JSON.stringify([o, { o }, o]); });
tell('space', JSON.stringify([1, { a: [] }, {}], null, 2), JSON.stringify([1], null, '--'), JSON.stringify([1], null, 20).length, JSON.stringify([1], null, 'abcdefghijkl'), JSON.stringify([1], null, Object(1)), JSON.stringify([1], null, -1), JSON.stringify({ a: 1 }, null, ''), JSON.stringify([1], null, 0.9), JSON.stringify([1], null, 1.9));
told('getters', () => { const seen = []; return [JSON.stringify({ get a() { seen.push('a'); delete this.b; return 1; }, b: 2 }), seen]; });
told('proxies of arrays', () => JSON.stringify(new Proxy([1, [2]], { get(t, k) { return k === 'length' ? 1 : t[k]; } })));
told('a wrapped number asks', () => { const n = Object(3); n.valueOf = () => 4; const s = Object('a'); s.toString = () => 'b'; return JSON.stringify([n, s]); });
told('raw', () => JSON.rawJSON ? [JSON.stringify({ n: JSON.rawJSON('12345678901234567890') }), JSON.isRawJSON(JSON.rawJSON('1'))] : 'none');
