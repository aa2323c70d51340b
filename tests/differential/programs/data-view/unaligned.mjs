import { tell } from '../../show.mjs';
const buffer = new ArrayBuffer(32);
const bytes = new Uint8Array(buffer);
for (let at = 0; at < 32; at++) bytes[at] = (at * 37 + 11) & 255;
for (let offset = 0; offset < 9; offset++) {
  const view = new DataView(buffer, offset, 16);
  tell(`offset ${offset}`, view.getInt16(1), view.getUint16(3, true), view.getInt32(1), view.getUint32(5, true), view.getBigInt64(3), view.getBigUint64(7, true), view.getFloat32(2), view.getFloat64(5, true));
}
const view = new DataView(new ArrayBuffer(24), 1);
view.setFloat64(3, -Math.PI, true); view.setInt16(11, -2); view.setUint32(13, 0xdeadbeef); view.setBigInt64(0, -(2n ** 40n)); view.setFloat32(17, 1e-40, true);
tell('written', new Uint8Array(view.buffer));
tell('read', view.getFloat64(3, true), view.getInt16(11), view.getUint32(13), view.getBigInt64(0), view.getFloat32(17, true));
tell('flags', [true, 1, 'x', {}, [], false, 0, '', null, undefined].map((little) => view.getUint16(0, little)));
