// `mock` of `node:test`: functions that remember how they were called.

const { codes } = require('internal/errors');
const { validateFunction, validateInteger, validateObject } = require('internal/validators');

class MockFunctionContext {
  #calls = [];
  #implementation;
  #original;
  #once = new Map();
  #restore;
  #left;

  constructor(original, implementation, restore, times) {
    this.#original = original;
    this.#implementation = implementation;
    this.#restore = restore;
    this.#left = times;
  }

  get calls() { return this.#calls.slice(); }

  callCount() { return this.#calls.length; }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall = this.#calls.length) {
    validateFunction(implementation, 'implementation');
    validateInteger(onCall, 'onCall', this.#calls.length);
    this.#once.set(onCall, implementation);
  }

  restore() {
    this.#implementation = this.#original;
    this.#restore?.();
    this.#restore = undefined;
  }

  resetCalls() { this.#calls = []; }

  static next(context) {
    const at = context.#calls.length;
    const once = context.#once.get(at);
    if (once === undefined) {
      const now = context.#implementation;
      if (context.#left !== undefined && --context.#left === 0) context.restore();
      return now;
    }
    context.#once.delete(at);
    return once;
  }

  static record(context, call) { context.#calls.push(call); }
}

function makeMock(original, implementation, { times, restore } = {}) {
  if (times !== undefined) validateInteger(times, 'options.times', 1);
  const context = new MockFunctionContext(original, implementation, restore, times);
  const run = (self, args, target) => {
    const call = { arguments: args, error: undefined, result: undefined, stack: new Error(), target, this: self };
    const chosen = MockFunctionContext.next(context);
    try {
      call.result = target === undefined ? Reflect.apply(chosen, self, args) : Reflect.construct(chosen, args);
      return call.result;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      MockFunctionContext.record(context, call);
    }
  };
  const mock = new Proxy(original, {
    apply: (_, self, args) => run(self, args, undefined),
    construct: (target, args) => run(undefined, args, target),
    get: (target, key, receiver) => (key === 'mock' ? context : Reflect.get(target, key, receiver)),
  });
  return { mock, context };
}

function findDescriptor(object, name) {
  for (let at = object; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

class MockTracker {
  #contexts = [];

  fn(original = function() {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') {
      options = original;
      original = function() {};
      implementation = original;
    } else if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = original;
    }
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    const { mock, context } = makeMock(original, implementation, { times: options.times });
    this.#contexts.push(context);
    return mock;
  }

  method(object, name, implementation, options = {}) {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
      throw new codes.ERR_INVALID_ARG_TYPE('object', 'Object', object);
    }
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    validateObject(options, 'options');
    const { getter = false, setter = false, times } = options;
    const descriptor = findDescriptor(object, name);
    const part = getter ? 'get' : setter ? 'set' : 'value';
    const original = descriptor?.[part];
    if (typeof original !== 'function' && (part === 'value' || implementation === undefined)) {
      throw new codes.ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    }
    const own = Object.getOwnPropertyDescriptor(object, name);
    const restore = () => {
      if (own === undefined) delete object[name];
      else Object.defineProperty(object, name, own);
    };
    const from = typeof original === 'function' ? original : function() {};
    const { mock, context } = makeMock(from, implementation ?? from, { times, restore });
    const base = { configurable: true, enumerable: descriptor?.enumerable ?? true };
    if (part === 'value') Object.defineProperty(object, name, { ...base, writable: true, value: mock });
    else Object.defineProperty(object, name, { ...base, get: descriptor?.get, set: descriptor?.set, [part]: mock });
    this.#contexts.push(context);
    return mock;
  }

  getter(object, name, implementation, options = {}) {
    const given = implementation !== null && typeof implementation === 'object';
    return this.method(object, name, given ? undefined : implementation,
                       { ...(given ? implementation : options), getter: true });
  }

  setter(object, name, implementation, options = {}) {
    const given = implementation !== null && typeof implementation === 'object';
    return this.method(object, name, given ? undefined : implementation,
                       { ...(given ? implementation : options), setter: true });
  }

  reset() {
    this.restoreAll();
    this.#contexts = [];
  }

  restoreAll() {
    for (const context of this.#contexts) context.restore();
  }

  get timers() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('mock.timers'); }
}

module.exports = { MockTracker };
