import { show } from '../../show.mjs';
const first = await import('./live/counter.mjs');
const second = await import('./live/../live/counter.mjs');
print(show([first === second, first.value, Object.keys(first)]));
print(show(await import({ toString: () => './live/counter.mjs' }).then((space) => space === first)));
const failures = [() => import('./none/at-all.mjs'), () => import(Symbol('s')), () => import({ toString() { throw new Error('mine'); } }), () => import('./broken/syntax.mjs'), () => import('./broken/throws.mjs')];
for (const make of failures) { let promise; try { promise = make(); } catch (error) { print(`synchronous ${error.name}`); continue; } print(await promise.then(() => 'fulfilled', (error) => `rejected ${error instanceof SyntaxError ? 'SyntaxError' : error instanceof RangeError ? error.message : error instanceof Error ? 'Error' : show(error)}`)); }
const one = await import('./broken/throws.mjs').catch((error) => error);
const other = await import('./broken/throws.mjs').catch((error) => error);
print(show([one === other, one.message]));
const seen = [];
const promise = import('./order/noisy.mjs').then(() => seen.push('imported'));
seen.push('after the call');
Promise.resolve().then(() => seen.push('a job'));
await promise;
print(seen.join(' '));
print(show(typeof (0, eval)('(name) => import(name)')));
print(show([typeof import('./live/counter.mjs').then, Object.prototype.toString.call(import('./live/counter.mjs'))]));
