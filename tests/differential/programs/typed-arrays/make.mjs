import { each, told } from '../../show.mjs';
const all = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, ...(typeof Float16Array === 'function' ? [Float16Array] : [])];
for (const Type of all) {
  const one = Type.name.startsWith('Big') ? 1n : 1;
  told(Type.name, () => [Type.BYTES_PER_ELEMENT, Type.length, new Type(2), new Type([one, one]), new Type(new Set([one])), Type.of(one), Type.from({ length: 2, 0: one, 1: one }), new Type(null), new Type(undefined)]);
}
each('length', [0, 3, 2.9, '3', -1, NaN, true, 2 ** 53, 2 ** 53 - 1, Infinity, 1n, Symbol('s')], (length) => new Uint8Array(length).length);
told('called', () => Uint8Array(1));
told('abstract', () => new (Object.getPrototypeOf(Uint8Array))());
told('bigint from numbers', () => new BigInt64Array([1]));
told('numbers from bigint', () => new Int8Array([1n]));
told('across', () => new BigInt64Array(new Int8Array(1)));
told('across empty', () => new BigInt64Array(new Int8Array(0)));
told('from typed', () => [new Uint8Array(new Float64Array([1.9, -1, 300, NaN])), new Uint8ClampedArray(new Float32Array([1.5, 2.5, -3, 1000, NaN]))]);
told('iterable', () => new Uint8Array({ *[Symbol.iterator]() { yield 1; yield '2'; yield 3.7; }, length: 9 }));
told('array with a changed iterator', () => { const list = [1, 2, 3]; list[Symbol.iterator] = function* () { yield 9; }; return new Uint8Array(list); });
told('holes', () => [new Uint8Array([1, , 3]), new Float32Array([1, , 3])]);
