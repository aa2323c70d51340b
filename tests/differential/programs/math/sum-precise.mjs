import { told } from '../../show.mjs';
const sum = Math.sumPrecise;
told('there', () => typeof sum);
if (sum) {
  told('none', () => sum([]));
  told('zeros', () => [sum([-0]), sum([-0, 0]), sum([-0, -0])]);
  told('tenths', () => sum([0.1, 0.2, 0.3]));
  told('cancel', () => sum([1e308, 1e308, 0.1, 0.1, 1e30, 0.1, -1e30, -1e308, -1e308]));
  told('infinite', () => [sum([Infinity, -Infinity]), sum([1e308, 1e308]), sum([Infinity, 1])]);
  told('not numbers', () => sum([1, '2']));
  told('not iterable', () => sum(5));
  told('bigint', () => sum([1n]));
  told('tiny', () => sum([5e-324, 5e-324, -5e-324]));
  told('random walk', () => { let state = 1; const list = []; for (let i = 0; i < 500; i++) { state = (state * 48271) % 2147483647; list.push((state - 1e9) * 2 ** ((state % 200) - 100)); } return sum(list); });
  told('closes', () => { const seen = []; const source = { [Symbol.iterator]: () => ({ next: () => ({ value: 'x', done: false }), return() { seen.push('closed'); return {}; } }) }; try { sum(source); } catch (error) { seen.push(error.name); } return seen; });
}
