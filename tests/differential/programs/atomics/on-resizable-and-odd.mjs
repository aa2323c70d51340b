import { tell, told } from '../../show.mjs';
const make = (Kind, length = 4) => new Kind(new SharedArrayBuffer(length * Kind.BYTES_PER_ELEMENT));
for (const Kind of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) { const t = make(Kind); tell(Kind.name, Atomics.store(t, 0, -1), Atomics.add(t, 0, 2), Atomics.sub(t, 0, 3), Atomics.and(t, 0, 0x55), Atomics.or(t, 0, 8), Atomics.xor(t, 0, 1), Atomics.exchange(t, 1, 300), Atomics.compareExchange(t, 1, 44, 7), [...t]); }
told('floats', () => Atomics.add(new Float64Array(1), 0, 1));
told('clamped', () => Atomics.load(new Uint8ClampedArray(1), 0));
told('beyond', () => Atomics.load(new Int32Array(1), 1));
told('negative', () => Atomics.load(new Int32Array(1), -1));
told('index conversion', () => { const t = new Int32Array([1, 2]); return [Atomics.load(t, '1'), Atomics.load(t, 0.9), Atomics.load(t, null)]; });
told('value conversion comes before', () => { const t = new Int32Array(1); return Atomics.add(t, 0, { valueOf() { t[0] = 10; return 5; } }); });
told('detached during conversion', () => { const t = new Int32Array(1); Atomics.store(t, 0, { valueOf() { t.buffer.transfer(); return 1; } }); });
tell('lock free', [1, 2, 4, 3, 5].map((size) => Atomics.isLockFree(size)));
told('notify without shared memory', () => Atomics.notify(new Int32Array(1), 0));
told('wait without shared memory', () => Atomics.wait(new Int32Array(1), 0, 0, 0));
told('store gives the number', () => [Object.is(Atomics.store(new Int32Array(1), 0, -0), 0), Atomics.store(new Int8Array(1), 0, 300.7), Atomics.store(new Int8Array(1), 0, NaN)]);
