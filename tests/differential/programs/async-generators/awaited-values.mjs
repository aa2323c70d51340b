import { show } from '../../show.mjs';
const slow = (value, ticks = 3) => { let promise = Promise.resolve(value); for (let at = 0; at < ticks; at++) promise = promise.then((each) => each); return promise; };
async function* g() {
  yield slow('yielded');
  yield { then(resolve) { resolve('thenable'); } };
  try { yield Promise.reject(new Error('rejected')); } catch (error) { print(`inside ${error.message}`); }
  return slow('returned');
}
for await (const value of g()) print(`value ${show(value)}`);
const it = g();
for (let at = 0; at < 5; at++) print(show(await it.next()));
const returned = g();
print(show(await returned.return(slow('r'))));
print(show(await g().return(Promise.reject(new Error('bad'))).catch((error) => `caught ${error.message}`)));
async function* started() { try { yield 1; } catch (error) { yield `saw ${error.message}`; } }
const running = started();
await running.next();
print(show(await running.return(Promise.reject(new Error('into the body'))).catch((error) => `out ${error.message}`)));
print(show(await running.next()));
async function* broken() { yield { get then() { throw new Error('then'); } }; }
print(show(await broken().next().catch((error) => error)));
