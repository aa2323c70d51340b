import { told } from '../../show.mjs';
told('arguments before the body', () => { const seen = []; function* g(a = seen.push('default')) { seen.push('body'); } const it = g(); seen.push('made'); it.next(); return seen; });
told('an error in a default', () => { function* g(a = (() => { throw new Error('early'); })()) {} g(); });
told('yield in the middle of things', () => { function* g() { const made = { a: yield 'a', [yield 'key']: yield 'value' }; const list = [yield 1, ...(yield 2)]; const text = `${yield 3}-${yield 4}`; return [made, list, text, (yield 5) ? yield 6 : 0, (yield 7)?.x]; } const it = g(); const asked = []; let step = it.next(); const answers = ['A', 'k', 'V', 'l', ['m'], 't', 'u', true, 'yes', { x: 'opt' }]; for (const answer of answers) { asked.push(step.value); step = it.next(answer); } return [asked, step]; });
told('yield as an argument', () => { const seen = []; const call = (...args) => args.join(); function* g() { seen.push(call(yield 1, yield 2)); } const it = g(); it.next(); it.next('a'); it.next('b'); return seen; });
told('this and new.target', () => { function* g() { yield this === undefined ? 'none' : typeof this; yield new.target; } return [[...g()], [...g.call({})]]; });
told('not a constructor', () => { function* g() {} new g(); });
told('prototypes', () => { function* g() {} const it = g(); g.prototype = null; const other = g(); return [Object.getPrototypeOf(it) !== Object.getPrototypeOf(other), Object.getPrototypeOf(other) === Object.getPrototypeOf(function* () {}).prototype, 'prototype' in g, Object.getOwnPropertyDescriptor(function* () {}, 'prototype')]; });
told('arguments object', () => { function* g() { yield arguments.length; yield arguments[1]; arguments[0] = 'changed'; yield arguments[0]; } return [...g('a', 'b')]; });
told('methods and computed names', () => { const o = { *a() { yield this.x; }, *['b' + 1]() { yield super.toString === Object.prototype.toString; }, x: 5 }; return [[...o.a()], [...o.b1()], o.a.name, o.b1.name]; });
told('yield precedence', () => { function* g() { const a = yield yield 1; return a; } const it = g(); return [it.next(), it.next('x'), it.next('y')]; });
told('yield without a value and newline', () => { function* g() { yield
  'not this'; return 'end'; } return [g().next(), [...g()]]; });
told('closing by destructuring', () => { const seen = []; function* g() { try { yield 1; yield 2; } finally { seen.push('closed'); } } const [a] = g(); const [, ,] = g(); const [...all] = g(); return [a, all, seen]; });
