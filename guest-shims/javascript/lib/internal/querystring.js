// Percent encoding of what stands in a query.

const { codes } = require('internal/errors');

// A surrogate takes what follows it as its other half, whatever that is. Alone at the end it has none.
function pairSurrogates(string) {
  let out = '';
  for (let i = 0; i < string.length; i++) {
    const unit = string.charCodeAt(i);
    if (unit < 0xD800 || unit > 0xDFFF) {
      out += string[i];
      continue;
    }
    if (++i === string.length) throw new codes.ERR_INVALID_URI();
    out += String.fromCodePoint(0x10000 + ((unit & 0x3FF) << 10 | string.charCodeAt(i) & 0x3FF));
  }
  return out;
}

// encodeURIComponent leaves `-_.!~*'()` alone, exactly what Node's querystring leaves alone too.
function encodeQuery(string) {
  return encodeURIComponent(string.isWellFormed() ? string : pairSurrogates(string));
}

function hexValue(unit) {
  if (unit >= 48 && unit <= 57) return unit - 48;
  unit |= 32;
  return unit >= 97 && unit <= 102 ? unit - 87 : -1;
}

// Bytes out of a string whose escapes may be malformed: those stay as they are.
function unescapeBytes(string, plusIsSpace) {
  const { Buffer } = require('internal/buffer/core');
  const bytes = Buffer.allocUnsafe(string.length);
  let length = 0;
  for (let i = 0; i < string.length; i++) {
    let unit = string.charCodeAt(i);
    if (plusIsSpace && unit === 43) {
      unit = 32;
    } else if (unit === 37 && i + 2 < string.length) {
      const high = hexValue(string.charCodeAt(i + 1));
      const low = hexValue(string.charCodeAt(i + 2));
      if (high >= 0 && low >= 0) {
        unit = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = unit;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

// The same on bytes that are there already; gives how many are left.
function unescapeInPlace(bytes) {
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i];
    if (byte === 37 && i + 2 < bytes.length) {
      const high = hexValue(bytes[i + 1]);
      const low = hexValue(bytes[i + 2]);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = byte;
  }
  return length;
}

module.exports = { encodeQuery, unescapeBytes, unescapeInPlace };
