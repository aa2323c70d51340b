import { tell } from '../../show.mjs';
const iso = (...parts) => { const date = new Date(Date.UTC(...parts)); return Number.isNaN(+date) ? 'invalid' : date.toISOString(); };
tell('overflow', iso(2024, 12, 1), iso(2024, -1, 31), iso(2024, 1, 30), iso(2023, 1, 29), iso(2024, 0, 0), iso(2024, 0, -365), iso(2024, 0, 1, 24), iso(2024, 0, 1, 0, -1), iso(2024, 0, 1, 0, 0, 3600), iso(2024, 0, 1, 0, 0, 0, 86400000));
tell('fractions', iso(2024.9, 1.9, 2.9, 3.9, 4.9, 5.9, 6.9), iso(-0.9), iso(2024, -0.5, 1), iso(NaN), iso(2024, Infinity));
tell('years of two digits', iso(0), iso(99), iso(100), iso(-1), iso(99.9), new Date(99, 0).getFullYear(), new Date(0, 0, 1).getFullYear());
const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 864e5;
tell('leap years', [1900, 2000, 2023, 2024, 2100, 0, -4, 400].map((year) => { const date = new Date(0); date.setUTCFullYear(year, 1, 29); return date.getUTCDate(); }), days('2000-01-01', '2001-01-01'), days('1900-01-01', '1901-01-01'));
tell('week days', Array.from({ length: 14 }, (_, at) => new Date(Date.UTC(2024, 1, 25 + at)).getUTCDay()), new Date(-8.64e15).getUTCDay(), new Date(8.64e15).getUTCDay(), new Date(-1).getUTCDay());
const addMonths = (text, count) => { const date = new Date(text); const day = date.getUTCDate(); date.setUTCDate(1); date.setUTCMonth(date.getUTCMonth() + count); const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(); date.setUTCDate(Math.min(day, last)); return date.toISOString().slice(0, 10); };
tell('months', [1, 2, 11, 12, 13, -1, -2, -13].map((count) => addMonths('2024-01-31', count)));
tell('ordinal days', [1, 59, 60, 61, 366, 367].map((day) => iso(2024, 0, day).slice(0, 10)));
let walked = 0; for (let day = Date.UTC(1999, 0, 1), at = 0; at < 4000; at++, day += 864e5) { const date = new Date(day); walked = (walked * 31 + date.getUTCDate() * 7 + date.getUTCMonth() * 3 + date.getUTCDay()) % 1000003; }
tell('a walk of four thousand days', walked);
tell('easter', [1999, 2000, 2024, 2025, 2038].map((y) => { const a = y % 19, b = Math.floor(y / 100), c = y % 100, d = b >> 2, e = b % 4, f = Math.floor((b + 8) / 25), g = Math.floor((b - f + 1) / 3), h = (19 * a + b - d - g + 15) % 30, i = c >> 2, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = Math.floor((a + 11 * h + 22 * l) / 451), n = h + l - 7 * m + 114; return `${Math.floor(n / 31)}-${n % 31 + 1}`; }));
