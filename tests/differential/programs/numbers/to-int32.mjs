import { tell } from '../../show.mjs';
const values = [0, -0, 1.9, -1.9, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32, 2 ** 32 + 1, -(2 ** 32) - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 2 ** 83 + 2 ** 31, 2 ** 84, 1e21, -1e21, 1e300, NaN, Infinity, -Infinity, 4294967295.9, 0xdeadbeef, 1.5e10, 9.3e18, 1.9e19];
for (const value of values) tell(String(value), value | 0, value >>> 0, ~value, value << 1, value >> 1, value >>> 1, value & 0xffff, value ^ 1, 1 << value, -1 >>> value, Math.clz32(value), Math.imul(value, 3));
