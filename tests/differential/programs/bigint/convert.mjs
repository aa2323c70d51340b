import { each } from '../../show.mjs';
each('BigInt', [0, -0, 1.5, 2 ** 53, 1e21, 1.7976931348623157e308, NaN, Infinity, '', ' 12 ', '-5', '0x1f', '-0x1f', '0b11', '0o17', '1n', '1.0', '1e3', '0b', '12_3', true, false, null, undefined, [], [7], {}, new Date(5), Symbol('s'), { valueOf: () => 9n }, Object(8n), '９', '+7', '--1', '\u00a07\ufeff'], BigInt);
each('new', [1], (value) => new BigInt(value));
each('Number', [2n ** 53n + 1n, 2n ** 53n + 3n, 2n ** 64n - 1n, 2n ** 1023n, 2n ** 1024n, -(2n ** 1024n), 2n ** 1024n - 2n ** 970n, 2n ** 1024n - 2n ** 969n, 9007199254740993n * 2n ** 900n, 3n ** 100n], Number);
each('parseInt', ['12n', 12n], (value) => parseInt(value));
