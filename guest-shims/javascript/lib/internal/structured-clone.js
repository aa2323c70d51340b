// structuredClone: the algorithm of the HTML standard for one engine, that is, without writing bytes in between.

const { codes } = require('internal/errors');

function uncloneable(text) {
  const { DOMException } = require('internal/domexception');
  return new DOMException(text, 'DataCloneError');
}

function describe(value) {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  return Object.prototype.toString.call(value).replace(/^\[object (.*)\]$/, '#<$1>');
}

const errorNames = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];
const isObject = (value) => typeof value === 'object' && value !== null;

class Cloner {
  // From originals to copies: keeps cycles, and what is transferred stands in it from the beginning.
  #seen = new Map();

  // The views on buffers that are to be moved.
  views = new Map();

  known(original, copy) {
    this.#seen.set(original, copy);
    return copy;
  }

  clone(value) {
    if (typeof value === 'symbol' || typeof value === 'function') {
      throw uncloneable(`${describe(value)} could not be cloned.`);
    }
    if (!isObject(value)) return value;
    const seen = this.#seen.get(value);
    if (seen !== undefined) return seen;
    if (Array.isArray(value)) return this.#properties(value, this.known(value, new Array(value.length)));
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      // The common case, unless a program plays with prototypes of builtin objects.
      if (Object.prototype.toString.call(value) === '[object Object]') {
        this.#refuseExotic(value);
        return this.#properties(value, this.known(value, {}));
      }
    }
    return this.#special(value);
  }

  #refuseExotic(value) {
    if (types().isProxy(value) || types().isModuleNamespaceObject(value)) {
      throw uncloneable(`${describe(value)} could not be cloned.`);
    }
  }

  #special(value) {
    const is = types();
    if (is.isDate(value)) return this.known(value, new Date(Date.prototype.getTime.call(value)));
    if (is.isRegExp(value)) return this.known(value, new RegExp(value.source, value.flags));
    if (is.isBoxedPrimitive(value)) {
      if (is.isSymbolObject(value)) throw uncloneable(`${describe(value)} could not be cloned.`);
      return this.known(value, Object(value.valueOf()));
    }
    if (is.isAnyArrayBuffer(value)) return this.#buffer(value);
    if (ArrayBuffer.isView(value)) return this.#view(value);
    if (is.isMap(value)) return this.#map(value);
    if (is.isSet(value)) return this.#set(value);
    if (is.isNativeError(value)) return this.#error(value);
    const { isBlob, cloneBlob } = require('internal/blob');
    if (isBlob(value)) return this.known(value, cloneBlob(value));
    const { isDOMException, DOMException } = require('internal/domexception');
    if (isDOMException(value)) return this.known(value, new DOMException(value.message, value.name));
    if (is.isWeakMap(value) || is.isWeakSet(value) || is.isPromise(value) || is.isGeneratorObject(value) ||
        (typeof WeakRef === 'function' && value instanceof WeakRef)) {
      throw uncloneable(`${describe(value)} could not be cloned.`);
    }
    this.#refuseExotic(value);
    return this.#properties(value, this.known(value, {}));
  }

  #properties(from, to) {
    for (const key of Object.keys(from)) {
      // A plain assignment would run setters of the prototype.
      Object.defineProperty(to, key, {
        value: this.clone(from[key]), configurable: true, enumerable: true, writable: true,
      });
    }
    return to;
  }

  #buffer(buffer) {
    if (typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer) {
      return this.known(buffer, buffer);
    }
    if (buffer.detached) throw uncloneable('An ArrayBuffer is detached and could not be cloned.');
    if (buffer.resizable) {
      const copy = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
      new Uint8Array(copy).set(new Uint8Array(buffer));
      return this.known(buffer, copy);
    }
    return this.known(buffer, ArrayBuffer.prototype.slice.call(buffer, 0));
  }

  #view(view) {
    const buffer = this.clone(view.buffer);
    if (view instanceof DataView) return this.#onto(view, DataView, buffer, view.byteLength);
    // A subclass, as Buffer is one, comes out as its base.
    const name = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
      .get.call(view);
    return this.#onto(view, globalThis[name], buffer, view.length);
  }

  #onto(view, Class, buffer, length) {
    const copy = this.known(view, new Class(buffer, view.byteOffset, length));
    if (buffer === view.buffer) this.views.set(copy, { Class, buffer, offset: view.byteOffset, length });
    return copy;
  }

  #map(map) {
    const copy = this.known(map, new Map());
    for (const [key, value] of [...Map.prototype.entries.call(map)]) copy.set(this.clone(key), this.clone(value));
    return copy;
  }

  #set(set) {
    const copy = this.known(set, new Set());
    for (const value of [...Set.prototype.values.call(set)]) copy.add(this.clone(value));
    return copy;
  }

  #error(error) {
    const name = errorNames.includes(error.name) ? error.name : 'Error';
    const made = this.known(error, new globalThis[name]());
    const put = (key, value) => Object.defineProperty(made, key, {
      value, configurable: true, enumerable: false, writable: true,
    });
    delete made.message;
    const message = Object.getOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && 'value' in message) put('message', `${message.value}`);
    if (typeof error.stack === 'string') put('stack', error.stack);
    if (Object.hasOwn(error, 'cause')) put('cause', this.clone(error.cause));
    return made;
  }
}

const types = () => require('internal/util/types');

function mover(value) {
  if (value instanceof ArrayBuffer) {
    if (value.detached) throw uncloneable('An ArrayBuffer is detached and could not be cloned.');
    return () => value.transfer();
  }
  throw uncloneable('Value could not be cloned.');
}

function cloneWithTransfer(value, transfer) {
  const cloner = new Cloner();
  const moves = new Map();
  for (const one of transfer) {
    if (moves.has(one)) throw uncloneable('An object occurs in the transfer list more than once.');
    moves.set(one, mover(one));
    // Everything is copied around what is moved, which then takes the place of a stand-in: so an error leaves all as
    // it was, and a view still has its length when it is copied.
    cloner.known(one, one);
  }
  const copy = cloner.clone(value);
  if (moves.size === 0) return copy;
  for (const [one, move] of moves) moves.set(one, move());
  return replaced(copy, moves, cloner.views, new Set());
}

// The copy with the moved things in their places. It is fresh, so it may be changed.
function replaced(value, moves, views, seen) {
  if (!isObject(value)) return value;
  if (moves.has(value)) return moves.get(value);
  const view = views.get(value);
  if (view !== undefined) {
    const buffer = moves.get(view.buffer);
    return buffer === undefined ? value : new view.Class(buffer, view.offset, view.length);
  }
  if (seen.has(value)) return value;
  seen.add(value);
  if (value instanceof Map) {
    const all = [...value];
    value.clear();
    for (const [key, one] of all) value.set(replaced(key, moves, views, seen), replaced(one, moves, views, seen));
  } else if (value instanceof Set) {
    const all = [...value];
    value.clear();
    for (const one of all) value.add(replaced(one, moves, views, seen));
  } else if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    for (const key of Object.keys(value)) value[key] = replaced(value[key], moves, views, seen);
  }
  return value;
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('value');
  let transfer = [];
  if (options !== undefined && options !== null) {
    if (typeof options !== 'object' && typeof options !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    if (options.transfer !== undefined) {
      if (typeof options.transfer?.[Symbol.iterator] !== 'function') {
        throw new codes.ERR_INVALID_ARG_TYPE('options.transfer', 'sequence', options.transfer);
      }
      transfer = [...options.transfer];
    }
  }
  return cloneWithTransfer(value, transfer);
}

module.exports = { structuredClone };
