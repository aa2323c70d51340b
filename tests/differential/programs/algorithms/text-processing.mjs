import { tell } from '../../show.mjs';
const text = `In the beginning was a list, and the list was sorted; and the sort was stable.
"Stable," said the list, "is what I am -- 3.14 times more than you," and counted: 1, 2, 3, 10, 20.`;
const words = text.toLowerCase().match(/[a-z]+/g);
const counts = words.reduce((map, word) => map.set(word, (map.get(word) ?? 0) + 1), new Map());
tell('counts', [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 8));
tell('title', text.replace(/\b(\w)(\w*)/g, (_, first, rest) => first.toUpperCase() + rest).slice(0, 60));
tell('numbers', [...text.matchAll(/(?<![\w.])\d+(?:\.\d+)?/g)].map(([found]) => Number(found)));
tell('wrapped', text.replace(/\s+/g, ' ').match(/.{1,30}(?:\s|$)/g));
tell('csv', 'a,"b ""c"", d",,e\n1,2,"x\ny",'.split(/\n(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((found) => (found[1] !== undefined ? found[1].replaceAll('""', '"') : found[2]))));
tell('rot13', 'Hello'.replace(/[a-z]/gi, (c) => String.fromCharCode((c <= 'Z' ? 90 : 122) >= (c = c.charCodeAt(0) + 13) ? c : c - 26)));
tell('levenshtein', ((a, b) => { let row = Array.from({ length: b.length + 1 }, (_, at) => at); for (const [i, x] of [...a].entries()) { const before = row; row = [i + 1]; for (const [j, y] of [...b].entries()) row.push(Math.min(before[j] + (x !== y), row[j] + 1, before[j + 1] + 1)); } return row.at(-1); })('kitten', 'sitting'));
tell('template', 'Hi {{ name }}, {{count}} new{{ none }}'.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, key) => ({ name: 'N', count: 3 })[key] ?? ''));
