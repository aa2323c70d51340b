import { tell, told } from '../../show.mjs';
for (const time of [0, 951782400000, -62167219200001, -62198755200000, 8.64e15, -8.64e15, 253402300800000, 1e12, -1]) {
  const date = new Date(time);
  tell(String(time), date.toISOString(), date.toUTCString(), date.toString(), date.toDateString(), date.toTimeString(), date.toJSON());
}
const invalid = new Date(NaN);
for (const name of ['toISOString', 'toUTCString', 'toString', 'toDateString', 'toTimeString', 'toJSON', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) told(`invalid ${name}`, () => invalid[name]());
told('same function', () => Date.prototype.toGMTString === Date.prototype.toUTCString);
told('json of others', () => [Date.prototype.toJSON.call({ toISOString: () => 'mine' }), Date.prototype.toJSON.call({ toISOString: () => 'x', valueOf: () => NaN })]);
told('json without', () => Date.prototype.toJSON.call({}));
