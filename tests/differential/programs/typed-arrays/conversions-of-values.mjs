import { tell, told } from '../../show.mjs';
const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, ...(typeof Float16Array === 'function' ? [Float16Array] : [])];
for (const Kind of kinds) tell(Kind.name, Kind.from([0, -1, 1.5, 2.5, -0.5, 127.9, 255.5, 256, 65535.5, 2 ** 31, 2 ** 32 + 3, -(2 ** 40), NaN, Infinity, -Infinity, 1e300, '7', '', null, undefined, true, [9]]));
for (const Kind of [BigInt64Array, BigUint64Array]) { tell(Kind.name, Kind.from([0n, -1n, 2n ** 63n, 2n ** 64n + 5n, -(2n ** 70n) - 1n, '12', true])); told(`${Kind.name} of a number`, () => Kind.of(1)); told(`${Kind.name} of nothing`, () => Kind.of(undefined)); }
told('a number array of a big integer', () => Uint8Array.of(1n));
tell('between kinds', new Int8Array(new Float64Array([300.7, -1, NaN])), new Float32Array(new Uint8Array([1, 2])), new Uint16Array(new Int8Array([-1])), new BigInt64Array(new BigUint64Array([2n ** 63n])));
told('between big and small', () => new Uint8Array(new BigInt64Array(1)));
told('order of a conversion', () => { const seen = []; const t = new Uint8Array(2); t[5] = { valueOf() { seen.push('asked'); return 1; } }; Reflect.set(t, '-0', { valueOf() { seen.push('minus zero'); return 1; } }); Reflect.set(t, '1.5', { valueOf() { seen.push('half'); return 1; } }); return [seen, Reflect.ownKeys(t)]; });
told('keys that look like numbers', () => { const t = new Uint8Array([7]); t['1e3'] = 1; t['+1'] = 2; t[' 0'] = 3; t['00'] = 4; return [Reflect.ownKeys(t), '-0' in t, '0' in t, t['-0'], 'Infinity' in t]; });
told('set', () => { const t = new Uint8Array(4); t.set('123', 1); t.set([9]); t.set({ length: 1, 0: 300 }, 3); return t; });
told('set beyond', () => new Uint8Array(2).set([1, 2], 1));
told('set at a negative place', () => new Uint8Array(2).set([1], -1));
told('of itself', () => { const t = new Uint8Array([1, 2, 3, 4]); t.set(t.subarray(0, 3), 1); const u = new Uint16Array(t.buffer); t.set(u); return [t, u]; });
