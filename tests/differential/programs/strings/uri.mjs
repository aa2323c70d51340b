import { each } from '../../show.mjs';
const all = Array.from({ length: 128 }, (_, at) => String.fromCharCode(at)).join('');
each('encode', [all, 'é€\u{1f600}\uffff\u{10ffff}', '', '%', '\u0080\u07ff\u0800'], (text) => [encodeURI(text), encodeURIComponent(text), escape(text)]);
each('lone', ['\ud800', '\udc00', 'a\ud83d', '\ud83da', '\ude00\ud83d'], encodeURIComponent);
each('decode', ['%41', '%4', '%', '%zz', '%u0041', '%C3%A9', '%c3%a9', '%C3', '%C3%', '%C3%41', '%80', '%E2%82%AC', '%E0%80%80', '%C0%80', '%ED%A0%80', '%F0%9F%98%80', '%F4%90%80%80', '%F8%88%80%80%80', '%FE', '%23%24%26%2B%2C%2F%3A%3B%3D%3F%40', '+', '%00', '%e2%82', 'é%41'], (text) => { const parts = []; for (const work of [decodeURI, decodeURIComponent, unescape]) { try { parts.push(work(text)); } catch (error) { parts.push(error.name); } } return parts; });
each('unescape', ['%u00e9%u20AC%uD83D%uDE00', '%u12', '%u12zz', '%%41', '%uu0041'], unescape);
each('values', [undefined, null, 5n, [1, 2]], (value) => [encodeURIComponent(value), decodeURIComponent(value), escape(value)]);
