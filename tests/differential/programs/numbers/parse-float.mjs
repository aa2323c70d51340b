import { each } from '../../show.mjs';
each('parseFloat', ['3.14abc', '.5.5', '-.', '1e5e5', '1e', '1e-', 'e5', 'Infinityx', '-Infinity', 'inf', '0x10', ' \ufeff7', '1_0', '+1', '++1', '-0', '1.e2', '00.1', '1n', '', '1\u0660', '5e-325', '1e309', ' 1 2'], parseFloat);
each('value', [null, undefined, true, [1, 2], {}, 1e21, { toString: () => '8.5x' }, 12n], parseFloat);
