import { tell } from '../../show.mjs';
const kinds = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64', 'Float16'].filter((kind) => DataView.prototype[`get${kind}`]);
const bytes = new Uint8Array(24);
for (let at = 0; at < bytes.length; at++) bytes[at] = (at * 73 + 41) & 255;
const view = new DataView(bytes.buffer, 3);
for (const kind of kinds) {
  tell(`get${kind}`, [0, 1, 5, 8].map((at) => [view[`get${kind}`](at), view[`get${kind}`](at, true)]));
  const values = kind.startsWith('Big') ? [0n, -1n, 2n ** 63n, 2n ** 64n + 5n, -(2n ** 70n) + 9n] : [0, -0, -1, 1.5, 255.9, 70000, 2 ** 31, 2 ** 53, 1e300, NaN, -Infinity, 65520, 5e-8];
  for (const little of [false, true]) {
    tell(`set${kind} ${little}`, values.map((value) => { const own = new DataView(new ArrayBuffer(8)); own[`set${kind}`](0, value, little); return own.getBigUint64(0).toString(16); }));
  }
}
