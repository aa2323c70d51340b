import { show } from '../../show.mjs';
// Each step is told when it settles: one that never does is not.
const tell = (label) => [(result) => print(`${label} ${show(result)}`), (error) => print(`${label} threw ${show(error)}`)];
async function* g() { yield 1; }
const early = g();
early.return('a').then(...tell('return before the start'));
early.next().then(...tell('next behind it'));
const late = g();
for await (const value of late) print(value);
late.return('b').then(...tell('return after the end'));
late.throw('c').then(...tell('throw behind it'));
const thrown = g();
thrown.throw('d').then(...tell('throw before the start'));
thrown.next().then(...tell('next behind that'));
for (let at = 0; at < 10; at++) await null;
const alone = g();
await alone.next();
await alone.next();
print(show(await alone.next()));
print(show(await alone.return('e')));
