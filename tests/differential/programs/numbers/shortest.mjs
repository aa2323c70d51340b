import { tell } from '../../show.mjs';
// Powers of two and ten, and neighbours of theirs: the shortest text that reads back.
const bits = new BigUint64Array(1);
const value = new Float64Array(bits.buffer);
let wrong = 0;
let line = '';
for (let exponent = 0n; exponent < 2047n; exponent += 23n) {
  for (const low of [0n, 1n, 0xfffffffffffffn, 0x8000000000000n, 0x123456789abcdn]) {
    bits[0] = (exponent << 52n) | low;
    const text = String(value[0]);
    if (Number(text) !== value[0]) wrong++;
    line += ` ${text}`;
  }
  print(line.trim());
  line = '';
}
tell('read back otherwise', wrong);
for (let exponent = -330; exponent <= 310; exponent += 7) print(`${exponent}: ${Number(`1e${exponent}`)} ${Number(`9.5e${exponent}`)}`);
