import { tell } from '../../show.mjs';
const seen = []; async function* g(name, count) { try { for (let at = 0; at < count; at++) { seen.push(`${name}${at}`); yield at; } return 'end'; } finally { seen.push(`${name} closed`); } }
const take = async (it, n) => { const out = []; for await (const v of it) { out.push(v); if (out.length === n) break; } return out; };
tell('beside each other', await Promise.all([take(g('a', 3), 9), take(g('b', 3), 2)]), seen.splice(0));
tell('requests at once', await (async () => { const it = g('c', 2); return Promise.all([it.next(), it.next(), it.next(), it.next()]); })(), seen.splice(0));
tell('thrown in', await (async () => { const it = g('d', 3); await it.next(); return it.throw(new Error('in')).catch((error) => error.message); })(), seen.splice(0));
tell('a rejected value is thrown at yield', await (async () => { async function* h() { try { yield Promise.reject(new Error('r')); } catch (error) { yield `caught ${error.message}`; } } const it = h(); return [await it.next(), await it.next()]; })());
tell('yield star over sync promises', await (async () => { async function* h() { yield* [Promise.resolve(1), 2]; } return take(h(), 5); })());
tell('await in finally', await (async () => { async function* h() { try { yield 1; } finally { await null; seen.push('late'); } } for await (const v of h()) break; return seen.splice(0); })());
tell('errors in the body of a loop', await (async () => { try { for await (const v of g('e', 3)) throw new Error(`body ${v}`); } catch (error) { return [error.message, seen.splice(0)]; } })());
