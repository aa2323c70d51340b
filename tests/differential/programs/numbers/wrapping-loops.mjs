import { tell } from '../../show.mjs';
// Integer paths of an engine at the edges of 32 and of 53 bits.
let a = 1; for (let at = 0; at < 70; at++) a = (a * 3) | 0;
let b = 1; for (let at = 0; at < 70; at++) b = (b * 3) >>> 0;
let c = 1; for (let at = 0; at < 70; at++) c = Math.imul(c, 3);
let d = 1; for (let at = 0; at < 40; at++) d *= 3;
let e = 0x7ffffff0; const steps = []; for (let at = 0; at < 32; at++) { e += 1; if (at % 4 === 0) steps.push(e); }
let f = -0x7ffffff0; for (let at = 0; at < 32; at++) f -= 1;
tell('products', a, b, c, d);
tell('steps', steps, f);
const list = []; for (let at = 2147483640; at <= 2147483650; at++) list.push(at | 0, at >>> 0, at >> 1, -at | 0);
tell('shifts', list);
let g = 2 ** 53 - 5; const top = []; for (let at = 0; at < 10; at++) { g++; top.push(g); }
tell('top', top);
let h = -1; h >>>= 0; h += 1; let i = 5; i -= 10; i = -i; i = ~i; let j = 0; j = -j; let k = 7; k /= 2; k |= 0; let l = -7; l %= 7;
tell('mixed', h, i, j, k, l, 1 / j);
let m = 0; for (let at = 0; at < 1000; at++) m = (m << 5) - m + at | 0;
tell('hash', m, m >>> 0, m.toString(16));
