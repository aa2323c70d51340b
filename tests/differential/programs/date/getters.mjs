import { tell } from '../../show.mjs';
const names = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
for (const time of [0, -1, 951782400000, 951868799999, 4107542400000, -62198755200000, -62167219200000, 8.64e15, -8.64e15, -2208988800000, 1e12 + 123, 1709164800000, NaN, -86400000, 253402300800000]) {
  const date = new Date(time);
  tell(String(time), names.map((name) => date[`getUTC${name}`]()), names.map((name) => date[`get${name}`]()), date.getTimezoneOffset(), date.getYear());
}
