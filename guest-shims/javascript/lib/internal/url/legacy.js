// The older interface of the module `url`: parts as plain properties, as url.parse gives them.

const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');

// With and without the colon, because programs write both.
const slashed = new Set(['http', 'https', 'ftp', 'gopher', 'file', 'ws', 'wss'].flatMap((name) => [name, `${name}:`]));
const isHostless = (protocol) => protocol === 'javascript' || protocol === 'javascript:';

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

const partNames = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname',
                   'path', 'href'];

function joinPath(url) {
  return (url.pathname || '') + (url.search || '');
}

// ---- parsing --------------------------------------------------------------------------------------------------------

// Without the blanks around it, and with the backslashes before the query turned, as browsers do.
function tidy(text) {
  const trimmed = text.replace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '');
  const tail = trimmed.search(/[?#]/);
  if (tail < 0) return trimmed.replaceAll('\\', '/');
  return trimmed.slice(0, tail).replaceAll('\\', '/') + trimmed.slice(tail);
}

const unsafe = /[\t\n\r "'<>\\^`{|}]/g;
const escapeUnsafe = (text) => text.replace(unsafe, (one) =>
  `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

const forbiddenInHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenInIpv6 = /[\0\t\n\r #%/<>?@\\^|]/;

// Where the host ends: at the path, or at the first character that no host has, unless an `@` comes later.
function findHost(rest) {
  let at = -1;
  let stop = -1;
  for (let i = 0; i < rest.length; i++) {
    const character = rest[i];
    if (character === '#' || character === '/' || character === '?') {
      if (stop < 0) stop = i;
      break;
    }
    if (character === '@') {
      at = i;
      stop = -1;
    } else if (stop < 0 && '\t\n\r "%\';<>\\^`{|}'.includes(character)) {
      stop = i;
    }
  }
  return { at, stop: stop < 0 ? rest.length : stop };
}

function takeHost(url, rest, source) {
  const { at, stop } = findHost(rest);
  if (at >= 0) url.auth = decodeURIComponent(rest.slice(0, at));
  let host = rest.slice(at + 1, stop);
  rest = rest.slice(stop);

  const port = /:[0-9]*$/.exec(host);
  if (port !== null) {
    if (port[0] !== ':') url.port = port[0].slice(1);
    host = host.slice(0, -port[0].length);
  }
  let hostname = host;
  const ipv6 = hostname[0] === '[' && hostname.endsWith(']');
  if (!ipv6) {
    const bad = hostname.search(/[/\\#?:]/);
    if (bad >= 0) {
      // What looks like a port and is none belongs to the path.
      rest = `/${hostname.slice(bad)}${rest}`;
      hostname = hostname.slice(0, bad);
    }
  }
  hostname = hostname.length > 255 ? '' : hostname.toLowerCase();
  if (hostname !== '') hostname = checkHost(hostname, ipv6, source);

  url.host = url.port ? `${hostname}:${url.port}` : hostname;
  url.hostname = ipv6 ? hostname.slice(1, -1) : hostname;
  return ipv6 && rest[0] !== '/' ? `/${rest}` : rest;
}

function checkHost(hostname, ipv6, source) {
  if (ipv6) {
    if (forbiddenInIpv6.test(hostname)) throw new codes.ERR_INVALID_URL(source);
    return hostname;
  }
  // The standard refuses more names than this old parser may.
  if (/[^\0-\x7F]/.test(hostname)) hostname = binding.url.domainToASCII(hostname);
  if (hostname === '' || forbiddenInHost.test(hostname)) throw new codes.ERR_INVALID_URL(source);
  return hostname;
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url');
  let rest = tidy(url);
  const source = url;

  const scheme = /^[a-z0-9.+-]+:/i.exec(rest)?.[0];
  let protocol;
  if (scheme !== undefined) {
    protocol = scheme.toLowerCase();
    this.protocol = protocol;
    rest = rest.slice(scheme.length);
  }

  let slashes = false;
  if (slashesDenoteHost || scheme !== undefined || /^\/\/[^@/]+@[^@/]+/.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && !isHostless(protocol)) {
      rest = rest.slice(2);
      this.slashes = true;
    }
  }
  if (!isHostless(protocol)) {
    if (slashes || (scheme !== undefined && !slashed.has(scheme))) rest = takeHost(this, rest, source);
    rest = escapeUnsafe(rest);
  }

  const hash = rest.indexOf('#');
  if (hash >= 0) {
    this.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf('?');
  if (question >= 0) {
    this.search = rest.slice(question);
    this.query = rest.slice(question + 1);
    if (parseQueryString) this.query = require('querystring').parse(this.query);
    rest = rest.slice(0, question);
  } else if (parseQueryString) {
    this.search = null;
    this.query = { __proto__: null };
  }
  if (rest !== '') this.pathname = rest;
  else if (slashed.has(protocol) && this.hostname) this.pathname = '/';
  if (this.pathname || this.search) this.path = joinPath(this);
  this.href = this.format();
  return this;
};

function parse(url, parseQueryString, slashesDenoteHost) {
  if (url instanceof Url) return url;
  return new Url().parse(url, parseQueryString, slashesDenoteHost);
}

// ---- writing --------------------------------------------------------------------------------------------------------

function escapeAuth(auth) {
  const { encodeQuery } = require('internal/querystring');
  return encodeQuery(auth).replaceAll('%3A', ':');
}

function hostOf(url, auth) {
  if (url.host) return auth + url.host;
  if (!url.hostname) return '';
  const name = url.hostname;
  const ipv6 = name.includes(':') && !(name[0] === '[' && name.endsWith(']'));
  return auth + (ipv6 ? `[${name}]` : name) + (url.port ? `:${url.port}` : '');
}

Url.prototype.format = function format() {
  const auth = this.auth ? `${escapeAuth(this.auth)}@` : '';
  let protocol = this.protocol || '';
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  let pathname = (this.pathname || '').replace(/[?#]/g, (one) => (one === '?' ? '%3F' : '%23'));
  let hash = this.hash || '';
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  const query = this.query !== null && typeof this.query === 'object' ?
    require('querystring').stringify(this.query) : '';
  let search = this.search || (query && `?${query}`) || '';
  if (search && search[0] !== '?') search = `?${search}`;

  let host = hostOf(this, auth);
  if (this.slashes || slashed.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol.startsWith('file')) {
      host = '//';
    }
  }
  return protocol + host + pathname + search.replaceAll('#', '%23') + hash;
};

function formatURL(url, options) {
  let fragment = true;
  let unicode = false;
  let search = true;
  let auth = true;
  if (options !== undefined && options !== null) {
    require('internal/validators').validateObject(options, 'options');
    fragment = options.fragment === undefined || options.fragment === null ? true : Boolean(options.fragment);
    unicode = Boolean(options.unicode);
    search = options.search === undefined || options.search === null ? true : Boolean(options.search);
    auth = options.auth === undefined || options.auth === null ? true : Boolean(options.auth);
  }
  const { protocol, username, password, port, pathname } = url;
  const hostname = unicode ? binding.url.domainToUnicode(url.hostname) || url.hostname : url.hostname;
  let out = protocol;
  if (url.href.startsWith('//', protocol.length)) {
    out += '//';
    if (auth && (username !== '' || password !== '')) out += `${username}${password === '' ? '' : `:${password}`}@`;
    out += hostname;
    if (port !== '') out += `:${port}`;
  } else if (pathname.startsWith('//')) {
    out += '/.';
  }
  return out + pathname + (search ? url.search : '') + (fragment ? url.hash : '');
}

function format(urlObject, options) {
  if (typeof urlObject === 'string') {
    urlObject = parse(urlObject);
  } else if (typeof urlObject !== 'object' || urlObject === null) {
    throw new codes.ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], urlObject);
  } else if (require('internal/url').hasHref(urlObject)) {
    return formatURL(urlObject, options);
  }
  return Url.prototype.format.call(urlObject);
}

Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  const port = /:[0-9]*$/.exec(host);
  if (port !== null) {
    if (port[0] !== ':') this.port = port[0].slice(1);
    host = host.slice(0, -port[0].length);
  }
  if (host) this.hostname = host;
};

Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(new Url().parse(relative, false, true)).format();
};

Url.prototype.resolveObject = function resolveObject(relative) {
  return require('internal/url/legacy-resolve')(this, relative);
};

function resolve(source, relative) {
  return parse(source, false, true).resolve(relative);
}

function resolveObject(source, relative) {
  return source ? parse(source, false, true).resolveObject(relative) : relative;
}

module.exports = { Url, parse, format, resolve, resolveObject, slashed, isHostless, partNames, joinPath };
