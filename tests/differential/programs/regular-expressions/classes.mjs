import { tell, sources } from '../../show.mjs';
const all = String.fromCharCode(...Array.from({ length: 0x300 }, (_, at) => at)) + '\u1680\u180e\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\ud83d';
for (const pattern of [/\w/g, /\W/g, /\d/g, /\s/g, /\S/g, /./g, /./gs, /[^]/g, /[]/g, /[\s\S]/g, /[^\d\w]/g, /[\b]/g, /[a-z-0]/g, /[\w-a]/g, /\w/giu, /[^\W]/giu, /[\u017f]/giu, /[^x]/giu, /k/giu, /\u212a/gi, /\u0130/gi, /\u00df/gi, /[\x00-\x1f]/g, /\cA|\c/g, /[\cA\c_]/g]) {
  const found = all.match(pattern) ?? [];
  let sum = 0;
  for (const each of found) sum = (sum * 31 + each.charCodeAt(0)) % 1000003;
  tell(String(pattern), found.length, sum);
}
sources('class', ['/[b-a]/', '/[\\d-z]/.test("-")', '/[\\d-z]/u', '/[a-\\d]/u', '/[\\c]/.exec("\\\\c")?.[0]', '/[\\c1]/.exec("\\x11")?.[0]', '/[\\c1]/u', '/[z-\\u{10ffff}]/u.test("\\u{1f600}")', '/[\\ud83d\\ude00]/u.test("\\ud83d")', '/[\\ud83d\\ude00]/.test("\\ud83d")', '/[/', '/[]/.test("")', '/[^]/.test("\\n")', '/[\\-]/u.test("-")', '/[\\_]/u']);
