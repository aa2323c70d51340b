import { told } from '../../show.mjs';
const a = new Set([1, 2, 3, 4]);
const b = new Set([3, 4, 5]);
for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']) {
  told(name, () => [a[name](b), b[name](a), a[name](new Set()), new Set()[name](a), a[name](a)]);
  told(`${name} with a map`, () => a[name](new Map([[1, 'x'], [9, 'y']])));
  told(`${name} with a list`, () => a[name]([1, 2]));
  told(`${name} with a like`, () => a[name]({ size: 2, has: (value) => value > 3, keys: () => [4, 9].values() }));
  told(`${name} asks`, () => { const seen = []; const like = { get size() { seen.push('size'); return { valueOf() { seen.push('valueOf'); return 3; } }; }, get has() { seen.push('has'); return (value) => { seen.push(`has ${value}`); return value === 2; }; }, get keys() { seen.push('keys'); return () => { seen.push('keys()'); return [2, 7][Symbol.iterator](); }; } }; a[name](like); return seen.join(' '); });
  for (const size of [NaN, undefined, -1, Infinity, '3', 2.9]) told(`${name} of size ${size}`, () => a[name]({ size, has: () => true, keys: () => [][Symbol.iterator]() }));
  told(`${name} no function`, () => a[name]({ size: 1, has: 5, keys: () => [] }));
}
told('keys without next', () => a.union({ size: 1, has: () => true, keys: () => ({}) }));
told('keys gives no object', () => a.union({ size: 1, has: () => true, keys: () => 5 }));
told('changes while asked', () => { const own = new Set([1, 2, 3]); return [own.intersection({ size: 10, has(value) { own.delete(2); own.add(value + 10 < 13 ? value + 10 : value); return true; }, keys: () => [][Symbol.iterator]() }), own]; });
told('order of intersection', () => [[...new Set([1, 2, 3]).intersection(new Set([3, 2]))], [...new Set([3, 2]).intersection(new Set([1, 2, 3]))]]);
told('order of symmetric difference', () => [...new Set([1, 2]).symmetricDifference(new Set([3, 2, 0]))]);
told('duplicates', () => [[...a.symmetricDifference({ size: 3, has: () => false, keys: () => [1, 1, 9].values() })], [...a.union({ size: 3, has: () => false, keys: () => [9, 9, -0].values() })]]);
told('subclass', () => { class Mine extends Set {} return [new Mine([1]).union(new Set()) instanceof Mine, new Mine([1]).union(new Set()).size]; });
told('closes', () => { let closed = 0; const it = () => ({ next: () => ({ value: 99 }), return() { closed++; return {}; } }); const like = { size: 1, has: () => true, keys: it }; return [a.isSupersetOf(like), closed]; });
