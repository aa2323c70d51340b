// URL of the WHATWG standard. The binding parses and changes; here its parts are read out of the serialised form, which
// is unambiguous, and only when somebody asks for them.

const { codes } = require('internal/errors');
const { customInspect, kEnumerableProperty } = require('internal/util');

const noBase = Symbol();

// The engine words it otherwise than Node when a symbol is to become a string.
function toText(value) {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`.toWellFormed();
}

// `null`, or the href alone: the offsets that the binding gives as well are not needed.
function parseHref(input, base) {
  const found = binding.url.parse(input, base);
  if (found === null || found === undefined) return null;
  return typeof found === 'string' ? found : found[0];
}

function split(href) {
  const colon = href.indexOf(':') + 1;
  const parts = {
    protocol: href.slice(0, colon), username: '', password: '', hostname: '', port: '', pathname: '', search: '',
    hash: '',
  };
  let end = href.indexOf('#', colon);
  if (end < 0) end = href.length;
  else if (end + 1 < href.length) parts.hash = href.slice(end);
  const question = href.indexOf('?', colon);
  if (question >= 0 && question < end) {
    if (question + 1 < end) parts.search = href.slice(question, end);
    end = question;
  }
  let path = colon;
  if (href.startsWith('//', colon)) {
    path = href.indexOf('/', colon + 2);
    if (path < 0 || path > end) path = end;
    splitAuthority(parts, href.slice(colon + 2, path));
  } else if (href.startsWith('/.//', colon)) {
    // The standard's way to write a path that begins with two slashes and has no host.
    path += 2;
  }
  parts.pathname = href.slice(path, end);
  return parts;
}

function splitAuthority(parts, authority) {
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const colon = authority.indexOf(':');
    const hasPassword = colon >= 0 && colon < at;
    parts.username = authority.slice(0, hasPassword ? colon : at);
    if (hasPassword) parts.password = authority.slice(colon + 1, at);
    authority = authority.slice(at + 1);
  }
  const colon = authority.indexOf(':', authority[0] === '[' ? authority.indexOf(']') : 0);
  parts.hostname = colon < 0 ? authority : authority.slice(0, colon);
  if (colon >= 0) parts.port = authority.slice(colon + 1);
}

let setSearch;
let hasHref;

const withOrigin = ['http:', 'https:', 'ftp:', 'ws:', 'wss:'];

class URL {
  #href;
  #parts;
  #params;

  constructor(url, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    // What the engine itself hands over: a href that is known to be good.
    if (base === noBase) {
      this.#href = url;
      return;
    }
    const input = toText(url);
    if (base !== undefined) base = toText(base);
    const href = parseHref(input, base);
    if (href === null) throw new codes.ERR_INVALID_URL(input, base);
    this.#href = href;
  }

  static parse(url, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    const href = parseHref(toText(url), base === undefined ? undefined : toText(base));
    return href === null ? null : new URL(href, noBase);
  }

  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('url');
    return parseHref(toText(url), base === undefined ? undefined : toText(base)) !== null;
  }

  static createObjectURL(object) {
    return require('internal/blob').createObjectURL(object);
  }

  static revokeObjectURL(url) {
    require('internal/blob').revokeObjectURL(url);
  }

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#href in value)) {
      throw new TypeError('Receiver must be an instance of class URL');
    }
  }

  get #split() {
    return this.#parts ??= split(this.#href);
  }

  #changed(href) {
    this.#href = href;
    this.#parts = undefined;
  }

  #set(part, value) {
    value = toText(value);
    const href = binding.url.set(this.#href, part, value);
    if (href !== null && href !== undefined) this.#changed(href);
  }

  // For URLSearchParams, whose list is the new one already.
  static {
    setSearch = (url, search) => url.#set('search', search);
    hasHref = (value) => value !== null && typeof value === 'object' && #href in value;
  }

  toString() {
    URL.#check(this);
    return this.#href;
  }

  get href() {
    URL.#check(this);
    return this.#href;
  }

  set href(value) {
    URL.#check(this);
    value = toText(value);
    const href = parseHref(value, undefined);
    if (href === null) throw new codes.ERR_INVALID_URL(value);
    this.#changed(href);
    if (this.#params !== undefined) loadQuery(this.#params, this.#split.search);
  }

  get origin() {
    URL.#check(this);
    const { protocol } = this.#split;
    if (withOrigin.includes(protocol)) return `${protocol}//${this.host}`;
    if (protocol === 'blob:') {
      const inner = parseHref(this.#split.pathname, undefined);
      if (inner !== null && /^https?:/.test(inner)) return new URL(inner, noBase).origin;
    }
    return 'null';
  }

  get protocol() {
    URL.#check(this);
    return this.#split.protocol;
  }

  set protocol(value) {
    URL.#check(this);
    this.#set('protocol', value);
  }

  get username() {
    URL.#check(this);
    return this.#split.username;
  }

  set username(value) {
    URL.#check(this);
    this.#set('username', value);
  }

  get password() {
    URL.#check(this);
    return this.#split.password;
  }

  set password(value) {
    URL.#check(this);
    this.#set('password', value);
  }

  get host() {
    URL.#check(this);
    const { hostname, port } = this.#split;
    return port === '' ? hostname : `${hostname}:${port}`;
  }

  set host(value) {
    URL.#check(this);
    this.#set('host', value);
  }

  get hostname() {
    URL.#check(this);
    return this.#split.hostname;
  }

  set hostname(value) {
    URL.#check(this);
    this.#set('hostname', value);
  }

  get port() {
    URL.#check(this);
    return this.#split.port;
  }

  set port(value) {
    URL.#check(this);
    this.#set('port', value);
  }

  get pathname() {
    URL.#check(this);
    return this.#split.pathname;
  }

  set pathname(value) {
    URL.#check(this);
    this.#set('pathname', value);
  }

  get search() {
    URL.#check(this);
    return this.#split.search;
  }

  set search(value) {
    URL.#check(this);
    this.#set('search', value);
    if (this.#params !== undefined) loadQuery(this.#params, this.#split.search);
  }

  get searchParams() {
    URL.#check(this);
    return this.#params ??= paramsOf(this, this.#split.search);
  }

  get hash() {
    URL.#check(this);
    return this.#split.hash;
  }

  set hash(value) {
    URL.#check(this);
    this.#set('hash', value);
  }

  toJSON() {
    URL.#check(this);
    return this.#href;
  }

  [customInspect](depth, options, inspect) {
    URL.#check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = {};
    for (const name of inspected) shown[name] = this[name];
    inspect ??= require('internal/util/inspect').inspect;
    return `${this.constructor?.name || 'URL'} ${inspect(shown, options)}`;
  }
}

const inspected = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname',
                   'search', 'searchParams', 'hash'];

for (const name of ['toString', ...inspected, 'toJSON']) {
  Object.defineProperty(URL.prototype, name, kEnumerableProperty);
}
Object.defineProperty(URL.prototype, customInspect, { enumerable: false });
Object.defineProperty(URL.prototype, Symbol.toStringTag, { configurable: true, value: 'URL' });
for (const name of ['parse', 'canParse', 'createObjectURL', 'revokeObjectURL']) {
  Object.defineProperty(URL, name, kEnumerableProperty);
}

// A duck: the legacy objects have `auth` and `path`, which a URL never has.
function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

const { URLSearchParams, loadQuery, paramsOf } = require('internal/url/search-params')({
  toText,
  setSearch: (url, search) => setSearch(url, search),
});

module.exports = {
  URL,
  URLSearchParams,
  isURL,
  hasHref: (value) => hasHref(value),
  toText,
  fileURLToPath: (path, options) => require('internal/url/files').fileURLToPath(path, options),
  pathToFileURL: (path, options) => require('internal/url/files').pathToFileURL(path, options),
  toPathIfFileURL: (value) => (isURL(value) ? require('internal/url/files').fileURLToPath(value) : value),
  urlToHttpOptions: (url) => require('internal/url/files').urlToHttpOptions(url),
};
