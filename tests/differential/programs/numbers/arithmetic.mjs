import { tell } from '../../show.mjs';
const values = [0, -0, 1, -1, 0.5, 3, -7.25, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 1e308, 5e-324, Infinity, -Infinity, NaN];
for (const left of values) {
  tell(`${Object.is(left, -0) ? '-0' : left} %`, values.map((right) => left % right));
  tell(`${Object.is(left, -0) ? '-0' : left} *`, values.map((right) => left * right));
  tell(`${Object.is(left, -0) ? '-0' : left} +`, values.map((right) => left + right));
  tell(`${Object.is(left, -0) ? '-0' : left} /`, values.map((right) => left / right));
}
let counter = 2147483646;
tell('increments over the edge of 32 bits', ++counter, counter++, counter++, counter, -counter, counter * counter);
let down = -2147483647;
tell('decrements over it', --down, down--, down--, down, -down);
tell('negated', -(-2147483648), -0, -(0), 0 * -1, -2147483648 / -1, -2147483648 % -1, 2147483647 * 2147483647, 65536 * 65536, -65536 * 65536);
