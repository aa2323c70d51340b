import { tell } from '../../show.mjs';
const text = 'The quick brown fox jumps over the lazy dog \u00e9\u{1f600}'.repeat(20);
const bytes = [...text].flatMap((c) => { const p = c.codePointAt(0); return p < 0x80 ? [p] : p < 0x800 ? [0xc0 | (p >> 6), 0x80 | (p & 63)] : p < 0x10000 ? [0xe0 | (p >> 12), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63)] : [0xf0 | (p >> 18), 0x80 | ((p >> 12) & 63), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63)]; });
let fnv = 0x811c9dc5;
for (const b of bytes) fnv = Math.imul(fnv ^ b, 0x01000193) >>> 0;
let adlerA = 1; let adlerB = 0;
for (const b of bytes) { adlerA = (adlerA + b) % 65521; adlerB = (adlerB + adlerA) % 65521; }
const table = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
let crc = -1;
for (const b of bytes) crc = table[(crc ^ b) & 255] ^ (crc >>> 8);
let big = 0xcbf29ce484222325n;
for (const b of bytes) big = ((big ^ BigInt(b)) * 0x100000001b3n) & 0xffffffffffffffffn;
tell('fnv', fnv.toString(16));
tell('adler', (((adlerB << 16) | adlerA) >>> 0).toString(16));
tell('crc', ((crc ^ -1) >>> 0).toString(16));
tell('fnv 64', big.toString(16), bytes.length);
