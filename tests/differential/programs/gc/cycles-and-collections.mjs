import { told } from '../../show.mjs';
// What a collector must not break: many cycles, closures over what is gone, tables that grow and shrink.
told('cycles', () => { let last; for (let at = 0; at < 20000; at++) { const a = { at }; const b = { a }; a.b = b; last = a; } return last.b.a.at; });
told('closures in cycles', () => { const keep = []; for (let at = 0; at < 5000; at++) { const object = { value: at }; object.read = () => object.value; if (at % 500 === 0) keep.push(object.read); } return keep.map((each) => each()); });
told('generators kept alive', () => { const keep = []; for (let at = 0; at < 3000; at++) { const it = (function* () { const self = { at }; yield () => self.at; yield self.at; })(); const f = it.next().value; if (at % 300 === 0) keep.push([f, it]); } return keep.map(([f, it]) => [f(), it.next().value]); });
told('maps in cycles', () => { const root = new Map(); for (let at = 0; at < 3000; at++) { const inner = new Map([['root', root], ['at', at]]); root.set(at % 50, inner); } return [...root.values()].reduce((sum, inner) => sum + inner.get('at'), 0); });
told('weak keys', () => { const map = new WeakMap(); let key; for (let at = 0; at < 10000; at++) { const object = { at }; map.set(object, { object }); if (at === 5000) key = object; } return map.get(key).object.at; });
told('buffers', () => { let sum = 0; for (let at = 0; at < 2000; at++) { const bytes = new Uint8Array(1000); bytes[at % 1000] = at; sum += bytes[at % 1000]; } return sum; });
told('strings', () => { let keep = ''; for (let at = 0; at < 20000; at++) { const text = `text ${at}`; if (at % 4000 === 0) keep += text; } return keep; });
told('proxies and getters', () => { let n = 0; for (let at = 0; at < 5000; at++) { const target = {}; const proxy = new Proxy(target, { get: () => proxy }); target.self = proxy; if (proxy.x === proxy) n++; } return n; });
const keep = [];
for (let at = 0; at < 2000; at++) { const step = async () => { const local = { at }; const read = () => local.at; await null; keep.push(read); return read; }; step(); }
await null;
await null;
print(`${keep.length} ${keep.reduce((sum, read) => sum + read(), 0)}`);
const ref = new WeakRef(keep);
print(ref.deref() === keep);
