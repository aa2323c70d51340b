import { tell, told } from '../../show.mjs';
const seen = []; const settle = async (p) => { try { return ['ok', await p]; } catch (error) { return ['no', error instanceof AggregateError ? [error.message, error.errors] : error?.message ?? error]; } };
const later = (value, ticks) => { let p = Promise.resolve(); for (let at = 0; at < ticks; at++) p = p.then(() => {}); return p.then(() => value); };
const never = (value, ticks) => later(value, ticks).then((v) => { throw v; });
tell('all', await settle(Promise.all([later(1, 3), 2, later(3, 1)])), await settle(Promise.all([])), await settle(Promise.all([never('a', 3), never('b', 1)])));
tell('allSettled', await settle(Promise.allSettled([later(1, 2), never('x', 1), { then: (a, b) => b('t') }])));
tell('any', await settle(Promise.any([never('x', 1), later(2, 5), later(3, 4)])), await settle(Promise.any([never('x', 3), never('y', 1)])), await settle(Promise.any([])));
tell('race', await settle(Promise.race([later(1, 3), later(2, 1)])), await settle(Promise.race([never('x', 1), later(2, 2)])));
told('resolve is looked up once', async () => {});
class P extends Promise { static get resolve() { seen.push('resolve'); return super.resolve; } static get [Symbol.species]() { seen.push('species'); return Promise; } }
await P.all([1, 2, 3]); tell('looked up', seen.splice(0));
tell('closing', await settle(Promise.all({ *[Symbol.iterator]() { try { yield 1; throw new Error('iterator'); } finally { seen.push('closed'); } } })), seen.splice(0));
tell('resolve throws and closes', await settle((class extends Promise { static resolve() { throw new Error('resolve'); } }).all({ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { seen.push('return'); return {}; } }) })), seen.splice(0));
tell('not iterable', await settle(Promise.all(5)), await settle(Promise.race()));
told('no constructor', () => Promise.all.call(undefined, []));
tell('then called twice counts once', await settle(Promise.all([{ then(yes) { yes(1); yes(2); } }, later(3, 4)])));
tell('holes and strings', await settle(Promise.all([, 1])), await settle(Promise.all('ab')));
