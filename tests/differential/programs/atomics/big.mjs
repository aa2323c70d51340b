import { tell, told } from '../../show.mjs';
for (const Type of [BigInt64Array, BigUint64Array]) {
  const array = new Type(2);
  const seen = [];
  for (const value of [1n, -1n, 2n ** 63n, 2n ** 64n + 7n, -(2n ** 100n) - 3n, true, '12']) {
    array[0] = 5n;
    seen.push([Atomics.store(array, 0, value), Atomics.add(array, 0, value), Atomics.sub(array, 0, value), Atomics.and(array, 0, value), Atomics.or(array, 0, value), Atomics.xor(array, 0, value), Atomics.exchange(array, 0, value), Atomics.load(array, 0), Atomics.compareExchange(array, 0, value, 9n), array[0]]);
  }
  tell(Type.name, ...seen);
}
told('number given', () => Atomics.store(new BigInt64Array(1), 0, 1));
told('bigint given', () => Atomics.add(new Int32Array(1), 0, 1n));
told('text', () => Atomics.add(new BigInt64Array(1), 0, 'x'));
