import { each, told } from '../../show.mjs';
each('text', ['', 'abc', '\ud83d\ude00', '\ud83d', '\ude00', '\ude00\ud83d', 'a\ud83db', '\ud83d\ud83d\ude00', '\udbff\udfff', 'é\ud800'], (text) => [text.isWellFormed(), text.toWellFormed(), [...text].length, text.length, encodeURI(text.toWellFormed())]);
told('fromCodePoint', () => [String.fromCodePoint(0x1f600, 97, 0x10ffff), String.fromCodePoint(), String.fromCodePoint('97', 98.0, null, 0xd800)]);
for (const point of [-1, 1.5, 0x110000, NaN, Infinity, undefined, 'x', 2 ** 32 + 97, 97n]) told(`fromCodePoint ${String(point)}`, () => String.fromCodePoint(point));
told('fromCharCode', () => [String.fromCharCode(97, 65536 + 98, -1, 99.9, NaN, '100', 2 ** 32 + 101, 1e300, Infinity), String.fromCharCode.length]);
told('codePointAt', () => ['\ud83d\ude00'.codePointAt(0), '\ud83d\ude00'.codePointAt(1), '\ud83d'.codePointAt(0), '\ud83da'.codePointAt(0), ''.codePointAt(0)]);
told('iterator', () => { const iterator = 'a\ud83d\ude00\ud83d'[Symbol.iterator](); return [iterator.next(), iterator.next(), iterator.next(), iterator.next(), iterator.next(), String(iterator)]; });
told('joined halves', () => { const text = '\ud83d' + '\ude00'; return [text.length, [...text].length, text === '\u{1f600}', `${'\ud83d'}${'\ude00'}`.codePointAt(0)]; });
