import { told } from '../../show.mjs';
const trace = (pattern) => { const seen = []; return [seen, new Proxy(pattern, { get(target, key) { seen.push(String(key)); const value = Reflect.get(target, key); return typeof value === 'function' ? value.bind(target) : value; }, set(target, key, value) { seen.push(`${String(key)}=${String(value)}`); return Reflect.set(target, key, value); } })]; };
for (const [name, work] of Object.entries({
  match: (pattern) => RegExp.prototype[Symbol.match].call(pattern, 'aba'),
  matchAll: (pattern) => [...RegExp.prototype[Symbol.matchAll].call(pattern, 'aba')].length,
  replace: (pattern) => RegExp.prototype[Symbol.replace].call(pattern, 'aba', 'x'),
  search: (pattern) => RegExp.prototype[Symbol.search].call(pattern, 'aba'),
  split: (pattern) => RegExp.prototype[Symbol.split].call(pattern, 'aba'),
  test: (pattern) => RegExp.prototype.test.call(pattern, 'aba'),
  text: (pattern) => RegExp.prototype.toString.call(pattern),
  construct: (pattern) => String(new RegExp(pattern)),
})) {
  for (const source of [/b/, /a/g, /a/y]) told(`${name} ${source}`, () => { const [seen, pattern] = trace(source); let result; try { result = work(pattern); } catch (error) { result = error.name; } return [result, seen.join(' ')]; });
}
