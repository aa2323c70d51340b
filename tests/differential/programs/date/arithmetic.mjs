import { tell } from '../../show.mjs';
const date = new Date(Date.UTC(2024, 0, 31, 12));
const seen = [];
for (let at = 0; at < 14; at++) { date.setUTCMonth(date.getUTCMonth() + 1); seen.push(date.toISOString().slice(0, 10)); }
tell('months overflow', seen);
const back = new Date(Date.UTC(2024, 1, 29));
const years = [];
for (let at = 0; at < 9; at++) { back.setUTCFullYear(back.getUTCFullYear() - 1); years.push(back.toISOString().slice(0, 10)); }
tell('years', years);
tell('differences', new Date(2024, 2, 1) - new Date(2024, 1, 1), (new Date(2100, 0, 1) - new Date(2000, 0, 1)) / 86400000, new Date(0) - 1, new Date(5) + 1 === '5' + '1');
tell('weeks', Array.from({ length: 10 }, (_, at) => { const d = new Date(Date.UTC(2018 + at, 0, 1)); d.setUTCDate(d.getUTCDate() + 4 - (d.getUTCDay() || 7)); return Math.ceil(((d - Date.UTC(d.getUTCFullYear(), 0, 1)) / 86400000 + 1) / 7); }));
tell('chained', new Date(0).setUTCDate(new Date(0).setUTCHours(30) / 1e8), new Date(2000, 0, 1, 0, 0, 0, -1).toISOString(), new Date(99, 0).getFullYear(), new Date(-1, 0).getFullYear(), new Date(2000, -1, 0).toISOString());
tell('sorted', [3, 1, 2].map((at) => new Date(at * 1e10)).sort((x, y) => x - y).map((x) => x.getTime()), [new Date(2e12), new Date(1e12)].sort()[0].getTime());
tell('local is UTC', new Date(2024, 5, 1).getTime() === Date.UTC(2024, 5, 1), new Date('2024-06-01T00:00').getTime() === Date.UTC(2024, 5, 1), new Date('June 1, 2024').getTime() === Date.UTC(2024, 5, 1));
