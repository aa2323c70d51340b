import { told } from '../../show.mjs';
function f(a, b, c) { return [this, a, b, c, new.target === undefined]; }
told('this and arguments', () => f.bind('me', 1)(2, 3));
told('twice', () => f.bind('first', 1).bind('second', 2)(3));
told('shape', () => [f.bind().name, f.bind().bind().name, f.bind(null, 1).length, f.bind(null, 1, 2, 3, 4).length, 'prototype' in f.bind(), Reflect.ownKeys(f.bind())]);
told('length', () => [[5, 5.9, -1, -Infinity, Infinity, NaN, '3', 2 ** 40].map((length) => Object.defineProperty(function () {}, 'length', { value: length }).bind(null, 1).length), Object.defineProperty(function () {}, 'name', { value: 5 }).bind().name]);
told('new', () => { function P(a, b) { this.sum = a + b; } const made = new (P.bind('lost', 1))(2); return [made.sum, made instanceof P]; });
told('new target', () => { function P() { return { same: new.target === P }; } return [new (P.bind())().same, Reflect.construct(P.bind(), [], Array).same]; });
told('arrow', () => (() => typeof this).bind(5)());
told('arrow with new', () => new ((() => {}).bind())());
told('class', () => { class A { constructor(x) { this.x = x; } } return [new (A.bind(null, 5))().x, (() => { try { A.bind()(); } catch (error) { return error.name; } })()]; });
told('not callable', () => Function.prototype.bind.call({}));
told('toString', () => String(f.bind()).includes('native code'));
told('prototype', () => { const g = () => {}; Object.setPrototypeOf(g, null); return Object.getPrototypeOf(Function.prototype.bind.call(g)); });
told('long chain', () => { let g = (...all) => all.length; for (let at = 0; at < 100; at++) g = g.bind(null, at); return g(); });
