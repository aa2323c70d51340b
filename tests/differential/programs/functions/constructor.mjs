import { told } from '../../show.mjs';
told('parameters', () => [Function('a', 'b', 'return a + b')(1, 2), Function('a, b', 'return a + b')(1, 2), Function('a, b = 3', '...c', 'return [a, b, c]')(1), Function()(), Function('return 5')(), new Function('a /* c */', 'return a')(1), Function('a //', 'return a')(2)]);
told('text', () => [String(Function('a', 'b', 'return a')), String(Function()), String(Function('a,b', ''))]);
told('name', () => [Function().name, Function('a', 'b', '').length]);
for (const [label, all] of Object.entries({ injected: ['a) { return 1; } function x(', ''], body: ['}, function () {'], comment: ['/*', '*/) {'], both: ['a', 'let a;'], strict: ['a', 'a', '"use strict"'], simple: ['a = 1', '"use strict"'], superCall: ['super()'], newTarget: ['return new.target'], yields: ['yield', 'return yield'], html: ['-->', ''], hash: ['return #x'] })) told(label, () => typeof Function(...all));
told('global scope', () => { const local = 'local'; return [Function('return typeof local')(), Function('return this === globalThis')()]; });
told('conversions', () => { const log = []; const part = (name) => ({ toString() { log.push(name); return name === 'body' ? 'return 1' : name; } }); Function(part('a'), part('b'), part('body')); return log; });
told('subclass', () => { class F extends Function { twice(...all) { return [this(...all), this(...all)]; } } const f = new F('x', 'return x * 2'); return [f.twice(2), f instanceof F, f.name]; });
told('prototype', () => [Object.getOwnPropertyDescriptor(Function('') , 'prototype').writable, Reflect.ownKeys(Function('')).map(String)]);
