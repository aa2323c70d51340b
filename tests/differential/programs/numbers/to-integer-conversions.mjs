import { tell } from '../../show.mjs';
const values = [0, -0, 127, 128, 129, 255, 256, 257, -1, -128, -129, 32767, 32768, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64, 1e20, 1e300, -1e300, NaN, Infinity, -Infinity, 0.5, 1.5, 2.5, -0.5, 254.5, 255.5, 0.49999999999999994];
for (const Type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
  tell(Type.name, Array.from(new Type(values)));
  tell(`${Type.name}.fill`, values.map((value) => new Type(1).fill(value)[0]));
  tell(`${Type.name}.with`, values.map((value) => new Type(1).with(0, value)[0]));
}
