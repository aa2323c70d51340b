import { tell, told } from '../../show.mjs';
tell('from async', await Array.fromAsync([1, Promise.resolve(2), 3]), await Array.fromAsync((async function* () { yield 1; yield 2; })()), await Array.fromAsync({ length: 2, 0: Promise.resolve('a'), 1: 'b' }), await Array.fromAsync([1, 2], async (v, at) => v * 10 + at), await Array.fromAsync('ab'));
tell('rejections', await Array.fromAsync([Promise.reject(new Error('x'))]).catch((e) => e.message), await Array.fromAsync(null).catch((e) => e.name), await Array.fromAsync([1], 5).catch((e) => e.name));
tell('order', await (async () => { const seen = []; const p = Array.fromAsync({ [Symbol.iterator]() { seen.push('it'); return [1][Symbol.iterator](); } }); seen.push('sync'); await p; return seen; })());
told('of', () => [Array.of(3), Array.of(), Array.of.call(function (n) { this.n = n; }, 1, 2), Array.of.call(Object, 'a')]);
told('from', () => [Array.from({ length: 3 }, (v, at) => at * 2), Array.from('a\u{1f600}'), Array.from(new Map([[1, 2]])), Array.from({ length: 2, 1: 'b' }), Array.from([1, , 3]), Array.from.call(Object, [1, 2])]);
told('from closes', () => { const seen = []; try { Array.from({ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { seen.push('closed'); return {}; } }) }, () => { throw new Error('map'); }); } catch (error) { return [error.message, seen]; } });
told('this of the mapper', () => Array.from([1], function () { return this.x; }, { x: 'ctx' }));
told('subclass', () => { class A extends Array { constructor(...args) { super(...args); this.args = args.length; } } return [A.from([1, 2]).args, A.of(1, 2).args, A.from({ length: 2 }).args]; });
