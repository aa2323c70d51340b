import { each, tell } from '../../show.mjs';
const spaces = [];
for (let unit = 0; unit < 0x10000; unit++) if (String.fromCharCode(unit).trim() === '') spaces.push(unit.toString(16));
tell('white space', spaces);
each('trim', ['', '  a b ', '\ufeff\u2028x\u2029\u00a0', '\u180ex\u200b', '\u0085x', '\n\t\v\f\r'], (text) => [text.trim(), text.trimStart(), text.trimEnd()]);
tell('names', String.prototype.trimStart.name, String.prototype.trimLeft === String.prototype.trimStart, String.prototype.trimRight === String.prototype.trimEnd);
