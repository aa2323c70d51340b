import { each, tell } from '../../show.mjs';
each('parseInt', ['12px', ' \u2029-42', '0x1f', '-0X1f', '0b1', '', '-', '+', '1e3', '9007199254740993', '123456789012345678901234567890', '0'.repeat(50), 'Infinity', null, 1e21, 1e-7, -0, '-0', '１２', '1_0'], (text) => parseInt(text));
for (const radix of [0, 1, 2, 8, 10, 16, 36, 37, -1, NaN, undefined, 2 ** 32 + 8, '0x10', 10.9, Infinity]) {
  tell(`radix ${radix}`, parseInt('11', radix), parseInt('0x11', radix), parseInt('z9', radix), parseInt('1289', radix));
}
tell('long', parseInt('1'.repeat(60), 2), parseInt('z'.repeat(40), 36), parseInt('f'.repeat(20), 16), parseInt('7'.repeat(30), 8), parseInt('2'.repeat(80), 3));
