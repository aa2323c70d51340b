import { each, told } from '../../show.mjs';
const text = 'a\u{1f600}b\ud83d\ude00\ud83dc\ude00';
for (const flags of ['', 'u', 'v']) {
  each(`flags ${flags}`, ['.', '^.{3}', '[^a]', '\\ud83d', '\\ude00', '[\\ud83d]', '\\W', '(?:.)*$', '\\S+'], (source) => { const found = new RegExp(source, flags).exec(text); return found && [found.index, found[0]]; });
}
told('split', () => [text.split(/(?:)/u), text.split(/(?:)/).length, '\u{1f600}'.split(/./u)]);
told('lastIndex in a pair', () => { const pattern = /./gu; pattern.lastIndex = 2; const found = pattern.exec(text); return [found.index, found[0], pattern.lastIndex]; });
told('sticky in a pair', () => { const pattern = /\ude00/uy; pattern.lastIndex = 2; const plain = /\ude00/y; plain.lastIndex = 2; return [pattern.exec(text), plain.exec(text)?.index]; });
told('empty matches', () => [[...text.matchAll(/(?:)/gu)].map((found) => found.index), [...text.matchAll(/(?:)/g)].map((found) => found.index)]);
told('case', () => [/\u{10400}/ui.test('\u{10428}'), /[\u{10400}]/ui.test('\u{10428}'), /\u{10400}/i.test('\u{10428}'), /\u1e9e/ui.test('\u00df'), /\u1e9e/i.test('\u00df'), /\u03c3/ui.test('\u03c2'), /\u03c3/i.test('\u03c2'), /[^\u03c3]/ui.test('\u03c2'), /\u0345/ui.test('\u03b9'), /\ufb05/ui.test('\ufb06'), /\u2126/ui.test('\u03c9'), /\u2126/i.test('\u03c9')]);
