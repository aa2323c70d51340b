// URLSearchParams: a list of names and values, one behind the other, that a URL may follow.

const { codes } = require('internal/errors');
const { customInspect, kEnumerableProperty } = require('internal/util');

// Percent escapes as bytes, on the UTF-8 of the string: whatever is malformed stays.
function percentDecode(string) {
  if (!string.includes('%')) return string;
  try {
    return decodeURIComponent(string);
  } catch {
    const bytes = binding.text.encode(string);
    const { unescapeInPlace } = require('internal/querystring');
    const length = unescapeInPlace(bytes);
    return binding.text.decode(bytes, 0, length, false, true);
  }
}

function parseQuery(query) {
  const list = [];
  for (let piece of query.split('&')) {
    if (piece === '') continue;
    if (piece.includes('+')) piece = piece.replaceAll('+', ' ');
    const equals = piece.indexOf('=');
    if (equals < 0) list.push(percentDecode(piece), '');
    else list.push(percentDecode(piece.slice(0, equals)), percentDecode(piece.slice(equals + 1)));
  }
  return list;
}

// What encodeURIComponent leaves and the form encoding does not, and the space, which has a sign of its own.
const encodePart = (text) => encodeURIComponent(text)
  .replace(/%20|[!'()~]/g, (found) => (found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`));

function serialize(list) {
  let out = '';
  for (let i = 0; i < list.length; i += 2) {
    out += `${i > 0 ? '&' : ''}${encodePart(list[i])}=${encodePart(list[i + 1])}`;
  }
  return out;
}

module.exports = function makeURLSearchParams({ toText, setSearch }) {
  let listOf;
  let follow;
  let isParams;

  // Pairs out of whatever the program gives, in the order in which the standard looks at it.
  function gather(init) {
    const type = typeof init;
    if ((type !== 'object' && type !== 'function') || init === null) {
      const query = toText(init);
      return parseQuery(query[0] === '?' ? query.slice(1) : query);
    }
    const method = init[Symbol.iterator];
    if (method === listIterator && isParams(init)) return listOf(init).slice();
    if (method !== null && method !== undefined) {
      if (typeof method !== 'function') throw new codes.ERR_ARG_NOT_ITERABLE('Query pairs');
      const list = [];
      for (const pair of init) {
        if (pair === null || (typeof pair !== 'object' && typeof pair !== 'function') ||
            typeof pair[Symbol.iterator] !== 'function') {
          throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
        }
        const both = [...pair];
        if (both.length !== 2) throw new codes.ERR_INVALID_TUPLE('Each query pair', '[name, value]');
        list.push(toText(both[0]), toText(both[1]));
      }
      return list;
    }
    const values = new Map();
    for (const key of Reflect.ownKeys(init)) {
      if (!Object.prototype.propertyIsEnumerable.call(init, key)) continue;
      const name = toText(key);
      values.set(name, toText(init[key]));
    }
    return [...values].flat();
  }

  class URLSearchParams {
    #list = [];
    #url = null;

    constructor(init = undefined) {
      if (init !== undefined && init !== null) this.#list = gather(init);
    }

    static {
      listOf = (params) => params.#list;
      follow = (params, url, list) => {
        params.#url = url;
        params.#list = list;
      };
      isParams = (value) => value !== null && typeof value === 'object' && #list in value;
    }

    static #check(value) {
      if (!isParams(value)) throw new codes.ERR_INVALID_THIS('URLSearchParams');
    }

    #changed() {
      if (this.#url !== null) setSearch(this.#url, serialize(this.#list));
    }

    get size() {
      URLSearchParams.#check(this);
      return this.#list.length / 2;
    }

    append(name, value) {
      URLSearchParams.#check(this);
      if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
      this.#list.push(toText(name), toText(value));
      this.#changed();
    }

    delete(name, value = undefined) {
      URLSearchParams.#check(this);
      if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
      name = toText(name);
      if (value !== undefined) value = toText(value);
      const list = this.#list;
      const kept = [];
      for (let i = 0; i < list.length; i += 2) {
        if (list[i] !== name || (value !== undefined && list[i + 1] !== value)) kept.push(list[i], list[i + 1]);
      }
      // In place: an iterator that is under way looks at this very list.
      list.splice(0, list.length, ...kept);
      // A URL that ended with a bare `?` loses it even where there was nothing to delete.
      this.#changed();
    }

    get(name) {
      URLSearchParams.#check(this);
      if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
      name = toText(name);
      for (let i = 0; i < this.#list.length; i += 2) if (this.#list[i] === name) return this.#list[i + 1];
      return null;
    }

    getAll(name) {
      URLSearchParams.#check(this);
      if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
      name = toText(name);
      const found = [];
      for (let i = 0; i < this.#list.length; i += 2) if (this.#list[i] === name) found.push(this.#list[i + 1]);
      return found;
    }

    has(name, value = undefined) {
      URLSearchParams.#check(this);
      if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('name');
      name = toText(name);
      if (value !== undefined) value = toText(value);
      for (let i = 0; i < this.#list.length; i += 2) {
        if (this.#list[i] === name && (value === undefined || this.#list[i + 1] === value)) return true;
      }
      return false;
    }

    set(name, value) {
      URLSearchParams.#check(this);
      if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('name', 'value');
      name = toText(name);
      value = toText(value);
      const list = this.#list;
      const kept = [];
      let found = false;
      for (let i = 0; i < list.length; i += 2) {
        if (list[i] !== name) {
          kept.push(list[i], list[i + 1]);
        } else if (!found) {
          found = true;
          kept.push(name, value);
        }
      }
      if (!found) kept.push(name, value);
      list.splice(0, list.length, ...kept);
      this.#changed();
    }

    sort() {
      URLSearchParams.#check(this);
      const list = this.#list;
      const pairs = [];
      for (let i = 0; i < list.length; i += 2) pairs.push([list[i], list[i + 1]]);
      pairs.sort((a, b) => (a[0] === b[0] ? 0 : a[0] < b[0] ? -1 : 1));
      list.splice(0, list.length, ...pairs.flat());
      this.#changed();
    }

    entries() {
      URLSearchParams.#check(this);
      return new URLSearchParamsIterator(this, 'key+value');
    }

    forEach(callback, thisArg = undefined) {
      URLSearchParams.#check(this);
      require('internal/validators').validateFunction(callback, 'callback');
      for (let i = 0; i < this.#list.length; i += 2) {
        callback.call(thisArg, this.#list[i + 1], this.#list[i], this);
      }
    }

    keys() {
      URLSearchParams.#check(this);
      return new URLSearchParamsIterator(this, 'key');
    }

    values() {
      URLSearchParams.#check(this);
      return new URLSearchParamsIterator(this, 'value');
    }

    toString() {
      URLSearchParams.#check(this);
      return serialize(this.#list);
    }

    [customInspect](depth, options, inspect) {
      URLSearchParams.#check(this);
      if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
      const inner = { ...options };
      if (inner.depth !== null && inner.depth !== undefined) inner.depth--;
      const list = this.#list;
      const parts = [];
      for (let i = 0; i < list.length; i += 2) {
        parts.push(`${inspect(list[i], inner)} => ${inspect(list[i + 1], inner)}`);
      }
      if (parts.length === 0) return 'URLSearchParams {}';
      return `URLSearchParams {${lines(parts, inner.breakLength)} }`;
    }
  }

  // On one line where there is room for it.
  function lines(parts, room) {
    const length = parts.reduce((sum, part) => sum + part.replace(/\x1B\[\d+m/g, '').length + 2, 0);
    return length <= room ? ` ${parts.join(', ')}` : `\n  ${parts.join(',\n  ')}`;
  }

  class URLSearchParamsIterator {
    #params;
    #kind;
    #index = 0;

    constructor(params, kind) {
      this.#params = params;
      this.#kind = kind;
    }

    static #check(value) {
      if (value === null || typeof value !== 'object' || !(#params in value)) {
        throw new codes.ERR_INVALID_THIS('URLSearchParamsIterator');
      }
    }

    #at(index) {
      const list = listOf(this.#params);
      if (this.#kind === 'key') return list[index];
      if (this.#kind === 'value') return list[index + 1];
      return [list[index], list[index + 1]];
    }

    next() {
      URLSearchParamsIterator.#check(this);
      const index = this.#index;
      if (index >= listOf(this.#params).length) return { value: undefined, done: true };
      this.#index += 2;
      return { value: this.#at(index), done: false };
    }

    [customInspect](depth, options, inspect) {
      URLSearchParamsIterator.#check(this);
      if (typeof depth === 'number' && depth < 0) return options.stylize('[Object]', 'special');
      const inner = { ...options };
      if (inner.depth !== null && inner.depth !== undefined) inner.depth--;
      const parts = [];
      for (let i = this.#index; i < listOf(this.#params).length; i += 2) parts.push(inspect(this.#at(i), inner));
      return `URLSearchParams Iterator {${lines(parts, inner.breakLength)} }`;
    }
  }

  const listIterator = URLSearchParams.prototype.entries;

  for (const name of ['size', 'append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'entries', 'forEach', 'keys',
                      'values', 'toString']) {
    Object.defineProperty(URLSearchParams.prototype, name, kEnumerableProperty);
  }
  Object.defineProperties(URLSearchParams.prototype, {
    [customInspect]: { enumerable: false },
    [Symbol.toStringTag]: { configurable: true, value: 'URLSearchParams' },
    [Symbol.iterator]: { configurable: true, writable: true, value: listIterator },
  });

  delete URLSearchParamsIterator.prototype.constructor;
  Object.setPrototypeOf(URLSearchParamsIterator.prototype,
    Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
  Object.defineProperties(URLSearchParamsIterator.prototype, {
    next: { enumerable: true },
    [customInspect]: { enumerable: false },
    [Symbol.toStringTag]: { configurable: true, value: 'URLSearchParams Iterator' },
  });

  const strip = (search) => (search[0] === '?' ? search.slice(1) : search);

  return {
    URLSearchParams,
    // The list stays the same one, so that what iterates goes on with the new pairs.
    loadQuery(params, search) {
      const list = listOf(params);
      list.splice(0, list.length, ...parseQuery(strip(search)));
    },
    paramsOf(url, search) {
      const params = new URLSearchParams();
      follow(params, url, parseQuery(strip(search)));
      return params;
    },
  };
};
