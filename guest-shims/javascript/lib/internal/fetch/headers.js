// Headers: names without regard to case, several values of one name joined, but for cookies.

const { expose, inspectAs, needs, toByteString } = require('internal/fetch/webidl');

const isName = (name) => /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name);
const isValue = (value) => !/[\0\r\n]/.test(value);
const trim = (value) => value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');

let makeImmutable;
let flatOf;

class Headers {
  // Lower-case name to [name as it was given, value, …more values of set-cookie].
  #entries = new Map();
  #immutable = false;

  constructor(init = undefined) {
    if (init === undefined) return;
    if (init === null || typeof init !== 'object') {
      throw new TypeError('Headers constructor: Argument 1 could not be converted to one of: sequence<sequence<ByteString>>, ' +
                          'record<ByteString, ByteString>.');
    }
    this.#fill(init);
  }

  #fill(init) {
    if (#entries in init) {
      for (const [key, entry] of init.#entries) this.#entries.set(key, entry.slice());
      return;
    }
    if (typeof init[Symbol.iterator] === 'function') {
      for (const pair of init) {
        const list = pair !== null && typeof pair === 'object' && typeof pair[Symbol.iterator] === 'function' ? [...pair] : [];
        if (list.length !== 2) {
          throw new TypeError(`Headers constructor: expected name/value pair to be length 2, found ${list.length}.`);
        }
        this.#append(toByteString(list[0]), toByteString(list[1]));
      }
      return;
    }
    for (const key of Reflect.ownKeys(init)) {
      const described = Reflect.getOwnPropertyDescriptor(init, key);
      if (described?.enumerable) this.#append(toByteString(key), toByteString(init[key]));
    }
  }

  #append(name, value, what = 'Headers.append') {
    value = trim(value);
    this.#check(name, what);
    if (!isValue(value)) throw new TypeError(`${what}: "${value}" is an invalid header value.`);
    const key = name.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, [name, value]);
    else if (key === 'set-cookie') entry.push(value);
    else entry[1] = `${entry[1]}${key === 'cookie' ? '; ' : ', '}${value}`;
  }

  #check(name, what) {
    if (!isName(name)) throw new TypeError(`${what}: "${name}" is an invalid header name.`);
    if (this.#immutable && what !== 'Headers.get' && what !== 'Headers.has') throw new TypeError('immutable');
  }

  append(name, value) {
    needs(arguments.length, 2, 'Headers.append');
    this.#append(toByteString(name), toByteString(value));
  }

  delete(name) {
    needs(arguments.length, 1, 'Headers.delete');
    name = toByteString(name);
    this.#check(name, 'Headers.delete');
    this.#entries.delete(name.toLowerCase());
  }

  get(name) {
    needs(arguments.length, 1, 'Headers.get');
    name = toByteString(name);
    this.#check(name, 'Headers.get');
    const entry = this.#entries.get(name.toLowerCase());
    return entry === undefined ? null : entry.slice(1).join(', ');
  }

  has(name) {
    needs(arguments.length, 1, 'Headers.has');
    name = toByteString(name);
    this.#check(name, 'Headers.has');
    return this.#entries.has(name.toLowerCase());
  }

  set(name, value) {
    needs(arguments.length, 2, 'Headers.set');
    name = toByteString(name);
    value = trim(toByteString(value));
    this.#check(name, 'Headers.set');
    if (!isValue(value)) throw new TypeError(`Headers.set: "${value}" is an invalid header value.`);
    const key = name.toLowerCase();
    this.#entries.set(key, [this.#entries.get(key)?.[0] ?? name, value]);
  }

  getSetCookie() {
    return this.#entries.get('set-cookie')?.slice(1) ?? [];
  }

  // Sorted by name; each cookie by itself.
  #sorted() {
    const pairs = [];
    for (const key of [...this.#entries.keys()].sort()) {
      const entry = this.#entries.get(key);
      for (const value of entry.slice(1)) pairs.push([key, value]);
    }
    return pairs;
  }

  // What is added while one goes through is seen, as the standard wants it.
  * #each(pick) {
    for (let i = 0; ; i++) {
      const pairs = this.#sorted();
      if (i >= pairs.length) return;
      yield pick(pairs[i]);
    }
  }

  keys() { return this.#each((pair) => pair[0]); }
  values() { return this.#each((pair) => pair[1]); }
  entries() { return this.#each((pair) => pair); }

  forEach(callback, self = undefined) {
    needs(arguments.length, 1, 'Headers.forEach');
    if (typeof callback !== 'function') {
      throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'Function'.");
    }
    for (const [name, value] of this.entries()) Reflect.apply(callback, self, [value, name, this]);
  }

  static {
    makeImmutable = (headers) => {
      headers.#immutable = true;
      return headers;
    };
    flatOf = (headers) => {
      const flat = [];
      for (const [key, entry] of headers.#entries) for (const value of entry.slice(1)) flat.push(key, value);
      return flat;
    };
  }
}

Object.defineProperty(Headers.prototype, Symbol.iterator, {
  value: Headers.prototype.entries, writable: true, configurable: true,
});
expose(Headers, 'Headers');
inspectAs(Headers, (headers) => {
  const shown = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) shown['set-cookie'] = cookies.join(', ');
  return shown;
});

module.exports = { Headers, flatOf: (headers) => flatOf(headers), makeImmutable: (headers) => makeImmutable(headers) };
