import { tell } from '../../show.mjs';
// Every first of March and last of February over the leap years of a few centuries, by weekday.
for (const century of [-4, 0, 1500, 1600, 1700, 1800, 1900, 2000, 2100, 2400, 275700]) {
  const row = [];
  for (let year = century; year < century + 24; year++) {
    const date = new Date(0);
    date.setUTCFullYear(year, 2, 0);
    row.push(date.getUTCDate() * 10 + date.getUTCDay());
  }
  tell(String(century), row);
}
let state = 12345;
let sum = 0;
for (let at = 0; at < 2000; at++) {
  state = (state * 48271) % 2147483647;
  const time = (state - 1073741824) * 4000000 + at;
  const date = new Date(time);
  const again = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds());
  const year = date.getUTCFullYear();
  if (again !== time && !(year >= 0 && year < 100)) tell('otherwise', time, again);
  if (Date.parse(date.toISOString()) !== time) tell('reads otherwise', time);
  sum = (sum * 31 + date.getUTCDay() + date.getUTCDate() * 7 + year) % 1000003;
}
tell('sum', sum);
