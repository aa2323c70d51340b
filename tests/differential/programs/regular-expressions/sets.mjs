import { each, sources } from '../../show.mjs';
const text = 'aé7_-\u{1f600}ßKk9Ω&[]';
each('v', ['[\\w--\\d]', '[\\w&&\\d]', '[[a-z]&&[aeiou]]', '[\\p{L}--[a-z]]', '[\\p{L}--\\p{ASCII}]', '[^\\p{L}]', '[\\q{ab|c|}]', '[\\q{\u{1f600}}x]', '[a-z&&\\q{b}]', '[[0-9]--[5-9]--7]', '[^[a-z]--[aeiou]]', '[\\-\\&&&\\-]', '[\\w\\d[_-]]'.replace('_-', '_'), '\\p{Emoji_Keycap_Sequence}'], (source) => text.match(new RegExp(source, 'gv')));
each('vi', ['[\\w--k]', '[^k]', '\\p{Lu}', '\\P{Lu}', '[^\\P{Lu}]', '[\\p{Lu}&&[a-z]]', '[k--K]'], (source) => text.match(new RegExp(source, 'giv')));
sources('syntax', ['/[a-z&&b-c]/v', '/[a--b&&c]/v', '/[a&&&b]/v', '/[(]/v', '/[{]/v', '/[a-]/v', '/[-a]/v', '/[|]/v', '/[&&]/v', '/[!!]/v', '/[^\\q{ab}]/v', '/[^\\q{a}]/v.test("b")', '/[\\q{a]/v', '/[a]/uv', '/[[a]/v', '/[a&b]/v.test("&")', '/[a-\\d]/v', '/[]/v.test("a")', '/[^]/v.test("a")', '/^[\\q{abc|ab|a}]c$/v.test("abc")', '/^[\\q{a|ab|abc}]$/v.exec("abc")[0]']);
