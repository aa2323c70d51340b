import { show } from '../../show.mjs';
const wait = (ticks, value, fail) => { let promise = Promise.resolve(); for (let at = 0; at < ticks; at++) promise = promise.then(() => {}); return promise.then(() => { if (fail) throw value; return value; }); };
for (const name of ['all', 'allSettled', 'any', 'race']) {
  const run = async (label, make) => { let result; try { const promise = make(); result = show(await promise); } catch (error) { result = `threw ${show(error)}`; } print(`${name} ${label}: ${result}`); };
  await run('values', () => Promise[name]([1, Promise.resolve(2), wait(5, 3)]));
  await run('failures', () => Promise[name]([wait(3, 'a', true), wait(1, 'b', true)]));
  await run('mixed', () => Promise[name]([wait(3, 'slow'), wait(1, 'fails', true), wait(2, 'ok')]));
  await run('text', () => Promise[name]('ab'));
  await run('thenables', () => Promise[name]([{ then: (resolve) => resolve('t') }, { then: (_, reject) => reject('r') }]));
  if (name !== 'race') await run('none', () => Promise[name]([]));
  await run('no iterable', () => Promise[name](5));
  await run('nothing', () => Promise[name]());
  await run('iterator throws', () => Promise[name]({ *[Symbol.iterator]() { yield 1; throw new Error('iterator'); } }));
  await run('next throws', () => Promise[name]({ [Symbol.iterator]: () => ({ next() { throw new Error('next'); }, return() { print('closed'); } }) }));
  await run('resolve is no function', () => Promise[name].call(class extends Promise { static resolve = 5; }, [1]));
  await run('resolve throws', () => Promise[name].call(class extends Promise { static resolve() { throw new Error('resolve'); } }, { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return() { print('closed'); return {}; } }) }));
  await run('no constructor', () => Promise[name].call({}, []));
  await run('own then', () => { const promise = Promise.resolve(1); promise.then = (resolve) => resolve('own'); return Promise[name]([promise]); });
  await run('element functions twice', () => Promise[name].call(Promise, [{ then(resolve) { resolve(1); resolve(2); } }, 3]));
}
