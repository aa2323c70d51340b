// The fields of messages: how Node keeps those that came, and what may be said of those that go.

// Of these a second one is dropped; cookies are joined by `; `, those that are set are a list, and all others by `, `.
const single = new Set(['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host',
  'if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer',
  'retry-after', 'server', 'user-agent']);

// What speaks of one connection is the host's business.
const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

function add(headers, name, value) {
  const key = name.toLowerCase();
  const before = headers[key];
  if (key === 'set-cookie') {
    if (before === undefined) headers[key] = [value];
    else before.push(value);
  } else if (before === undefined) {
    headers[key] = value;
  } else if (!single.has(key)) {
    headers[key] = `${before}${key === 'cookie' ? '; ' : ', '}${value}`;
  }
}

// Of names and values one behind the other.
function collected(flat) {
  const headers = {};
  for (let at = 0; at < flat.length; at += 2) add(headers, flat[at], flat[at + 1]);
  return headers;
}

module.exports = { collected, ofConnection };
