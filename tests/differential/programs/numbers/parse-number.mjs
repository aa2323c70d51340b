import { each } from '../../show.mjs';
each('Number', ['', ' ', '\t\n\u00a0\ufeff\u2028 12 \u3000', '1_000', '0x1F', '0X1g', '0b101', '0b2', '0o17', '0o8', '-0x10', '+0b1', '010', '1e', '1e+', '.5', '5.', '.', '-.5e-3',
  'Infinity', '-Infinity', '+Infinity', 'infinity', 'Infinityx', 'NaN', '1e1000', '-1e-1000', '1n', '\u180e1', '1\u0000', '0x', '0b', '--1', '1 2', '12e3.5', '\u200b1', '0.1e1', '00', '-0'], Number);
each('value', [null, undefined, true, false, [], [5], [1, 2], {}, new Date(5), () => {}, 10n, { valueOf: () => '0x10' }, { toString: () => '7' }, { [Symbol.toPrimitive]: (hint) => hint.length }], Number);
each('symbol', [Symbol('s')], Number);
