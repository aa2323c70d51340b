// The module `punycode`: RFC 3492.

const base = 36;
const tMin = 1;
const tMax = 26;
const skew = 38;
const damp = 700;
const firstBias = 72;
const firstCode = 128;
const most = 0x7FFFFFFF;

function overflow() {
  return new RangeError('Overflow: input needs wider integers to process');
}

function adapt(delta, count, first) {
  delta = first ? Math.floor(delta / damp) : delta >> 1;
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > (base - tMin) * tMax >> 1; k += base) delta = Math.floor(delta / (base - tMin));
  return Math.floor(k + (base - tMin + 1) * delta / (delta + skew));
}

const threshold = (k, bias) => (k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias);
const digitOf = (value) => String.fromCharCode(value < 26 ? value + 97 : value + 22);

function valueOf(unit) {
  if (unit >= 48 && unit < 58) return unit - 22;
  unit |= 32;
  return unit >= 97 && unit < 123 ? unit - 97 : base;
}

function decode(input) {
  const out = [];
  const delimiter = Math.max(input.lastIndexOf('-'), 0);
  for (let i = 0; i < delimiter; i++) {
    if (input.charCodeAt(i) >= 0x80) throw new RangeError('Illegal input >= 0x80 (not a basic code point)');
    out.push(input.charCodeAt(i));
  }
  let n = firstCode;
  let bias = firstBias;
  let i = 0;
  for (let index = delimiter > 0 ? delimiter + 1 : 0; index < input.length;) {
    const before = i;
    for (let weight = 1, k = base; ; k += base) {
      if (index >= input.length) throw new RangeError('Invalid input');
      const digit = valueOf(input.charCodeAt(index++));
      if (digit >= base) throw new RangeError('Invalid input');
      if (digit > Math.floor((most - i) / weight)) throw overflow();
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > Math.floor(most / (base - t))) throw overflow();
      weight *= base - t;
    }
    const count = out.length + 1;
    bias = adapt(i - before, count, before === 0);
    n += Math.floor(i / count);
    i %= count;
    out.splice(i++, 0, n);
  }
  return String.fromCodePoint(...out);
}

function encode(input) {
  const points = ucs2.decode(input);
  let out = points.filter((point) => point < 0x80).map((point) => String.fromCharCode(point)).join('');
  const basic = out.length;
  let handled = basic;
  if (basic > 0) out += '-';
  let n = firstCode;
  let delta = 0;
  let bias = firstBias;
  while (handled < points.length) {
    const next = points.reduce((least, point) => (point >= n && point < least ? point : least), most);
    if (next - n > Math.floor((most - delta) / (handled + 1))) throw overflow();
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n && ++delta > most) throw overflow();
      if (point !== n) continue;
      let q = delta;
      for (let k = base; ; k += base) {
        const t = threshold(k, bias);
        if (q < t) break;
        out += digitOf(t + (q - t) % (base - t));
        q = Math.floor((q - t) / (base - t));
      }
      out += digitOf(q);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return out;
}

const ucs2 = {
  decode: (string) => Array.from(string, (character) => character.codePointAt(0)),
  encode: (points) => String.fromCodePoint(...points),
};

// Each label of a domain by itself; what stands before an `@` is no domain.
function mapDomain(domain, change) {
  const at = domain.indexOf('@');
  const head = domain.slice(0, at + 1);
  return head + domain.slice(at + 1).replace(/[\u3002\uFF0E\uFF61]/g, '.').split('.').map(change).join('.');
}

const toUnicode = (input) => mapDomain(input, (label) =>
  (label.startsWith('xn--') ? decode(label.slice(4).toLowerCase()) : label));
const toASCII = (input) => mapDomain(input, (label) => (/[^\0-\x7F]/.test(label) ? `xn--${encode(label)}` : label));

module.exports = { version: '2.1.0', ucs2, decode, encode, toASCII, toUnicode };
