import { told, sources } from '../../show.mjs';
async function* generate(a, b = 2) { yield a + b; }
const AsyncGeneratorFunction = Object.getPrototypeOf(generate).constructor;
told('shape', () => [generate.name, generate.length, String(generate.prototype), Reflect.ownKeys(generate), Object.getPrototypeOf(generate.prototype) === AsyncGeneratorFunction.prototype.prototype]);
told('new', () => new generate());
told('objects', () => { const made = generate(1); return [String(made), made[Symbol.asyncIterator]() === made, made[Symbol.iterator], made instanceof generate]; });
told('constructor', () => String(AsyncGeneratorFunction('a', 'yield await a')));
told('parameters throw at once', () => { async function* g(a = (() => { throw new Error('early'); })()) {} g(); });
told('lengths', () => ['next', 'return', 'throw'].map((name) => generate.prototype.__proto__[name].length));
sources('syntax', ['async function* g() { await\n1; yield\n* 2 }', 'async function* g() { function await() {} }', 'async function* g(a = await 1) {}', 'async function* g(a = yield) {}', '({ async *m() {} }).m.name', '({ async get *a() {} })', '({ *async m() {} })', 'async\nfunction* g() {}', 'async function* await() {}', '(async function* await() {})', '({ async\n*m() {} })', '({ async *[Symbol.iterator]() {} })[Symbol.iterator].name', 'class A { async *#p() {} static has(x) { return #p in x; } } A.has(new A())', 'async function* g() { for await (const x of y) yield x; } g.name', 'for await (const x of []) ;', 'async () => { for await (async of []) ; }', 'async () => { for await (let x, y of []) ; }', 'async () => { for await (x in []) ; }', 'for (async of []) ;', 'for (async of => {}; false;) ;', 'for (let of []) ;', 'for (let of = 0; false;) ;', 'for (let.x of []) ;']);
const it = generate(1);
for (const [name, self] of [['next', {}], ['return', 5], ['throw', undefined], ['next', (function* () {})()]]) print(await it[name].call(self).then(() => 'fulfilled', (error) => `${name} rejected ${error.name}`));
