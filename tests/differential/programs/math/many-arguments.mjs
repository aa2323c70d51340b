import { told } from '../../show.mjs';
for (const name of ['max', 'min', 'hypot']) {
  told(`${name}()`, () => Math[name]());
  told(`${name} zeros`, () => [Math[name](0, -0), Math[name](-0, 0), Math[name](-0, -0), Math[name](-0)]);
  told(`${name} nan`, () => [Math[name](NaN, 1), Math[name](1, NaN, Infinity), Math[name](undefined), Math[name](null), Math[name]('7', [3])]);
  told(`${name} infinite`, () => [Math[name](Infinity, 1), Math[name](-Infinity, NaN), Math[name](-Infinity, 3)]);
  told(`${name} of what throws`, () => { const seen = []; try { Math[name](NaN, { valueOf() { seen.push('a'); return 1; } }, { valueOf() { seen.push('b'); throw new Error('stop'); } }, { valueOf() { seen.push('c'); } }); } catch (error) { seen.push(error.message); } return seen; });
  told(`${name} bigint`, () => Math[name](1, 2n));
  told(`${name} length`, () => [Math[name].length, Math[name].name]);
}
told('hypot', () => [Math.hypot(3, 4), Math.hypot(5e-324), Math.hypot(-3), Math.hypot(5, 12, 84)]);
told('max of many', () => Math.max(...Array.from({ length: 5000 }, (_, at) => (at * 7919) % 5003)));
