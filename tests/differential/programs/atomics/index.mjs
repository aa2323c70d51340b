import { each, told } from '../../show.mjs';
const array = new Int32Array([10, 20, 30]);
for (const [name, work] of Object.entries({ load: (at) => Atomics.load(array, at), store: (at) => Atomics.store(array, at, 10), add: (at) => Atomics.add(array, at, 0), compareExchange: (at) => Atomics.compareExchange(array, at, 10, 10), notify: (at) => Atomics.notify(array, at) })) {
  each(name, [0, 2, 3, -1, -0, 1.9, -0.9, NaN, undefined, null, '1', '01', 'x', true, 2 ** 32, 2 ** 32 + 1, 2 ** 53, Infinity, -Infinity, {}, [1], 1n, Symbol('s')], work);
}
told('empty', () => Atomics.load(new Int32Array(0), 0));
