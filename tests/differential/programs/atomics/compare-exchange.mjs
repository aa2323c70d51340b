import { tell, told } from '../../show.mjs';
for (const Type of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
  const seen = [];
  for (const expected of [0, 255, -1, 256, 511, 65535, 2 ** 32 - 1, 2 ** 32 + 255, -1.5, NaN, '255', undefined]) {
    const array = new Type([255]);
    seen.push([Atomics.compareExchange(array, 0, expected, 300), array[0]]);
  }
  tell(Type.name, ...seen);
}
told('order', () => { const seen = []; const value = (name, result) => ({ valueOf() { seen.push(name); return result; } }); Atomics.compareExchange(new Int32Array(2), value('index', 1), value('expected', 0), value('replacement', 5)); return seen; });
told('order of store', () => { const seen = []; const value = (name, result) => ({ valueOf() { seen.push(name); return result; } }); Atomics.store(new Int32Array(2), value('index', 1), value('value', 0)); return seen; });
told('constructor is not asked', () => { const array = new Int32Array([3]); array.constructor = function () { throw new Error('asked'); }; return [Atomics.compareExchange(array, 0, 3, 4), array[0]]; });
told('no constructor', () => { const array = new Uint8Array([3]); Object.defineProperty(array, 'constructor', { value: undefined }); return [Atomics.compareExchange(array, 0, 259, 4), array[0]]; });
