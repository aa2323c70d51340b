import { each, told } from '../../show.mjs';
told('grows and shrinks', () => { const buffer = new ArrayBuffer(4, { maxByteLength: 8 }); const view = new Uint8Array(buffer); view.set([1, 2, 3, 4]); buffer.resize(8); const grown = [...view]; buffer.resize(2); const shrunk = [...view]; buffer.resize(6); return [grown, shrunk, [...view]]; });
each('to', [0, 8, 9, -1, 7.9, '3', NaN, undefined, 2 ** 32, 2 ** 32 + 4, 2 ** 53, Infinity], (length) => { const buffer = new ArrayBuffer(4, { maxByteLength: 8 }); buffer.resize(length); return buffer.byteLength; });
told('fixed', () => new ArrayBuffer(4).resize(4));
told('shared', () => ArrayBuffer.prototype.resize.call(new SharedArrayBuffer(1, { maxByteLength: 4 }), 2));
told('views', () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const views = [new Uint8Array(buffer), new Uint8Array(buffer, 4), new Uint8Array(buffer, 2, 4), new Uint16Array(buffer, 6), new DataView(buffer), new DataView(buffer, 3, 2)];
  const seen = [];
  for (const length of [8, 16, 5, 4, 3, 1, 0, 12]) {
    buffer.resize(length);
    seen.push(views.map((view) => { try { return `${view.byteOffset}+${view.byteLength}`; } catch (error) { return error.name; } }).join(' '));
  }
  return seen;
});
told('length of a view', () => { const buffer = new ArrayBuffer(7, { maxByteLength: 16 }); const view = new Uint32Array(buffer); const before = view.length; buffer.resize(9); return [before, view.length, view.byteLength]; });
told('while converted', () => { const buffer = new ArrayBuffer(4, { maxByteLength: 8 }); buffer.resize({ valueOf() { buffer.resize(1); return 6; } }); return buffer.byteLength; });
