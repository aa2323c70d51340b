import { tell, told } from '../../show.mjs';
told('refs', () => { const o = { a: 1 }; const r = new WeakRef(o); return [r.deref() === o, Object.prototype.toString.call(r), WeakRef.length, r.constructor === WeakRef]; });
for (const value of [1, 'a', null, undefined, Symbol('local'), Symbol.for('registered'), Symbol.iterator]) { const label = String(value?.toString?.() ?? value); told(`ref of ${label}`, () => typeof new WeakRef(value).deref()); told(`map of ${label}`, () => { const m = new WeakMap(); m.set(value, 1); return m.get(value); }); told(`set of ${label}`, () => new WeakSet([value]).has(value)); told(`registered ${label}`, () => new FinalizationRegistry(() => {}).register(value, 'held')); }
told('without new', () => WeakRef({}));
told('registry', () => { const r = new FinalizationRegistry(() => {}); const o = {}, token = {}; return [r.register(o, 'held', token), r.unregister(token), r.unregister(token), r.unregister({})]; });
told('held is the target', () => { const o = {}; new FinalizationRegistry(() => {}).register(o, o); });
told('token of a number', () => new FinalizationRegistry(() => {}).register({}, 1, 5));
told('unregister a number', () => new FinalizationRegistry(() => {}).unregister(5));
told('callback', () => new FinalizationRegistry(5));
told('weak collections', () => { const k = {}, f = () => {}; const m = new WeakMap([[k, 1], [f, 2]]); m.set(k, m.get(k) + 1); return [m.get(k), m.has(f), m.delete(f), m.delete(f), m.has({}), m.get(5), m.has(5), m.delete(5), 'size' in m, Symbol.iterator in m]; });
told('cycles through weak maps', () => { const m = new WeakMap(); let k = {}; for (let at = 0; at < 1000; at++) { const n = {}; m.set(n, k); k = n; } let depth = 0; for (let n = k; n; n = m.get(n)) depth++; return depth; });
told('frozen keys', () => { const k = Object.freeze({}); const m = new WeakMap([[k, 'v']]); return m.get(k); });
told('proxies are keys of their own', () => { const t = {}; const p = new Proxy(t, {}); const m = new WeakMap([[t, 't'], [p, 'p']]); return [m.get(t), m.get(p)]; });
tell('prototypes', [WeakMap, WeakSet, WeakRef, FinalizationRegistry].map((C) => [C.name, C.length, Reflect.ownKeys(C.prototype).map(String).sort()]));
