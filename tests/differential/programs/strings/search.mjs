import { each, told } from '../../show.mjs';
const places = [0, 1, 2, 4, 5, -1, NaN, undefined, '1', 2 ** 32, 2 ** 32 + 1, Infinity, -Infinity, 1e300];
for (const name of ['indexOf', 'lastIndexOf', 'includes', 'startsWith', 'endsWith']) {
  each(name, places, (at) => ['abab'[name]('ab', at), 'abab'[name]('', at), 'abab'[name]('x', at)]);
  told(`${name} of no text`, () => ['undefined'[name](), 'null'[name](null), '1,2'[name]([1, 2]), '5'[name](5n)]);
  told(`${name} of a pattern`, () => 'a'[name](/a/));
}
told('pattern in disguise', () => { const pattern = /a/; pattern[Symbol.match] = false; return ['x/a/y'.includes(pattern), 'x'.startsWith({ [Symbol.match]: null, toString: () => 'x' })]; });
told('long', () => { const text = `${'ab'.repeat(10000)}c`; return [text.indexOf('abc'), text.lastIndexOf('ba'), text.indexOf('cc'), text.includes('bab', 19990), text.indexOf('b'.repeat(30000))]; });
told('wide', () => ['\u0100a\u0100'.indexOf('a'), 'a\u00e9'.indexOf('\u00e9'), '\u{1f600}'.indexOf('\ude00'), 'abc'.indexOf('\u0100'), 'a\0b'.indexOf('\0')]);
told('lastIndexOf NaN', () => ['aXbX'.lastIndexOf('X', NaN), 'aXbX'.lastIndexOf('X', -5), 'XX'.lastIndexOf('X', -5)]);
