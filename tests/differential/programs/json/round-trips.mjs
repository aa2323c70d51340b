import { tell } from '../../show.mjs';
const value = { text: 'a"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028é\u{1f600}', numbers: [0, -0, 1.5, -1e-7, 1e21, 5e-324, 123456789012345680000], nested: { a: [[], {}, [{}], null, true, false] }, '': 'empty', 'quoted "key"': 1, 2: 'two', 1: 'one' };
const text = JSON.stringify(value);
tell('text', text);
tell('same', JSON.stringify(JSON.parse(text)) === text);
for (const space of [1, '  ', '\t']) { const spaced = JSON.stringify(value, null, space); tell(String(space), spaced.length, JSON.stringify(JSON.parse(spaced)) === text); }
let state = 9;
const next = (n) => (state = (state * 48271) % 2147483647) % n;
const random = (depth) => { switch (next(depth > 3 ? 5 : 7)) { case 0: return next(1000) / 8 - 50; case 1: return String.fromCharCode(...Array.from({ length: next(6) }, () => next(0xffff))); case 2: return null; case 3: return next(2) === 0; case 4: return next(2147483647) * next(2147483647); case 5: return Array.from({ length: next(4) }, () => random(depth + 1)); default: return Object.fromEntries(Array.from({ length: next(4) }, () => [`k${next(20)}`, random(depth + 1)])); } };
let wrong = 0;
let length = 0;
for (let at = 0; at < 300; at++) { const made = JSON.stringify(random(0)); length += made.length; if (JSON.stringify(JSON.parse(made)) !== made) wrong++; }
tell('random', wrong, length);
