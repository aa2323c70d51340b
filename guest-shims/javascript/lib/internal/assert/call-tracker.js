// Counts the calls of functions. Nothing in here may go through an array's iterator or read a descriptor with a prototype:
// what is tracked may have changed these.

const AssertionError = require('internal/assert/assertion-error');
const { codes } = require('internal/errors');
const { validateUint32 } = require('internal/validators');

const noop = () => {};

class Tracked {
  calls = [];

  constructor(name, expected, error) {
    this.name = name;
    this.expected = expected;
    this.error = error;
  }

  track(thisArg, list) {
    const copy = [];
    for (let i = 0; i < list.length; i++) copy[i] = list[i];
    this.calls[this.calls.length] = Object.freeze({ thisArg, arguments: Object.freeze(copy) });
  }

  report() {
    if (this.calls.length === this.expected) return undefined;
    const { name, expected } = this;
    return {
      message: `Expected the ${name} function to be executed ${expected} time(s) but was executed ${this.calls.length} time(s).`,
      actual: this.calls.length,
      expected,
      operator: name,
      stack: this.error,
    };
  }
}

class CallTracker {
  #known = [];
  #byFunction = new WeakMap();

  #of(fn) {
    const tracked = this.#byFunction.get(fn);
    if (tracked === undefined) throw new codes.ERR_INVALID_ARG_VALUE('fn', fn, 'is not a tracked function');
    return tracked;
  }

  calls(fn, expected = 1) {
    if (require('process')._exiting) throw new codes.ERR_UNAVAILABLE_DURING_EXIT();
    if (typeof fn === 'number') {
      expected = fn;
      fn = noop;
    } else if (fn === undefined) {
      fn = noop;
    }
    validateUint32(expected, 'expected', true);

    const tracked = new Tracked(fn.name || 'calls', expected, new Error());
    const proxy = new Proxy(fn, {
      __proto__: null,
      apply(target, thisArg, list) {
        tracked.track(thisArg, list);
        return Reflect.apply(target, thisArg, list);
      },
    });
    this.#known[this.#known.length] = tracked;
    this.#byFunction.set(proxy, tracked);
    return proxy;
  }

  getCalls(fn) {
    return Object.freeze(this.#of(fn).calls.slice());
  }

  reset(fn) {
    if (fn !== undefined) {
      this.#of(fn).calls = [];
      return;
    }
    for (let i = 0; i < this.#known.length; i++) this.#known[i].calls = [];
  }

  report() {
    const errors = [];
    for (let i = 0; i < this.#known.length; i++) {
      const error = this.#known[i].report();
      if (error !== undefined) errors[errors.length] = error;
    }
    return errors;
  }

  verify() {
    const errors = this.report();
    if (errors.length === 0) return;
    throw new AssertionError({
      message: errors.length === 1 ? errors[0].message : 'Functions were not called the expected number of times',
      details: errors,
    });
  }
}

module.exports = CallTracker;
