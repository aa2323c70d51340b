import { told, sources, show } from '../../show.mjs';
async function f(a, b = 1) { return a + b; }
const AsyncFunction = Object.getPrototypeOf(f).constructor;
told('shape', () => [f.name, f.length, 'prototype' in f, String(Object.getPrototypeOf(f)[Symbol.toStringTag]), Reflect.ownKeys(f)]);
told('new', () => new f());
told('constructor', () => [String(AsyncFunction('a', 'await a')), Object.getPrototypeOf(AsyncFunction) === Function, AsyncFunction.length]);
told('starts at once', () => { const seen = []; (async () => { seen.push('in'); await null; seen.push('never here'); })(); seen.push('out'); return seen; });
print(show(await (async (a = (() => { throw new Error('default'); })()) => a)().catch((error) => error.message)));
print(show(await (async ({ a }) => a)(null).catch((error) => error.name)));
print(show(await Promise.all([f(1), f(1, 2), f.call(null, 'x'), (async function () { return arguments.length; })(1, 2), (async function () { return typeof this; }).call(5)])));
async function control() { const seen = []; for (let at = 0; at < 3; at++) { try { if (at === 1) continue; await null; if (at === 2) return seen; seen.push(at); } finally { seen.push(`f${at}`); await null; seen.push(`g${at}`); } } }
print(show(await control()));
async function nested() { try { try { await Promise.reject(new Error('inner')); } finally { await null; } } catch (error) { return `outer ${error.message}`; } }
print(await nested());
async function over() { try { return await 'try'; } finally { return 'finally'; } }
print(await over());
class A { async m() { return super.toString === Object.prototype.toString; } static async s() { return this.name; } async *g() { yield await 1; } async #p() { return 'private'; } p() { return this.#p(); } }
print(show([await new A().m(), await A.s(), await new A().p(), (await new A().g().next()).value]));
print(show([await (async () => { const values = [await 1, await 2, ...(await [3, 4])]; return { ...(await { a: 1 }), values, [await 'key']: await 5 }; })()]));
print(`${await 1}${await (await (async () => 'x')())}`);
sources('syntax', ['async function f() { function g() { await 1; } }', 'async function f(await) {}', 'async function f(a = await 1) {}', 'async (await) => 1', 'async (x = await 1) => 1', 'async x => await x', 'async\n(x)', 'async x\n=> x', 'var async = 5; async', 'async () => {}()', 'function f() { await 1; }', 'var await = 3; await', '({ async: 1, await: 2 }).await', '({ async a() {}, async *b() {}, async "c"() {}, async 1() {}, async [`d`]() {} }).d.name', 'async function f() { var await; }', 'async function await() {} typeof await', '(async function await() {})', 'async () => { await: 1 }', 'typeof async function () {}', 'async function f() { return await }', 'async function f() { await\n1 }', 'async function f() { 2 ** await 1; await 1 ** 2 }', 'async function f() { (await 1) ** 2 }', 'async function f() { -await 1 }', 'async function f() { await async () => {} }', 'async arrow => {}, typeof arrow', 'async (a, a) => 1', '"use strict"; async (eval) => 1', 'async (x) => { let x; }', 'async ({ a = 1 }) => a', 'async ({ a = 1 })', '({ get async() { return "a"; } }).async']);
