import { tell } from '../../show.mjs';
for (const Type of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
  const array = new Type(4);
  const seen = [];
  for (const value of [1, -1, 255, 256, 65535, 70000, 2 ** 31, 2 ** 32 + 3, 2 ** 53, 1e300, -1.9, NaN, Infinity, '7', null, undefined, true]) {
    array[0] = 5;
    seen.push([Atomics.store(array, 0, value), array[0], Atomics.add(array, 0, value), Atomics.sub(array, 0, value), Atomics.and(array, 0, value), Atomics.or(array, 0, value), Atomics.xor(array, 0, value), Atomics.exchange(array, 0, value), array[0]]);
  }
  tell(Type.name, ...seen);
}
