import { tell } from '../../show.mjs';
// What store gives is the number that was given, as an integer, and not what the array holds of it.
const array = new Int8Array(1);
tell('numbers', [300, -0, 0.5, -0.5, 1e300, NaN, Infinity, -Infinity, 2 ** 53, '1e3', null].map((value) => [Atomics.store(array, 0, value), array[0]]));
const big = new BigInt64Array(1);
tell('big', [2n ** 64n, -(2n ** 64n) - 1n, 5n].map((value) => [Atomics.store(big, 0, value), big[0]]));
const unsigned = new Uint32Array(1);
tell('wraps', [Atomics.sub(unsigned, 0, 1), unsigned[0], Atomics.add(unsigned, 0, 2), unsigned[0], Atomics.xor(unsigned, 0, -1), unsigned[0], Atomics.and(unsigned, 0, 0xff), unsigned[0], Atomics.or(unsigned, 0, 0x80000000), unsigned[0]]);
const shared = new Uint16Array(new SharedArrayBuffer(4));
tell('shared', Atomics.add(shared, 1, 65535), Atomics.add(shared, 1, 2), shared);
const offset = new Int32Array(new ArrayBuffer(16), 8);
tell('offset', Atomics.store(offset, 1, 7), new Int32Array(offset.buffer));
