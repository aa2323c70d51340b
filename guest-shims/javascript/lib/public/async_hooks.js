// The module `async_hooks`: storages that follow callbacks and promises. Hooks on all that is asynchronous are not
// there.

const { codes } = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const { fill } = require('internal/unavailable');

const context = () => require('internal/async-context');

class AsyncLocalStorage {
  static bind(fn) {
    validateFunction(fn, 'fn');
    context().activate();
    return context().wrap(fn);
  }

  static snapshot() {
    return AsyncLocalStorage.bind((fn, ...args) => fn(...args));
  }

  getStore() {
    return context().capture()?.get(this);
  }

  run(store, callback, ...args) {
    const { activate, capture, runIn } = context();
    activate();
    // Equal stores need no new frame.
    if (Object.is(store, this.getStore())) return Reflect.apply(callback, null, args);
    return runIn(new Map(capture()).set(this, store), callback, null, args);
  }

  exit(callback, ...args) {
    const { capture, runIn } = context();
    const frame = new Map(capture());
    frame.delete(this);
    return runIn(frame, callback, null, args);
  }

  enterWith(store) {
    const { activate, capture, enter } = context();
    activate();
    enter(new Map(capture()).set(this, store));
  }

  disable() {
    const { capture, enter } = context();
    const frame = new Map(capture());
    frame.delete(this);
    enter(frame);
  }
}

let lastId = 1;

class AsyncResource {
  #frame;
  #asyncId = ++lastId;
  #triggerAsyncId;

  constructor(type, options = {}) {
    validateString(type, 'type');
    const trigger = typeof options === 'number' ? options : options?.triggerAsyncId ?? 1;
    if (!Number.isSafeInteger(trigger) || trigger < -1) {
      throw new codes.ERR_INVALID_ASYNC_ID('triggerAsyncId', trigger);
    }
    this.#triggerAsyncId = trigger;
    this.#frame = context().capture();
  }

  runInAsyncScope(fn, thisArg, ...args) {
    return context().runIn(this.#frame, fn, thisArg, args);
  }

  emitDestroy() { return this; }

  asyncId() { return this.#asyncId; }

  triggerAsyncId() { return this.#triggerAsyncId; }

  bind(fn, thisArg = undefined) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = function(...args) {
      return resource.runInAsyncScope(fn, thisArg === undefined ? this : thisArg, ...args);
    };
    Object.defineProperties(bound, {
      length: { configurable: true, enumerable: false, value: fn.length, writable: false },
      asyncResource: { configurable: true, enumerable: true, value: this, writable: true },
    });
    return bound;
  }

  static bind(fn, type = undefined, thisArg = undefined) {
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

exports.AsyncLocalStorage = AsyncLocalStorage;
exports.AsyncResource = AsyncResource;
fill(exports, 'async_hooks', ['createHook', 'executionAsyncId', 'executionAsyncResource', 'triggerAsyncId']);
