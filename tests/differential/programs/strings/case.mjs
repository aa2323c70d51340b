import { tell, each } from '../../show.mjs';
each('case', ['İ', 'ı', 'ß', 'ŉ', 'ǰ', 'ΐ', 'ﬀ', 'ﬃ', 'ΑΣ', 'ΑΣΑ', 'Σ', ' Σ', 'Α.Σ', 'Α\u0301Σ\u0301', 'ΑΣ.Α', '\u{10400}\u{10428}', 'ǅ', 'K', 'Å', 'ᾳ', 'ᾼ', '\u0345', 'ა', 'Ა', 'Ა', 'ꭰ', 'Ꭰ', '\u{1e900}', 'i\u0307', 'I\u0307', '\ud83d', 'ﬓ'], (text) => [text.toUpperCase(), text.toLowerCase(), text.toLocaleUpperCase()]);
for (const name of ['toUpperCase', 'toLowerCase']) {
  let changed = 0;
  let sum = 0;
  for (let point = 0; point < 0x110000; point += point < 0x3000 || (point > 0xa000 && point < 0xac00) || (point > 0x10000 && point < 0x11000) ? 1 : 97) {
    const text = String.fromCodePoint(point);
    const other = text[name]();
    if (other !== text) { changed++; for (let at = 0; at < other.length; at++) sum = (sum * 31 + other.charCodeAt(at)) % 1000003; }
  }
  tell(name, changed, sum);
}
