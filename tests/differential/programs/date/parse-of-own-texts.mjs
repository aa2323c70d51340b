import { tell } from '../../show.mjs';
const dates = [0, 1, -1, 951782400000, 253402300799999, -62135596800000, -62198755200000, 8.64e15, -8.64e15, 1709210096789].map((ms) => new Date(ms));
for (const date of dates) {
  tell(date.toISOString(), Date.parse(date.toISOString()) === date.getTime(), Date.parse(date.toUTCString()) === Math.floor(date / 1000) * 1000, Date.parse(date.toString()) === Math.floor(date / 1000) * 1000);
  tell('texts', date.toUTCString(), date.toString(), date.toDateString(), date.toTimeString(), date.toJSON());
}
for (const text of ['Thu, 29 Feb 2024 12:34:56 GMT', '29 Feb 2024', 'Feb 29 2024', 'February 29, 2024 1:02 PM', 'Thu Feb 29 2024 12:34:56 GMT+0100 (x)', '2/29/2024', '2/29/24', 'Feb 30 2024', 'Thu, 29 Feb 2024 12:34:56 EST', '29 Feb 2024 12:34 PST', 'nonsense', 'Feb', '1']) tell(text, Date.parse(text));
