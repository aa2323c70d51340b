import { told, sources } from '../../show.mjs';
told('raw', () => [String.raw`a\n${1}\u0041`, String.raw({ raw: 'abc' }, 1, 2, 3), String.raw({ raw: { length: 2, 0: 'x', 1: 'y' } }, 5), String.raw({ raw: [] }), String.raw({ raw: { length: -1 } }), String.raw({ raw: 'ab' })]);
told('raw of nothing', () => String.raw());
told('raw without', () => String.raw({}));
const tag = (strings, ...values) => [strings, strings.raw, values];
told('cooked', () => tag`a${1}b${2}`);
told('escapes', () => tag`\n\t\0\x41\u{1f600}\u0041\
x`);
told('malformed', () => tag`\u{110000}${1}\xg${2}\01\u`);
told('line ends', () => (0, eval)('((s) => [s[0].length, s.raw[0].length])`a\r\nb\rc\n`'));
told('frozen', () => { const strings = ((all) => all)`x${1}y`; return [Object.isFrozen(strings), Object.isFrozen(strings.raw), Array.isArray(strings.raw), Object.getOwnPropertyDescriptor(strings, 'raw')]; });
told('same object', () => { const get = () => ((all) => all)`x`; const other = () => ((all) => all)`x`; return [get() === get(), get() === other()]; });
told('in a loop', () => { const set = new Set(); for (let at = 0; at < 3; at++) set.add(((all) => all)`x${at}`); return set.size; });
told('with this', () => ({ name: 'me', tag() { return this.name; } }).tag`x`);
told('nested', () => `a${`b${`c${1 + 1}`}`}d`);
told('conversion', () => `${{ toString: () => 't', valueOf: () => 'v' }}${[1, 2]}${null}${undefined}${-0}`);
told('symbol', () => `${Symbol('s')}`);
told('order', () => { const seen = []; const value = (name) => ({ toString() { seen.push(name); return name; } }); void `${(seen.push('1'), value('a'))}${(seen.push('2'), value('b'))}`; return seen; });
sources('syntax', ['`\\u`', '`\\x1`', '`\\01`', '`\\0`', '`\\08`', '`${`', '`${}`', '`a', 'x?.`a`', 'new (class { constructor(s) { this.s = s[0]; } })`x`', '`\\\n`.length', '`\\u{1F600}`.length']);
