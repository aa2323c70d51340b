import { show } from '../../show.mjs';
// When a loop asks its iterator to return.
const make = (to, log) => ({ [Symbol.asyncIterator]: () => ({ n: 0, async next() { log.push('next'); return { done: this.n >= to, value: this.n++ }; }, async return() { log.push('return'); return {}; } }) });
const run = async (label, work) => { const log = []; try { await work(log); } catch (error) { log.push(error.message); } print(`${label}: ${log.join(' ')}`); };
await run('to its end', async (log) => { for await (const value of make(2, log)) log.push(value); });
await run('empty', async (log) => { for await (const value of make(0, log)) log.push(value); });
await run('break', async (log) => { for await (const value of make(3, log)) if (value === 1) break; });
await run('throw', async (log) => { for await (const value of make(3, log)) throw new Error('body'); });
await run('return', async (log) => { await (async () => { for await (const value of make(3, log)) return value; })(); });
await run('inner', async (log) => { outer: for await (const a of make(2, log)) for await (const b of make(2, log)) continue outer; });
await run('generator', async (log) => { async function* g() { try { yield 1; yield 2; } finally { log.push('finally'); } } for await (const value of g()) log.push(value); for await (const value of g()) break; });
await run('spread of a synchronous one', async (log) => { const source = { [Symbol.iterator]: () => ({ n: 0, next() { return { done: this.n++ > 1, value: this.n }; }, return() { log.push('return'); return {}; } }) }; for await (const value of source) log.push(value); log.push(show(await Array.fromAsync(source))); });
