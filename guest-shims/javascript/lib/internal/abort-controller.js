// AbortController and AbortSignal.

const { codes } = require('internal/errors');
const {
  Event, EventTarget, kTrusted, kNewListener, kRemoveListener, defineEventHandler, setMaxListenersOf,
} = require('internal/event-target');

const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kMake = Symbol('make');
// Not private: a signal that comes through a Proxy of the options is to work, as in Node.
const kAborted = Symbol('aborted');
const kReason = Symbol('reason');
const kTransferable = Symbol('transferable');

const abortError = () => new (require('internal/domexception').DOMException)('This operation was aborted', 'AbortError');
const timeoutError = () =>
  new (require('internal/domexception').DOMException)('The operation was aborted due to timeout', 'TimeoutError');

function inspectAs(self, shown, depth, options) {
  const { inspect } = require('internal/util/inspect');
  if (depth < 0) return self;
  const inner = { ...options, depth: options.depth === null ? null : options.depth - 1 };
  return `${self.constructor.name} ${inspect(shown, inner)}`;
}

// Signals that somebody listens to and that only a timer or other signals know: they must not be collected.
const kept = new Set();

let abortSignal;
let isSignal;

class AbortSignal extends EventTarget {
  [kAborted] = false;
  [kReason] = undefined;
  #dependents = null;       // WeakRefs of the signals that `any` made of this one
  #sources = null;
  #kept = false;

  static {
    abortSignal = (signal, reason) => signal.#abort(reason);
    isSignal = (value) => typeof value === 'object' && value !== null && kAborted in value;
  }

  constructor(token) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    super();
    setMaxListenersOf(this, 0);
  }

  static #check(value) {
    if (!isSignal(value)) throw new codes.ERR_INVALID_THIS('AbortSignal');
    return value;
  }

  get aborted() { return AbortSignal.#check(this)[kAborted]; }

  get reason() { return AbortSignal.#check(this)[kReason]; }

  throwIfAborted() {
    if (AbortSignal.#check(this)[kAborted]) throw this[kReason];
  }

  [customInspect](depth, options) {
    return inspectAs(this, { aborted: this.aborted }, depth, options);
  }

  static abort(reason = abortError()) {
    const signal = new AbortSignal(kMake);
    signal[kAborted] = true;
    signal[kReason] = reason;
    return signal;
  }

  static timeout(delay) {
    require('internal/validators').validateUint32(delay, 'delay', false);
    const signal = new AbortSignal(kMake);
    signal.#kept = true;
    const weak = new WeakRef(signal);
    const timers = require('internal/timers');
    timers.makeTimeout(() => {
      const target = weak.deref();
      if (target === undefined) return;
      kept.delete(target);
      target.#abort(timeoutError());
    }, delay, undefined, false, false);
    return signal;
  }

  static any(signals) {
    const { validateAbortSignal } = require('internal/validators');
    if (typeof signals !== 'object' || signals === null || typeof signals[Symbol.iterator] !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE('signals', 'Array', signals);
    }
    const list = Array.from(signals);
    list.forEach((signal, i) => {
      validateAbortSignal(signal, `signals[${i}]`);
      if (!isSignal(signal)) throw new codes.ERR_INVALID_ARG_TYPE(`signals[${i}]`, 'AbortSignal', signal);
    });
    const result = new AbortSignal(kMake);
    const first = list.find((signal) => signal[kAborted]);
    if (first !== undefined) {
      result[kAborted] = true;
      result[kReason] = first[kReason];
      return result;
    }
    // Of a signal that was made of others the others count: what lies between may be collected.
    result.#kept = true;
    result.#sources = new Set();
    const weak = new WeakRef(result);
    for (const signal of list) {
      for (const source of signal.#sources ?? [signal]) {
        if (result.#sources.has(source)) continue;
        result.#sources.add(source);
        (source.#dependents ??= new Set()).add(weak);
      }
    }
    return result;
  }

  #abort(reason) {
    if (this[kAborted]) return;
    this[kAborted] = true;
    this[kReason] = reason;
    // All that depend are aborted before a listener of any of them runs.
    const ready = [];
    for (const weak of this.#dependents ?? []) {
      const signal = weak.deref();
      if (signal === undefined || signal[kAborted]) continue;
      signal[kAborted] = true;
      signal[kReason] = reason;
      ready.push(signal);
    }
    this.#dependents = null;
    this.#tell();
    for (const signal of ready) signal.#tell();
  }

  #tell() {
    kept.delete(this);
    this.dispatchEvent(new Event('abort', { [kTrusted]: true }));
  }

  [kNewListener](size, type, listener, entry) {
    super[kNewListener](size, type, listener, entry);
    if (this.#kept && type === 'abort' && !this[kAborted] && !entry.weak) kept.add(this);
  }

  [kRemoveListener](size, type) {
    if (this.#kept && type === 'abort' && size === 0) kept.delete(this);
  }
}

class AbortController {
  #signal = undefined;

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#signal in value)) throw new codes.ERR_INVALID_THIS('AbortController');
    return value;
  }

  get signal() {
    AbortController.#check(this);
    return (this.#signal ??= new AbortSignal(kMake));
  }

  abort(reason = abortError()) {
    abortSignal(AbortController.#check(this).signal, reason);
  }

  [customInspect](depth, options) {
    return inspectAs(this, { signal: this.signal }, depth, options);
  }
}

for (const [Class, names] of [[AbortSignal, ['aborted', 'reason', 'throwIfAborted']], [AbortController, ['signal', 'abort']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, { enumerable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}
defineEventHandler(AbortSignal.prototype, 'abort');

// ---- signals that a message may carry ----

function transferableAbortSignal(signal) {
  if (!isSignal(signal)) throw new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  Object.defineProperty(signal, kTransferable, { value: true, enumerable: false, configurable: true });
  return signal;
}

function transferableAbortController() {
  const controller = new AbortController();
  transferableAbortSignal(controller.signal);
  return controller;
}

// The other side gets a signal of its own that follows this one.
function cloneAbortSignal(signal) {
  if (signal.aborted) return AbortSignal.abort(signal.reason);
  const copy = new AbortSignal(kMake);
  signal.addEventListener('abort', () => setImmediate(() => abortSignal(copy, signal.reason)).unref(), { once: true });
  return copy;
}

module.exports = {
  AbortController, AbortSignal, isSignal, kTransferable,
  transferableAbortSignal, transferableAbortController, cloneAbortSignal,
};
