import { told } from '../../show.mjs';
for (const source of ['\\1(a)', '\\8', '\\08', '\\c', '\\cA', '[\\c_]', '\\u{61}', '\\x4', '\\u004', 'a{', 'a{1', '{', '}', ']', 'x{2}{3}', '(?=a)*', '(?=a){2}', '(?!a)+', '\\p{L}', '[\\d-x]', '[x-\\d]', '\\k<a>', '[b-a]', '\\_', '\\-', '^*', '$+', '(?:a', 'a)', '+', 'a**', '[', '\\', '(?a)', 'a{2,1}', '\\u{110000}', '\\ud83d\\ude00', '[\\ud83d\\ude00-\\ud83d\\ude02]']) {
  for (const flags of ['', 'u']) told(`/${source}/${flags}`, () => { const found = new RegExp(source, flags).exec('aab1\u{1f601}{x]}-\b_'); return found && [found.index, ...found]; });
}
