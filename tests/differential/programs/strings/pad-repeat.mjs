import { each } from '../../show.mjs';
each('padStart', [[5], [5, 'xy'], [2, 'x'], [6, ''], [6, undefined], [6, null], [-1], [NaN], ['7', '12'], [7.9, '\u{1f600}'], [2 ** 32, ''], [2 ** 53, ''], [Infinity, '']], (all) => ['abc'.padStart(...all), 'abc'.padEnd(...all)]);
each('padStart too long', [2 ** 30, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 53, Infinity, 1e300], (length) => 'abc'.padStart(length).length);
each('repeat', [0, 1, 3, 2.9, '2', NaN, undefined, -0.9], (count) => 'ab'.repeat(count));
each('repeat too often', [-1, Infinity, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53, -Infinity], (count) => 'ab'.repeat(count).length);
each('repeat of nothing', [0, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, Infinity, -1], (count) => ''.repeat(count));
each('concat', [[], [1, null, undefined], ['\ud83d', '\ude00'], [[1, [2]], {}]], (all) => 'x'.concat(...all));
