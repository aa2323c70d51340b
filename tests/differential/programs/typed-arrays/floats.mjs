import { tell } from '../../show.mjs';
const values = [0, -0, 0.1, 1 / 3, 65504, 65519.99, 65520, 1e38, 3.4028235677973366e38, 3.4028235677973362e38, 1.401298464324817e-45, 7e-46, 7.006492321624085e-46, 7.00649232162409e-46, 5.960464477539063e-8, 2.9802322387695312e-8, 2.98023223876953125e-8 * 1.01, 16777217, 16777219, 2049, 2051, -1e300, NaN, Infinity];
tell('32', new Float32Array(values));
if (typeof Float16Array === 'function') {
  tell('16', new Float16Array(values));
  tell('16 bits', new Uint16Array(new Float16Array(values).buffer));
  const all = new Uint16Array(65536).map((_, at) => at);
  const floats = new Float16Array(all.buffer);
  const again = new Uint16Array(Float16Array.from(floats).buffer);
  let other = 0;
  for (let at = 0; at < 65536; at++) if (again[at] !== all[at] && !Number.isNaN(floats[at])) other++;
  tell('16 back and forth', other, floats[1], floats[0x3ff], floats[0x400], floats[0x7bff], floats[0x7c00], floats[0xfc00], floats[0x8000]);
}
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);
const seen = [];
for (const pattern of [0x7f800001, 0x7fc00000, 0xffc00001, 0x00000001, 0x007fffff, 0x00800000, 0x7f7fffff, 0x80000000]) { bits[0] = pattern; seen.push(float[0]); }
tell('patterns', seen);
