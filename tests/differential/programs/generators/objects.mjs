import { told, sources } from '../../show.mjs';
function* generate(a, b = 2) { yield a + b; }
const GeneratorFunction = Object.getPrototypeOf(generate).constructor;
told('shape', () => [generate.name, generate.length, String(generate.prototype), Reflect.ownKeys(generate.prototype), Object.getPrototypeOf(generate.prototype) === GeneratorFunction.prototype.prototype, 'caller' in generate]);
told('new', () => new generate());
told('prototype of objects', () => { const made = generate(1); return [Object.getPrototypeOf(made) === generate.prototype, made instanceof generate, String(made), made[Symbol.iterator]() === made]; });
told('prototype is no object', () => { function* g() {} g.prototype = 5; return Object.getPrototypeOf(g()) === GeneratorFunction.prototype.prototype; });
told('constructor', () => [...GeneratorFunction('a', 'yield a; yield* [1, 2]')(0)]);
told('constructor with new', () => [new GeneratorFunction('yield this; return 1').name, String(new GeneratorFunction('a,b', 'c', 'yield a'))]);
told('chain', () => [Object.getPrototypeOf(GeneratorFunction) === Function, GeneratorFunction.prototype[Symbol.toStringTag], GeneratorFunction.length, GeneratorFunction.prototype.constructor === GeneratorFunction]);
told('parameters are evaluated at once', () => { const seen = []; function* g(a = seen.push('default')) { seen.push('body'); } const it = g(); seen.push('made'); it.next(); return seen; });
told('parameters that throw', () => { function* g(a = (() => { throw new Error('early'); })()) {} g(); });
told('arguments and this', () => { function* g() { yield arguments.length; yield typeof this; } return [...g.call('x', 1, 2)]; });
told('methods', () => { const object = { *a() { yield this.b; }, b: 5, *[Symbol.iterator]() { yield* this.a(); }, *'quoted name'() {}, *1() {} }; return [[...object], object['quoted name'].name, object[1].name]; });
told('yield as a name', () => (0, eval)('var yield = 3; yield * 2'));
sources('syntax', ['function* g() { yield\n* 2 }', 'function* g() { (yield) => 1 }', 'function* g(a = yield) {}', 'function* g() { yield ? 1 : 2 }', 'function* g() { var yield }', 'function* g() { function yield() {} }', '[...(function* () { yield\n1; })()]', '[...(function* () { yield yield 1; })()].length', 'function* g() { yield: 1 }', 'function* yield() {}', '"use strict"; function* yield() {}', '(function* () { yield => 1 })', '({ *get a() {} })', '({ get *a() {} })', 'function* g() { `${yield}` }', '[...(function* () { yield /a/.source; })()]', 'function* g() { new yield }', 'function* g() { void yield }', '(function* yield() {})', 'function* g() { super.x }', 'async function* g() { yield await 1 }']);
