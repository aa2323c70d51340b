// The module `net`: addresses can be looked at, sockets cannot be had.

const v4Part = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const v4 = `${v4Part}(?:\\.${v4Part}){3}`;
const isV4 = new RegExp(`^${v4}$`);

function isIPv4(input) {
  return isV4.test(`${input}`);
}

function isIPv6(input) {
  let text = `${input}`;
  const zone = /%[0-9a-zA-Z-.:]{1,}$/.exec(text);
  if (zone !== null) text = text.slice(0, zone.index);
  // The last two groups may be written as an address of version 4.
  const tail = new RegExp(`:(${v4})$`).exec(text);
  if (tail !== null) text = `${text.slice(0, tail.index)}:0:0`;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

exports.isIPv4 = isIPv4;
exports.isIPv6 = isIPv6;
exports.isIP = function isIP(input) {
  return isIPv4(input) ? 4 : isIPv6(input) ? 6 : 0;
};
exports.getDefaultAutoSelectFamily = () => false;
exports.getDefaultAutoSelectFamilyAttemptTimeout = () => 250;

require('internal/unavailable').fill(exports, 'net', [
  'connect', 'createConnection', 'createServer', 'setDefaultAutoSelectFamily',
  'setDefaultAutoSelectFamilyAttemptTimeout',
], ['Socket', 'Server', 'Stream', 'BlockList', 'SocketAddress'],
(name) => (name === 'Server' ? require('events') : name === 'Socket' || name === 'Stream' ? require('stream').Duplex :
  undefined));
