// EventEmitter. Of one listener the function itself stands under the name of the event, of several an array: programs
// look at `_events`, and most events have one listener.

const errorMonitor = Symbol('events.errorMonitor');
const captureRejection = Symbol.for('nodejs.rejection');
const kCapture = Symbol('kCapture');
const kMaxEventTargetListeners = Symbol('events.maxEventTargetListeners');

let defaultMaxListeners = 10;

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

const { prototype } = EventEmitter;

function outOfRange(name, value) {
  const { ERR_OUT_OF_RANGE } = require('internal/errors').codes;
  return new ERR_OUT_OF_RANGE(name, 'a non-negative number', value);
}

function checkMax(n, name) {
  if (typeof n === 'number' && n >= 0) return;
  require('internal/validators').validateNumber(n, name, 0);
  throw outOfRange(name, n);
}

Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    enumerable: true,
    get: () => defaultMaxListeners,
    set(n) {
      checkMax(n, 'defaultMaxListeners');
      defaultMaxListeners = n;
    },
  },
  captureRejections: {
    enumerable: true,
    get: () => prototype[kCapture],
    set(value) {
      require('internal/validators').validateBoolean(value, 'EventEmitter.captureRejections');
      prototype[kCapture] = value;
    },
  },
});

Object.defineProperty(prototype, kCapture, { value: false, writable: true, enumerable: false });

EventEmitter.init = function(options) {
  const events = this._events;
  if (events === undefined || events === Object.getPrototypeOf(this)._events) {
    this._events = { __proto__: null };
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    require('internal/validators').validateBoolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = Boolean(options.captureRejections);
  } else {
    this[kCapture] = prototype[kCapture];
  }
};

function checkListener(listener) {
  if (typeof listener !== 'function') require('internal/validators').validateFunction(listener, 'listener');
}

prototype.setMaxListeners = function setMaxListeners(n) {
  checkMax(n, 'setMaxListeners');
  this._maxListeners = n;
  return this;
};

const maxOf = (emitter) => emitter._maxListeners ?? defaultMaxListeners;

prototype.getMaxListeners = function getMaxListeners() {
  return maxOf(this);
};

// ---- emit ----

function watchRejection(emitter, promise, type, args) {
  if (!emitter[kCapture]) return;
  let then;
  try {
    then = promise.then;
  } catch (error) {
    emitter.emit('error', error);
    return;
  }
  if (typeof then !== 'function') return;
  try {
    then.call(promise, undefined, (error) => process.nextTick(onRejection, emitter, error, type, args));
  } catch (error) {
    emitter.emit('error', error);
  }
}

function onRejection(emitter, error, type, args) {
  if (typeof emitter[captureRejection] === 'function') {
    emitter[captureRejection](error, type, ...args);
    return;
  }
  // A listener of `error` that rejects too must not come back to itself.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = before;
  }
}

function isErrorObject(value) {
  return value instanceof Error || (typeof value === 'object' && value !== null && require('internal/util').isError(value));
}

function throwUnhandled(emitter, args) {
  const error = args[0];
  if (isErrorObject(error)) {
    markEmitted(emitter, error);
    throw error;
  }
  const { inspect } = require('internal/util/inspect');
  let shown;
  try {
    shown = inspect(error);
  } catch {
    shown = error;
  }
  const { ERR_UNHANDLED_ERROR } = require('internal/errors').codes;
  const unhandled = new ERR_UNHANDLED_ERROR(shown);
  unhandled.context = error;
  throw unhandled;
}

// Who emitted the error is as important as where it was made.
function markEmitted(emitter, error) {
  try {
    const here = {};
    if (typeof Error.captureStackTrace !== 'function') return;
    Error.captureStackTrace(here, EventEmitter.prototype.emit);
    Object.defineProperty(error, require('internal/errors-fatal').kEmittedAt, {
      value: { emitter, stack: here }, configurable: true,
    });
  } catch {
    // An error that cannot be extended is thrown as it is.
  }
}

prototype.emit = function emit(type, ...args) {
  const events = this._events;
  if (type === 'error') {
    if (events !== undefined && events[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (events?.error === undefined) throwUnhandled(this, args);
  } else if (events === undefined) {
    return false;
  }
  const handler = events[type];
  if (handler === undefined) return false;

  if (typeof handler === 'function') {
    const result = Reflect.apply(handler, this, args);
    if (result !== undefined && result !== null) watchRejection(this, result, type, args);
    return true;
  }
  const listeners = handler.slice();
  for (let i = 0; i < listeners.length; i++) {
    const result = Reflect.apply(listeners[i], this, args);
    if (result !== undefined && result !== null) watchRejection(this, result, type, args);
  }
  return true;
};

// ---- listeners ----

function add(emitter, type, listener, prepend) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = { __proto__: null };
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;       // a listener may have taken all away
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  let list = existing;
  if (typeof existing === 'function') list = events[type] = prepend ? [listener, existing] : [existing, listener];
  else if (prepend) list.unshift(listener);
  else list.push(listener);

  const max = maxOf(emitter);
  if (max > 0 && list.length > max && !list.warned) warnOfLeak(emitter, type, list);
  return emitter;
}

function warnOfLeak(emitter, type, list) {
  list.warned = true;
  const { inspect } = require('internal/util/inspect');
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(type)} listeners added to ` +
    `${inspect(emitter, { depth: -1 })}. MaxListeners is ${maxOf(emitter)}. ` +
    'Use emitter.setMaxListeners() to increase limit');
  warning.name = 'MaxListenersExceededWarning';
  warning.emitter = emitter;
  warning.type = type;
  warning.count = list.length;
  process.emitWarning(warning);
}

prototype.addListener = function addListener(type, listener) {
  return add(this, type, listener, false);
};

prototype.on = prototype.addListener;

prototype.prependListener = function prependListener(type, listener) {
  return add(this, type, listener, true);
};

function onceWrapper(emitter, type, listener) {
  let fired = false;
  const wrapper = (...args) => {
    if (fired) return undefined;
    emitter.removeListener(type, wrapper);
    fired = true;
    return Reflect.apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

// Through `on`, which streams override.
prototype.once = function once(type, listener) {
  checkListener(listener);
  this.on(type, onceWrapper(this, type, listener));
  return this;
};

prototype.prependOnceListener = function prependOnceListener(type, listener) {
  checkListener(listener);
  this.prependListener(type, onceWrapper(this, type, listener));
  return this;
};

prototype.removeListener = function removeListener(type, listener) {
  checkListener(listener);
  const events = this._events;
  const list = events?.[type];
  if (list === undefined) return this;
  let removed;
  if (list === listener || list.listener === listener) {
    removed = list;
    this._eventsCount--;
    if (this._eventsCount === 0) this._events = { __proto__: null };
    else delete events[type];
  } else if (typeof list !== 'function') {
    const at = list.findLastIndex((entry) => entry === listener || entry.listener === listener);
    if (at < 0) return this;
    removed = list[at];
    list.splice(at, 1);
    if (list.length === 1) events[type] = list[0];
  } else {
    return this;
  }
  if (this._events.removeListener !== undefined || events.removeListener !== undefined) {
    this.emit('removeListener', type, removed.listener ?? listener);
  }
  return this;
};

prototype.off = prototype.removeListener;

prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined) return this;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = { __proto__: null };
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      if (--this._eventsCount === 0) this._events = { __proto__: null };
      else delete events[type];
    }
    return this;
  }
  // Somebody wants to hear of each listener that goes.
  if (arguments.length === 0) {
    for (const key of Reflect.ownKeys(events)) if (key !== 'removeListener') this.removeAllListeners(key);
    this.removeAllListeners('removeListener');
    this._events = { __proto__: null };
    this._eventsCount = 0;
    return this;
  }
  const list = events[type];
  if (typeof list === 'function') this.removeListener(type, list);
  else if (list !== undefined) for (const listener of list.slice().reverse()) this.removeListener(type, listener);
  return this;
};

const asList = (entry) => (entry === undefined ? [] : typeof entry === 'function' ? [entry] : entry.slice());

prototype.listeners = function listeners(type) {
  return asList(this._events?.[type]).map((entry) => entry.listener ?? entry);
};

prototype.rawListeners = function rawListeners(type) {
  return asList(this._events?.[type]);
};

prototype.listenerCount = function listenerCount(type, listener) {
  const entry = this._events?.[type];
  if (entry === undefined) return 0;
  if (listener === null || listener === undefined) return typeof entry === 'function' ? 1 : entry.length;
  return asList(entry).filter((one) => one === listener || one.listener === listener).length;
};

prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

module.exports = {
  EventEmitter, errorMonitor, captureRejection, kMaxEventTargetListeners, checkMax,
  setDefaultMaxListeners: (n) => { defaultMaxListeners = n; },
  getDefaultMaxListeners: () => defaultMaxListeners,
};
