import { tell, told } from '../../show.mjs';
const texts = ['\u1e9b\u0323', '\u0041\u030a', '\u00c5', '\u212b', '\uac00', '\u1100\u1161\u11a8', '\ufb01', '\u2460', '\u0344', 'a\u0315\u0300\u05ae\u0062', '\u0958', '\u{1d15e}', '\u{2f800}', '\ufdfa', '\ud800', '\u03d3', '\u0f73', '\u{1109a}', '\u1e0a\u0323', 'a\u0301\u0327\u0301', '\u3392', '\u0130\u0307'];
for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
  tell(form, texts.map((text) => text.normalize(form)));
  let sum = 0;
  for (let point = 0xa0; point < 0x30000; point += point < 0x3400 ? 1 : 61) {
    const other = (String.fromCodePoint(point) + '\u0301\u0323').normalize(form);
    for (let at = 0; at < other.length; at++) sum = (sum * 31 + other.charCodeAt(at)) % 1000003;
  }
  tell(`${form} sum`, sum);
}
told('default', () => '\u0041\u030a'.normalize() + '\u0041\u030a'.normalize(undefined));
told('bad', () => 'a'.normalize('nfc'));
told('null', () => 'a'.normalize(null));
told('localeCompare', () => ['a'.localeCompare('b'), 'b'.localeCompare('a'), '\u00c5'.localeCompare('A\u030a'), 'a'.localeCompare(), 'a'.localeCompare('\u00e4'), 'Z'.localeCompare('a')]);
