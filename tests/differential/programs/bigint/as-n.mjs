import { tell, attempt } from '../../show.mjs';
const values = [0n, 1n, -1n, 127n, 128n, 255n, 256n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n), -(2n ** 63n) - 1n, -(2n ** 64n), 2n ** 65n + 3n, -(2n ** 100n) + 7n];
for (const bits of [0, 1, 2, 7, 8, 31, 32, 33, 62, 63, 64, 65, 100, 128]) {
  tell(`asUintN ${bits}`, values.map((value) => BigInt.asUintN(bits, value)));
  tell(`asIntN ${bits}`, values.map((value) => BigInt.asIntN(bits, value)));
}
for (const bits of [-1, 2 ** 53, NaN, '8', 8.9, 2 ** 32, 2 ** 32 + 8, 2 ** 53 - 1, Infinity, undefined, 3n]) {
  print(`bits ${String(bits)}: ${attempt(() => BigInt.asUintN(bits, 300n))} ${attempt(() => BigInt.asIntN(bits, 300n))} ${attempt(() => BigInt.asIntN(bits, -300n))}`);
}
print(attempt(() => BigInt.asUintN(8, 5)));
print(attempt(() => BigInt.asUintN(8, '300')));
print(attempt(() => BigInt.asIntN(8, true)));
