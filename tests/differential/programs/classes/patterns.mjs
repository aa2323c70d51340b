import { tell } from '../../show.mjs';
class Vector { #parts; constructor(...parts) { this.#parts = parts; } static of(...all) { return new this(...all); } get size() { return Math.hypot(...this.#parts); } plus(other) { return new this.constructor(...this.#parts.map((x, at) => x + other.#parts[at])); } *[Symbol.iterator]() { yield* this.#parts; } [Symbol.toPrimitive](hint) { return hint === 'string' ? `<${this.#parts}>` : this.size; } static [Symbol.hasInstance](value) { return typeof value === 'object' && value !== null && #parts in value; } get [Symbol.toStringTag]() { return 'Vector'; } toJSON() { return this.#parts; } }
class Point extends Vector { get x() { return [...this][0]; } }
const p = Point.of(3, 4);
tell('values', [...p], p.size, `${p}`, +p, p + 1, p.x, JSON.stringify({ p }), String(Object.prototype.toString.call(p)), p instanceof Vector, Object.create(Point.prototype) instanceof Vector, p.plus(Point.of(1, 1)).constructor.name);
const Serial = (Base) => class extends Base { save() { return JSON.stringify(this); } };
const Counted = (Base) => class extends Base { static made = 0; constructor(...all) { super(...all); new.target.made++; } };
class Both extends Serial(Counted(Object)) { a = 1; }
tell('mixins', new Both().save(), new Both().a, Both.made, Object.hasOwn(Both, 'made'));
class Singleton { static #one; static get one() { return (Singleton.#one ??= new Singleton()); } }
tell('singleton', Singleton.one === Singleton.one);
class Chain { #steps = []; constructor() { return new Proxy(this, { get: (target, key, receiver) => (key === 'run' ? () => target.#steps.join('.') : (target.#steps.push(String(key)), receiver)) }); } }
tell('chain', new Chain().a.b.c.run());
class Money { static #rates = new Map([['x', 2]]); static { for (const [name, rate] of Money.#rates) Object.defineProperty(this.prototype, `in_${name}`, { get() { return this.amount * rate; } }); } constructor(amount) { this.amount = amount; Object.freeze(this); } }
tell('made accessors', new Money(21).in_x, Reflect.ownKeys(Money.prototype), Object.isFrozen(new Money(1)));
class Events extends Map { on(name, f) { return this.set(name, [...(this.get(name) ?? []), f]); } emit(name, ...all) { return (this.get(name) ?? []).map((f) => f.apply(this, all)); } }
tell('events', new Events().on('a', (x) => x * 2).on('a', function () { return this.size; }).emit('a', 5));
