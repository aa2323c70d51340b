import { each, told } from '../../show.mjs';
told('there', () => [typeof Uint8Array.fromBase64, typeof Uint8Array.prototype.toBase64, typeof Uint8Array.fromHex, typeof Uint8Array.prototype.setFromBase64]);
if (Uint8Array.fromBase64) {
  each('fromBase64', ['', 'AQID', 'AQI=', 'AQ==', 'AQ', 'A', 'AQI', ' A Q\nI D ', 'AQ=', 'AR==', 'A-_/', '-_8', '+/8=', 'AQID=', '====', 'é'], (text) => Uint8Array.fromBase64(text));
  each('url', ['-_8', '+/8', 'AQ=='], (text) => Uint8Array.fromBase64(text, { alphabet: 'base64url' }));
  for (const lastChunkHandling of ['loose', 'strict', 'stop-before-partial', 'other']) each(lastChunkHandling, ['AQI', 'AQI=', 'AR==', 'AQIDB', 'AQIDBA'], (text) => Uint8Array.fromBase64(text, { lastChunkHandling }));
  told('toBase64', () => [new Uint8Array([255, 254, 253, 252]).toBase64(), new Uint8Array([255, 254]).toBase64({ alphabet: 'base64url', omitPadding: true }), new Uint8Array(0).toBase64()]);
  each('fromHex', ['', '0aFF', 'abc', 'zz', ' 0a', 5, null], (text) => Uint8Array.fromHex(text));
  told('toHex', () => new Uint8Array([0, 10, 255]).toHex());
  told('set', () => { const own = new Uint8Array(4); const result = own.setFromBase64('AQIDBAUG'); return [own, result]; });
  told('set hex', () => { const own = new Uint8Array(2); const result = own.setFromHex('010203'); return [own, result]; });
  told('set with an error', () => { const own = new Uint8Array(4); try { own.setFromBase64('AQID!'); } catch (error) { return [error.name, own]; } });
}
