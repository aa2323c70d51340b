import { tell } from '../../show.mjs';
const seen = [];
const date = new Date(0);
const part = (name, value, effect) => ({ valueOf() { seen.push(name); effect?.(); return value; } });
tell('the value is read before the arguments', date.setUTCHours(part('h', 1, () => date.setTime(1e12)), part('m', 2)), date.getTime(), seen.splice(0));
const invalid = new Date(NaN);
tell('all are converted', invalid.setUTCMonth(part('m', 1, () => invalid.setTime(0)), part('d', 2)), invalid.getTime(), seen.splice(0));
const year = new Date(NaN);
tell('a year revives', year.setUTCFullYear(part('y', 1999), part('m', 11), part('d', 31)), seen.splice(0));
try {
  new Date(0).setUTCDate({ valueOf() { throw new RangeError('mine'); } });
} catch (error) {
  tell('thrown', error);
}
