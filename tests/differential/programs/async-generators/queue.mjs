import { show } from '../../show.mjs';
const log = (label) => [(value) => print(`${label}: ${show(value)}`), (error) => print(`${label} threw ${show(error)}`)];
async function* steps() { try { const got = yield 1; print(`got ${got}`); yield 2; return 3; } finally { print('finally'); } }
const it = steps();
it.next('lost').then(...log('a'));
it.next('x').then(...log('b'));
it.return('r').then(...log('c'));
it.next().then(...log('d'));
it.throw('t').then(...log('e'));
const other = steps();
other.return('early').then(...log('f'));
other.next().then(...log('g'));
const third = steps();
third.throw(new Error('first')).then(...log('h'));
third.next().then(...log('i'));
print('synchronous end');
