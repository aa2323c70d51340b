import { tell } from '../../show.mjs';
for (let month = 0; month < 12; month++) { const date = new Date(Date.UTC(2023, month, 5 + month)); tell(String(month), date.toUTCString(), date.toString().slice(0, 15), date.toDateString(), Date.parse(date.toUTCString()) === date.getTime(), Date.parse(date.toString()) === date.getTime(), Date.parse(`${date.toDateString()} 00:00:00 GMT`) === date.getTime()); }
tell('locale', new Date(0).toLocaleDateString(), new Date(0).toLocaleTimeString(), new Date(0).toLocaleString(), new Date(1e12 + 1).toLocaleString());
tell('names', ['jan', 'FEB', 'March', 'apr', 'mayo', 'June', 'Juli', 'sep', 'Sept', 'oct.', 'DECEMBER', 'xyz'].map((name) => new Date(`${name} 3 2001 GMT`).getTime()));
tell('zones', ['GMT', 'UTC', 'Z', 'EST', 'EDT', 'CST', 'CDT', 'MST', 'MDT', 'PST', 'PDT', 'CET', '+0100', '-01:30', 'GMT+2', 'GMT+02:00'].map((zone) => new Date(`3 Jan 2001 10:00:00 ${zone}`).getTime()));
