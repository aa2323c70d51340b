import { show } from '../../show.mjs';
const log = [];
const source = (name, extra = {}) => ({ [Symbol.asyncIterator]() { let n = 0; return { next(value) { log.push(`${name}.next ${value}`); return { value: n, done: n++ >= 2 }; }, ...extra }; } });
async function* outer(inner) { try { const result = yield* inner; log.push(`result ${result}`); return 'end'; } catch (error) { log.push(`caught ${error.message ?? error}`); return 'caught'; } finally { log.push('finally'); } }
const run = async (label, inner, steps) => { const it = outer(inner); for (const [kind, value] of steps) { try { log.push(show(await it[kind](value))); } catch (error) { log.push(`threw ${show(error)}`); } } print(`${label}: ${log.splice(0).join(' | ')}`); };
await run('next', source('s'), [['next', 1], ['next', 2], ['next', 3], ['next', 4]]);
await run('return', source('s', { return: (value) => ({ value: `r${value}`, done: true }) }), [['next'], ['return', 'x'], ['next']]);
await run('return not done', source('s', { return: (value) => ({ value: `r${value}`, done: false }) }), [['next'], ['return', 'x'], ['next']]);
await run('no return', source('s'), [['next'], ['return', 'x']]);
await run('return of a promise', source('s', { return: (value) => Promise.resolve({ value, done: true }) }), [['next'], ['return', Promise.resolve('p')]]);
await run('throw', source('s', { throw: (error) => ({ value: `t${error}`, done: true }) }), [['next'], ['throw', 'x']]);
await run('no throw', source('s', { return() { log.push('closed'); return {}; } }), [['next'], ['throw', 'x']]);
await run('no object', { [Symbol.asyncIterator]: () => ({ next: () => 5 }) }, [['next']]);
await run('rejects', { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no')) }) }, [['next'], ['next']]);
await run('array', [Promise.resolve('a'), 'b'], [['next'], ['next'], ['next']]);
await run('rejected in an array', [Promise.reject(new Error('a')), 'b'], [['next'], ['next']]);
await run('generator', (function* () { try { yield Promise.resolve(1); yield 2; } finally { log.push('sync finally'); } })(), [['next'], ['return', 'x'], ['next']]);
await run('both', { [Symbol.iterator]() { throw new Error('sync'); }, [Symbol.asyncIterator]: undefined }, [['next']]);
