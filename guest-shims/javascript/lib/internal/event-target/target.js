// EventTarget.

const { codes } = require('internal/errors');
const { Event, stateOf, enumerable, tag } = require('internal/event-target/event');
const { getDefaultMaxListeners, kMaxEventTargetListeners } = require('internal/events/emitter');

const kWeakHandler = Symbol('kWeak');
const kResistStopPropagation = Symbol('kResistStopPropagation');
const kNewListener = Symbol('kNewListener');
const kRemoveListener = Symbol('kRemoveListener');
const customInspect = Symbol.for('nodejs.util.inspect.custom');

class Listener {
  constructor(callback, options) {
    this.weak = options.weak !== undefined;
    this.held = this.weak ? new WeakRef(callback) : callback;
    this.once = options.once;
    this.capture = options.capture;
    this.passive = options.passive;
    this.node = options.node;
    this.resist = options.resist;
    this.removed = false;
  }

  get callback() { return this.weak ? this.held.deref() : this.held; }
}

function readOptions(options) {
  if (typeof options === 'boolean') return { capture: options };
  if (options === undefined || options === null) return {};
  require('internal/validators').validateObject(options, 'options', { allowArray: true, allowFunction: true });
  return {
    once: Boolean(options.once),
    capture: Boolean(options.capture),
    passive: Boolean(options.passive),
    signal: options.signal,
    node: options.isNodeStyleListener === true,
    weak: options[kWeakHandler],
    resist: Boolean(options[kResistStopPropagation]),
  };
}

const captureOf = (options) => (typeof options === 'boolean' ? options : Boolean(options?.capture));

function isListener(listener) {
  if (typeof listener === 'function' || (typeof listener === 'object' && listener !== null)) return true;
  if (listener === null || listener === undefined) return false;
  throw new codes.ERR_INVALID_ARG_TYPE('listener', 'EventListener', listener);
}

// An error of a listener must not keep the others from being called.
function throwLater(error) {
  process.nextTick(() => { throw error; });
}

let tableOf;
let dispatchTo;
let maxListenersOf;
let setMaxListenersOf;

class EventTarget {
  #events = new Map();
  #max;
  #warned = false;

  static {
    tableOf = (target) => target.#events;
    dispatchTo = (target, event) => target.#dispatch(event);
    maxListenersOf = (target) => target.#max ?? getDefaultMaxListeners();
    setMaxListenersOf = (target, n) => { target.#max = n; target.#warned = false; };
  }

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#events in value)) throw new codes.ERR_INVALID_THIS('EventTarget');
    return value;
  }

  addEventListener(type, listener, options = undefined) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('type', 'listener');
    const read = readOptions(options);
    if (read.signal !== undefined) require('internal/validators').validateAbortSignal(read.signal, 'options.signal');
    if (!isListener(listener)) {
      const warning = new Error(`addEventListener called with ${listener} which has no effect.`);
      warning.name = 'AddEventListenerArgumentTypeWarning';
      warning.target = this;
      warning.type = type;
      process.emitWarning(warning);
      return;
    }
    type = `${type}`;
    if (read.signal) {
      if (read.signal.aborted) return;
      read.signal.addEventListener('abort', () => this.removeEventListener(type, listener, options),
                                   { once: true, [kResistStopPropagation]: true });
    }
    let list = this.#events.get(type);
    if (list === undefined) this.#events.set(type, list = []);
    const capture = Boolean(read.capture);
    if (list.some((entry) => entry.callback === listener && entry.capture === capture)) return;
    const entry = new Listener(listener, { ...read, capture });
    list.push(entry);
    this[kNewListener](list.length, type, listener, entry);
  }

  removeEventListener(type, listener, options = undefined) {
    EventTarget.#check(this);
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('type', 'listener');
    if (!isListener(listener)) return;
    type = `${type}`;
    const list = this.#events.get(type);
    if (list === undefined) return;
    const capture = captureOf(options);
    const at = list.findIndex((entry) => entry.callback === listener && entry.capture === capture);
    if (at >= 0) this.#remove(type, list, at);
  }

  #remove(type, list, at) {
    const [entry] = list.splice(at, 1);
    entry.removed = true;
    if (list.length === 0 && this.#events.get(type) === list) this.#events.delete(type);
    this[kRemoveListener](list.length, type, entry.callback, entry.capture);
  }

  dispatchEvent(event) {
    EventTarget.#check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('event');
    if (!(event instanceof Event)) throw new codes.ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (stateOf(event).phase !== 0) throw new codes.ERR_EVENT_RECURSION(event.type);
    this.#dispatch(event);
    return !event.defaultPrevented;
  }

  // `event` may be made only when a listener needs it: those of Node's kind get plain values.
  #dispatch(event) {
    const made = event instanceof Event;
    const { type } = event;
    const list = this.#events.get(type);
    let object = made ? event : undefined;
    const state = made ? stateOf(event) : undefined;
    if (state !== undefined) {
      state.target = this;
      state.phase = 2;
    }
    if (list !== undefined) {
      for (const entry of list.slice()) {
        if (entry.removed) continue;
        if (object !== undefined && stateOf(object).silenced && !entry.resist) continue;
        const callback = entry.callback;
        const at = entry.once || callback === undefined ? list.indexOf(entry) : -1;
        if (at >= 0) this.#remove(type, list, at);
        if (callback === undefined) continue;
        if (!entry.node && object === undefined) {
          object = event.make();
          stateOf(object).target = this;
          stateOf(object).phase = 2;
        }
        this.#call(entry, callback, object, made ? event : event.value);
      }
    }
    if (object !== undefined) stateOf(object).phase = 0;
  }

  #call(entry, callback, event, value) {
    const argument = entry.node ? value : event;
    const state = event === undefined ? undefined : stateOf(event);
    try {
      if (state !== undefined) state.passive = entry.passive;
      let result;
      if (typeof callback === 'function') result = Reflect.apply(callback, this, [argument]);
      else if (typeof callback.handleEvent === 'function') result = callback.handleEvent(argument);
      if (result !== undefined && result !== null && typeof result.then === 'function') {
        result.then(undefined, throwLater);
      }
    } catch (error) {
      throwLater(error);
    } finally {
      if (state !== undefined) state.passive = false;
    }
  }

  [kNewListener](size, type) {
    const max = maxListenersOf(this);
    if (max <= 0 || size <= max || this.#warned) return;
    this.#warned = true;
    const { inspect } = require('internal/util/inspect');
    const warning = new Error(
      `Possible EventTarget memory leak detected. ${size} ${type} listeners added to ` +
      `${inspect(this, { depth: -1 })}. MaxListeners is ${max}. Use events.setMaxListeners() to increase limit`);
    warning.name = 'MaxListenersExceededWarning';
    warning.target = this;
    warning.type = type;
    warning.count = size;
    process.emitWarning(warning);
  }

  [kRemoveListener]() {}

  [customInspect](depth, options) {
    EventTarget.#check(this);
    const name = this.constructor.name;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    return `${name} ${inspect({}, { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth })}`;
  }
}

enumerable(EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']);
tag(EventTarget.prototype, 'EventTarget');

function listenersOf(target, type) {
  return (tableOf(target).get(type) ?? []).map((entry) => entry.callback).filter((callback) => callback !== undefined);
}

// `on<name>`, an attribute whose value is called as a listener in the place where it was first set.
function defineEventHandler(prototype, name, event = name, { added, removed } = {}) {
  const handlers = new WeakMap();
  const property = `on${name}`;
  const get = function() { return handlers.get(this)?.handler ?? null; };
  const set = function(value) {
    const handler = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null;
    const known = handlers.get(this);
    if (known !== undefined) {
      if (known.handler !== null && handler === null) removed?.(this);
      if (known.handler === null && handler !== null) added?.(this);
      known.handler = handler;
      return;
    }
    if (handler === null) return;
    const wrapper = { handler };
    handlers.set(this, wrapper);
    this.addEventListener(event, function(...args) {
      if (typeof wrapper.handler === 'function') return Reflect.apply(wrapper.handler, this, args);
      return undefined;
    });
    added?.(this);
  };
  Object.defineProperty(get, 'name', { value: `get ${property}` });
  Object.defineProperty(set, 'name', { value: `set ${property}` });
  Object.defineProperty(prototype, property, { get, set, enumerable: true, configurable: true });
}

module.exports = {
  EventTarget, tableOf, dispatchTo, listenersOf, maxListenersOf, setMaxListenersOf, defineEventHandler,
  kWeakHandler, kResistStopPropagation, kNewListener, kRemoveListener, kMaxEventTargetListeners,
  resistStop: { [kResistStopPropagation]: true },
};
