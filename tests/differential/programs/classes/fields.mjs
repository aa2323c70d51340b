import { told } from '../../show.mjs';
told('order', () => { const log = []; const note = (name) => { log.push(name); return name; }; class Base { constructor() { note('base'); } } class A extends Base { [note('key a')] = note('a'); static [note('key s')] = note('s'); b = note('b'); [note('key m')]() {} static { note('block'); } constructor() { note('before'); super(); note('after'); } } note('made'); new A(); return log; });
told('names', () => { class A { a = () => {}; #p = function () {}; ['c' + 1] = class {}; static s = () => {}; 'quoted name' = () => {}; get() { return this.#p.name; } } const a = new A(); return [a.a.name, a.get(), a.c1.name, A.s.name, a['quoted name'].name]; });
told('this', () => { class A { self = this; arrow = () => this; static own = this; } const a = new A(); return [a.self === a, a.arrow.call(5) === a, A.own === A]; });
told('defined, not set', () => { let set = 0; class Base { set x(value) { set++; } } class A extends Base { x = 1; } return [set, Object.getOwnPropertyDescriptor(new A(), 'x')]; });
told('over a read-only one', () => { class Base { constructor() { Object.defineProperty(this, 'x', { value: 1 }); } } class A extends Base { x = 2; } new A(); });
told('on a frozen one', () => { class Base { constructor() { return Object.freeze({}); } } class A extends Base { x = 2; } new A(); });
told('no value', () => { class A { a; static b; 'c'; 1; } return [new A(), A.b, Object.hasOwn(A, 'b')]; });
told('arguments', () => (0, eval)('class A { a = arguments; }'));
told('super in fields', () => { class Base { m() { return `m of ${this.n}`; } static s() { return 'static'; } } class A extends Base { n = 5; v = super.m(); static w = super.s(); } return [new A().v, A.w]; });
told('new.target in fields', () => { class A { t = new.target; static s = new.target; } return [new A().t, A.s]; });
told('field that throws', () => { let reached = 0; class A { a = 1; b = (() => { throw new Error('field'); })(); c = reached++; } try { new A(); } catch (error) { return [error.message, reached]; } });
told('static block', () => { let secret; class A { static #x = 5; static { secret = () => A.#x; this.y = 1; var x = 2; } static { this.z = this.y + 1; } } return [secret(), A.y, A.z]; });
told('return from static block', () => (0, eval)('class A { static { return; } }'));
told('await in static block', () => (0, eval)('async () => { class A { static { await 1; } } }'));
told('keys are evaluated once', () => { let count = 0; class A { [`k${count++}`] = 1; } new A(); new A(); return [count, Object.keys(new A())]; });
told('constructor as a field', () => (0, eval)('class A { constructor = 1; }'));
told('prototype as a static field', () => (0, eval)('class A { static prototype = 1; }'));
told('computed prototype', () => { class A { static ['prototype'] = 1; } });
told('initialised by eval', () => { class A { x = eval('this.y = 3; 4'); z = eval('typeof arguments'); } return new A(); });
told('fields without semicolons', () => { class A { a
  b = 1
  get
  c() { return 2; }
  static
  d = 3
  async
  e = 4
} const a = new A(); return [Object.keys(a), a.c, A.d]; });
