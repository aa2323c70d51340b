import { tell, told } from '../../show.mjs';
const seen = [];
const got = async (label, value) => { try { seen.push([label, await value]); } catch (error) { seen.push([label, `threw ${error?.message ?? error}`]); } };
class Sub extends Promise { then(...args) { seen.push('sub then'); return super.then(...args); } }
await got('number', 5); await got('null', null); await got('promise', Promise.resolve('p')); await got('rejected', Promise.reject(new Error('r')));
await got('subclass', Sub.resolve('s')); await got('thenable', { then: (r) => r('t') }); await got('throwing', { then() { throw new Error('x'); } });
await got('async then', { then: async (r) => { await null; r('later'); } }); await got('function', Object.assign(() => {}, { then: (r) => r('f') })); await got('nested', Promise.resolve({ then: (r) => r({ then: (q) => q('deep') }) }));
await got('foreign constructor', Object.assign(Promise.resolve('c'), { constructor: Sub })); await got('getter', { get then() { throw new Error('g'); } });
tell('seen', seen);
told('resolve keeps its own', () => { const p = Promise.resolve(1); return [Promise.resolve(p) === p, Sub.resolve(p) === p, Promise.resolve(Sub.resolve(1)) instanceof Sub]; });
told('resolve on no constructor', () => Promise.resolve.call({}, 1));
told('resolve with itself', () => { let r; const p = new Promise((resolve) => { r = resolve; }); r(p); p.catch((e) => seen.push(e.name)); });
await null; await null;
tell('itself', seen.at(-1));
const order = []; const step = async (name, count) => { for (let at = 0; at < count; at++) { order.push(name + at); await undefined; } };
await Promise.all([step('a', 4), step('b', 3), (async () => { for await (const v of [1, Promise.resolve(2)]) order.push(v); })()]);
tell('interleaved', order);
async function tries() { try { return await Promise.reject('in'); } catch (e) { return `caught ${e}`; } finally { order.push('finally'); } }
async function fails() { try { return Promise.reject('out'); } catch { return 'never'; } }
tell('return await', await tries(), await fails().catch((e) => `outside ${e}`));
const params = async (a = (() => { throw new Error('default'); })()) => a;
tell('defaults reject', await params().catch((e) => e.message));
tell('withResolvers and try', await (() => { const { promise, resolve } = Promise.withResolvers(); resolve('w'); return promise; })(), await Promise.try?.((a, b) => a + b, 1, 2), await Promise.try?.(() => { throw 'thrown'; }).catch((e) => e));
