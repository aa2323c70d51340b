import { show } from '../../show.mjs';
const AsyncIterator = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {}).prototype));
print(show(Reflect.ownKeys(AsyncIterator)));
print(AsyncIterator[Symbol.asyncIterator].name);
// What wraps a synchronous iterator, step by step.
const log = [];
const source = { [Symbol.iterator]: () => ({ n: 0, next(value) { log.push(`next ${value}`); return { value: Promise.resolve(this.n), done: this.n++ > 1 }; }, return(value) { log.push(`return ${value}`); return { value: Promise.resolve('closed'), done: true }; } }) };
async function* through() { return yield* source; }
const it = through();
print(show([await it.next('a'), await it.next('b'), await it.return('c'), await it.next()]));
print(log.join(', '));
print(show(await Array.fromAsync(source)));
print(show(await Array.fromAsync([1, Promise.resolve(2), { then: (resolve) => resolve(3) }], async (value) => value * 2)));
print(show(await Array.fromAsync({ length: 2, 0: Promise.resolve('x') })));
print(show(await Array.fromAsync((async function* () { yield 1; yield Promise.resolve(2); })(), (value, at) => value * 10 + at)));
print(show(await Array.fromAsync(null).catch((error) => error.name)));
print(show(await Array.fromAsync([Promise.reject(new Error('x'))]).catch((error) => error.message)));
print(show(await Array.fromAsync([1], 5).catch((error) => error.name)));
print(show(await Array.fromAsync.call(class { constructor(...all) { this.all = all; } }, [7])));
print(show([Array.fromAsync.length, Array.fromAsync.name]));
