// The functions of `events` that stand beside EventEmitter: they take emitters and event targets alike.

const { EventEmitter, checkMax, setDefaultMaxListeners } = require('internal/events/emitter');
const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateInteger, validateObject } = require('internal/validators');

const isEmitter = (value) => typeof value?.on === 'function';
const isTarget = (value) => typeof value?.addEventListener === 'function';

function listen(emitter, name, listener, flags) {
  if (isEmitter(emitter)) {
    if (flags?.once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (isTarget(emitter)) {
    emitter.addEventListener(name, listener, flags);
  } else {
    throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter, name, listener) {
  if (typeof emitter.removeListener === 'function') emitter.removeListener(name, listener);
  else if (typeof emitter.removeEventListener === 'function') emitter.removeEventListener(name, listener);
  else throw new ERR_INVALID_ARG_TYPE('emitter', 'EventEmitter', emitter);
}

async function once(emitter, name, options = undefined) {
  const signal = options?.signal;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    // Of a target `error` is an event as any other.
    const hasError = name !== 'error' && typeof emitter.once === 'function';
    const onError = (error) => {
      unlisten(emitter, name, onEvent);
      if (signal !== undefined) unlisten(signal, 'abort', onAbort);
      reject(error);
    };
    const onEvent = (...args) => {
      if (hasError) emitter.removeListener('error', onError);
      if (signal !== undefined) unlisten(signal, 'abort', onAbort);
      resolve(args);
    };
    const onAbort = () => {
      unlisten(emitter, name, onEvent);
      if (hasError) emitter.removeListener('error', onError);
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    listen(emitter, name, onEvent, { once: true });
    if (hasError) emitter.once('error', onError);
    if (signal !== undefined) {
      signal.addEventListener('abort', onAbort, { once: true, ...require('internal/event-target').resistStop });
    }
  });
}

const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

function on(emitter, event, options = {}) {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const highWaterMark = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  validateInteger(highWaterMark, 'options.highWaterMark', 1);
  const lowWaterMark = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(lowWaterMark, 'options.lowWaterMark', 1);

  let values = [];
  let waiting = [];
  let error = null;
  let paused = false;
  let finished = false;
  const undo = [];

  const listenTo = (name, listener) => {
    listen(emitter, name, listener, {});
    undo.push(() => unlisten(emitter, name, listener));
  };
  const onEvent = (...args) => {
    const next = waiting.shift();
    if (next !== undefined) {
      next.resolve({ value: args, done: false });
      return;
    }
    values.push(args);
    if (!paused && values.length > highWaterMark) {
      paused = true;
      emitter.pause?.();
    }
  };
  const onError = (reason) => {
    const next = waiting.shift();
    if (next !== undefined) next.reject(reason);
    else error = { reason };
    close();
  };
  function close() {
    for (const each of undo.splice(0)) each();
    finished = true;
    for (const next of waiting.splice(0)) next.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  const iterator = Object.setPrototypeOf({
    next() {
      if (values.length > 0) {
        const value = values.shift();
        if (paused && values.length < lowWaterMark) {
          emitter.resume?.();
          paused = false;
        }
        return Promise.resolve({ value, done: false });
      }
      if (error !== null) {
        const { reason } = error;
        error = null;
        return Promise.reject(reason);
      }
      if (finished) return close();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: close,
    throw(reason) {
      if (!(reason instanceof Error) && !require('internal/util').isError(reason)) {
        throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', reason);
      }
      onError(reason);
    },
    [Symbol.asyncIterator]() { return this; },
  }, asyncIteratorPrototype);

  listenTo(event, onEvent);
  if (event !== 'error' && isEmitter(emitter)) listenTo('error', onError);
  for (const name of options.close ?? []) listenTo(name, close);
  if (signal !== undefined) {
    const stop = addAbortListener(signal, () => onError(new AbortError(undefined, { cause: signal.reason })));
    undo.push(stop.stop);
  }
  return iterator;
}

function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget?.listeners === 'function') return emitterOrTarget.listeners(type);
  const { EventTarget, listenersOf } = require('internal/event-target');
  if (emitterOrTarget instanceof EventTarget) return listenersOf(emitterOrTarget, type);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function') return emitterOrTarget.getMaxListeners();
  const { EventTarget, maxListenersOf } = require('internal/event-target');
  if (emitterOrTarget instanceof EventTarget) return maxListenersOf(emitterOrTarget);
  throw new ERR_INVALID_ARG_TYPE('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function setMaxListeners(n = EventEmitter.defaultMaxListeners, targets = []) {
  checkMax(n, 'setMaxListeners');
  if (targets.length === 0) {
    setDefaultMaxListeners(n);
    return;
  }
  const { EventTarget, setMaxListenersOf } = require('internal/event-target');
  for (const target of targets) {
    if (target instanceof EventTarget) setMaxListenersOf(target, n);
    else if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(n);
    else throw new ERR_INVALID_ARG_TYPE('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

function listenerCount(emitter, type) {
  if (typeof emitter.listenerCount === 'function') return emitter.listenerCount(type);
  return Reflect.apply(EventEmitter.prototype.listenerCount, emitter, [type]);
}

function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  let stop;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener('abort', listener, { once: true, ...require('internal/event-target').resistStop });
    stop = () => signal.removeEventListener('abort', listener);
  }
  const disposable = { __proto__: null };
  Object.defineProperty(disposable, 'stop', { value: () => stop?.(), enumerable: false });
  if (Symbol.dispose !== undefined) disposable[Symbol.dispose] = () => stop?.();
  return disposable;
}

module.exports = {
  once, on, getEventListeners, getMaxListeners, setMaxListeners, listenerCount, addAbortListener,
};
