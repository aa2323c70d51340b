// The module `querystring`.

const { encodeQuery, unescapeBytes } = require('internal/querystring');

function unescapeBuffer(string, decodeSpaces) {
  return unescapeBytes(string, decodeSpaces);
}

function unescape(string, decodeSpaces) {
  try {
    return decodeURIComponent(string);
  } catch {
    return unescapeBytes(string, decodeSpaces).toString();
  }
}

function escape(value) {
  if (typeof value !== 'string') {
    // Objects by their toString first, all else as an addition does it, which refuses symbols.
    value = typeof value === 'object' ? String(value) : value + '';
  }
  return encodeQuery(value);
}

function asText(value) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return Number.isFinite(value) ? `${value}` : '';
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
    default: return '';
  }
}

function stringify(object, separator, equals, options) {
  const between = separator || '&';
  const is = equals || '=';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : module.exports.escape;
  if (object === null || typeof object !== 'object') return '';
  const parts = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    const head = encode(asText(key)) + is;
    if (Array.isArray(value)) {
      for (const one of value) parts.push(head + encode(asText(one)));
    } else {
      parts.push(head + encode(asText(value)));
    }
  }
  return parts.join(between);
}

function parse(query, separator, equals, options) {
  const result = { __proto__: null };
  if (typeof query !== 'string' || query.length === 0) return result;
  const between = separator ? `${separator}` : '&';
  const is = equals ? `${equals}` : '=';
  let most = 1000;
  if (typeof options?.maxKeys === 'number') most = options.maxKeys;
  // Node counts down: what is no positive number is no limit.
  if (!(most > 0)) most = Infinity;
  let custom = options?.decodeURIComponent;
  if (typeof custom !== 'function') custom = undefined;
  const decodeWith = custom ?? module.exports.unescape;
  const isCustom = decodeWith !== unescape;

  const decode = (text) => {
    // Where a decoder of the program is at work, it is to see the space as an escape.
    if (text.includes('+')) text = text.replace(/\+/g, isCustom ? '%20' : ' ');
    if (!isCustom && !text.includes('%')) return text;
    try {
      return decodeWith(text);
    } catch {
      return module.exports.unescape(text, true);
    }
  };

  let from = 0;
  let keys = 0;
  while (from <= query.length && keys < most) {
    let to = query.indexOf(between, from);
    if (to < 0) to = query.length;
    if (to > from) {
      keys++;
      const piece = query.slice(from, to);
      const middle = piece.indexOf(is);
      const key = decode(middle < 0 ? piece : piece.slice(0, middle));
      const value = middle < 0 ? '' : decode(piece.slice(middle + is.length));
      const present = result[key];
      if (present === undefined) result[key] = value;
      else if (Array.isArray(present)) present.push(value);
      else result[key] = [present, value];
    }
    from = to + between.length;
  }
  return result;
}

module.exports = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
