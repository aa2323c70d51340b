// MIMEType and MIMEParams, by the MIME sniffing standard.

const { codes } = require('internal/errors');

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_QUOTED = /[^\t\u0020-~\u0080-\u00ff]/;

const lower = (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function checkToken(part, text) {
  const at = text.search(NOT_TOKEN);
  if (text.length === 0 || at !== -1) throw new codes.ERR_INVALID_MIME_SYNTAX(part, text, at);
}

function parseTypes(text) {
  const start = text.search(/[^\t\n\r ]/);
  const rest = start === -1 ? '' : text.slice(start);
  const slash = rest.indexOf('/');
  const type = slash === -1 ? rest : rest.slice(0, slash);
  if (slash === -1 || type === '' || NOT_TOKEN.test(type)) {
    throw new codes.ERR_INVALID_MIME_SYNTAX('type', text, type.search(NOT_TOKEN));
  }
  const semicolon = rest.indexOf(';', slash);
  const end = semicolon === -1 ? rest.length : semicolon;
  const subtype = rest.slice(slash + 1, end).replace(/[\t\n\r ]+$/, '');
  if (subtype === '' || NOT_TOKEN.test(subtype)) {
    throw new codes.ERR_INVALID_MIME_SYNTAX('subtype', text, subtype.search(NOT_TOKEN));
  }
  return [lower(type), lower(subtype), semicolon === -1 ? '' : rest.slice(semicolon + 1)];
}

// What is behind the closing quote, up to the next semicolon, does not count.
function quoted(text, from) {
  let value = '';
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++;
    value += text[at];
  }
  const semicolon = text.indexOf(';', at);
  return [value, semicolon === -1 ? text.length : semicolon];
}

// Parameters that are malformed are left out, the first one of a name counts.
function parseParameters(text, into) {
  let at = 0;
  while (at < text.length) {
    while (/[\t\n\r ]/.test(text[at] ?? '')) at++;
    let end = at;
    while (end < text.length && text[end] !== ';' && text[end] !== '=') end++;
    const name = lower(text.slice(at, end));
    if (end >= text.length) break;
    if (text[end] === ';') {
      at = end + 1;
      continue;
    }
    at = end + 1;
    let value;
    let isQuoted = false;
    if (text[at] === '"') {
      [value, at] = quoted(text, at);
      isQuoted = true;
    } else {
      const semicolon = text.indexOf(';', at);
      const stop = semicolon === -1 ? text.length : semicolon;
      value = text.slice(at, stop).replace(/[\t\n\r ]+$/, '');
      at = stop;
    }
    at++;
    if (value === '' && !isQuoted || name === '' || NOT_TOKEN.test(name) || NOT_QUOTED.test(value) || into.has(name)) continue;
    into.set(name, value);
  }
}

const written = (value) => value.length === 0 || NOT_TOKEN.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;

let read;

class MIMEParams {
  #data = new Map();

  static {
    read = (params, text) => parseParameters(text, params.#data);
  }

  delete(name) {
    this.#data.delete(name);
  }

  get(name) {
    return this.#data.get(`${name}`) ?? null;
  }

  has(name) {
    return this.#data.has(`${name}`);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    checkToken('parameter name', name);
    const at = value.search(NOT_QUOTED);
    if (at !== -1) throw new codes.ERR_INVALID_MIME_SYNTAX('parameter value', value, at);
    this.#data.set(name, value);
  }

  * entries() {
    yield* this.#data.entries();
  }

  * keys() {
    yield* this.#data.keys();
  }

  * values() {
    yield* this.#data.values();
  }

  toString() {
    return [...this.#data].map(([name, value]) => `${name}=${written(value)}`).join(';');
  }
}
const { entries, toString } = MIMEParams.prototype;
Object.defineProperty(MIMEParams.prototype, Symbol.iterator, { value: entries, writable: true, configurable: true });
Object.defineProperty(MIMEParams.prototype, 'toJSON', { value: toString, writable: true, configurable: true });

class MIMEType {
  #type;
  #subtype;
  #parameters = new MIMEParams();

  constructor(text) {
    const [type, subtype, rest] = parseTypes(`${text}`);
    this.#type = type;
    this.#subtype = subtype;
    read(this.#parameters, rest);
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    value = `${value}`;
    checkToken('type', value);
    this.#type = lower(value);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    value = `${value}`;
    checkToken('subtype', value);
    this.#subtype = lower(value);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#parameters;
  }

  toString() {
    const parameters = this.#parameters.toString();
    return parameters === '' ? this.essence : `${this.essence};${parameters}`;
  }

  toJSON() {
    return this.toString();
  }
}

module.exports = { MIMEParams, MIMEType };
