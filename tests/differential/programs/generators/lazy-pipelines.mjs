import { tell } from '../../show.mjs';
function* range(from, to, step = 1) { for (let at = from; at < to; at += step) yield at; }
function* chunks(source, size) { let chunk = []; for (const each of source) { chunk.push(each); if (chunk.length === size) { yield chunk; chunk = []; } } if (chunk.length) yield chunk; }
function* zip(...sources) { const all = sources.map((each) => each[Symbol.iterator]()); try { for (;;) { const results = all.map((each) => each.next()); if (results.some((each) => each.done)) return; yield results.map((each) => each.value); } } finally { for (const each of all) each.return?.(); } }
function* permutations(list) { if (list.length < 2) yield list; else for (let at = 0; at < list.length; at++) for (const rest of permutations(list.toSpliced(at, 1))) yield [list[at], ...rest]; }
function* tree(node) { if (node) { yield* tree(node.left); yield node.value; yield* tree(node.right); } }
const insert = (node, value) => (node ? (value < node.value ? (node.left = insert(node.left, value)) : (node.right = insert(node.right, value)), node) : { value });
function* primes() { const found = []; for (let n = 2; ; n++) if (found.every((p) => n % p)) { found.push(n); yield n; } }
function* hanoi(n, a, b, c) { if (n) { yield* hanoi(n - 1, a, c, b); yield a + c; yield* hanoi(n - 1, b, a, c); } }
tell('chunks', [...chunks(range(0, 10), 3)]);
tell('zip', [...zip(range(0, 5), 'abc', new Set([7, 8, 9, 10]))]);
tell('permutations', [...permutations([1, 2, 3, 4])].map((each) => each.join('')).join(' '));
tell('tree', [...tree([5, 2, 8, 1, 9, 3, 7].reduce(insert, undefined))]);
tell('primes', [...primes().take(25)]);
tell('hanoi', [...hanoi(5, 'a', 'b', 'c')].join(' '));
tell('lengths', [...range(0, 1, 0.1)].length, [...range(5, 0)], [...permutations([])]);
