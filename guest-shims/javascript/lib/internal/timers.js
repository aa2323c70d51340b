// Timers and immediates. Timers of one duration stand in one list in the order in which they end; a heap of the lists
// gives the next one.

const loop = require('internal/loop');

const longest = 2 ** 31 - 1;
const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kRefed = Symbol('refed');
const kHasPrimitive = Symbol('kHasPrimitive');
const kAsyncId = Symbol('asyncId');
const kHeld = Symbol('held');
const kListed = Symbol('listed');

let lastId = 1;
let knownById;                      // only timers whose number somebody has asked for

let started;
function now() {
  const time = binding.time.hrtime();
  if (started === undefined) started = time;
  return Number((time - started) / 1000000n);
}

// ---- the lists ----

const lists = new Map();
const heap = [];
let resting = 0;                    // how many timers that hold the loop are in the lists

class List {
  constructor(duration, expiry, order) {
    this._idleNext = this;
    this._idlePrev = this;
    this.duration = duration;
    this.expiry = expiry;
    this.order = order;
    this.at = -1;
  }
}

let order = 0;

const before = (a, b) => a.expiry < b.expiry || (a.expiry === b.expiry && a.order < b.order);

function place(list, at) {
  heap[at] = list;
  list.at = at;
}

function up(list, at) {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(list, heap[parent])) break;
    place(heap[parent], at);
    at = parent;
  }
  place(list, at);
}

function down(list, at) {
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], list)) break;
    place(heap[child], at);
    at = child;
  }
  place(list, at);
}

function drop(list) {
  const last = heap.pop();
  if (last === list) return;
  if (list.at > 0 && before(last, heap[(list.at - 1) >> 1])) up(last, list.at);
  else down(last, list.at);
}

function detach(timer) {
  timer._idlePrev._idleNext = timer._idleNext;
  timer._idleNext._idlePrev = timer._idlePrev;
  timer._idleNext = null;
  timer._idlePrev = null;
}

function insert(timer, duration, start = now()) {
  timer._idleStart = start;
  const key = Math.trunc(duration);
  let list = lists.get(key);
  if (list === undefined) {
    list = new List(key, start + key, order++);
    lists.set(key, list);
    up(list, heap.length);
  }
  timer._idleNext = list;
  timer._idlePrev = list._idlePrev;
  list._idlePrev._idleNext = timer;
  list._idlePrev = timer;
  timer[kListed] = list;
}

// A list that has become empty goes with its last timer: nothing may wake the loop for it.
function remove(timer) {
  const list = timer[kListed];
  detach(timer);
  if (list._idleNext === list && list.at >= 0) {
    drop(list);
    list.at = -1;
    lists.delete(list.duration);
  }
}

const isListed = (timer) => timer._idleNext !== null && timer._idleNext !== undefined;

// A timer that has fired wants what it wanted before, should it be refreshed; but it no longer holds the loop.
function hold(timer, yes) {
  if ((timer[kHeld] === true) === yes) return;
  timer[kHeld] = yes;
  if (yes) {
    resting++;
    loop.ref();
  } else {
    resting--;
    loop.unref();
  }
}

// Of an object that is not a Timeout too: `timers.enroll` of old takes any.
function start(timer, refed) {
  const duration = timer._idleTimeout;
  if (duration < 0 || duration === undefined) return;
  if (isListed(timer)) remove(timer);
  timer._destroyed &&= false;
  insert(timer, duration);
  timer[kRefed] = refed;
  hold(timer, refed);
}

function stop(timer) {
  if (timer._destroyed) return;
  timer._destroyed = true;
  if (timer[kHasPrimitive]) knownById.delete(timer[kAsyncId]);
  timer[kRefed] = null;
  hold(timer, false);
  if (isListed(timer)) remove(timer);
  else if (timer._idleNext === undefined) timer._idleNext = timer._idlePrev = null;
  timer._idleTimeout = -1;
  timer._onTimeout = null;
}

// ---- running ----

function untilNext() {
  if (heap.length === 0) return -1;
  return Math.max(0, heap[0].expiry - now());
}

function fire(timer) {
  remove(timer);
  if (!timer._onTimeout) {
    release(timer);
    return;
  }
  const begun = now();
  let failed = false;
  let failure;
  try {
    if (timer._timerArgs === undefined) timer._onTimeout();
    else timer._onTimeout(...timer._timerArgs);
  } catch (error) {
    failed = true;
    failure = error;
  }
  afterwards(timer, begun);
  if (failed) require('internal/errors-fatal').uncaught(failure, false);
  loop.drain();
}

function release(timer) {
  hold(timer, false);
  if (timer[kHasPrimitive]) knownById.delete(timer[kAsyncId]);
  timer._destroyed = true;
}

function afterwards(timer, begun) {
  if (isListed(timer) || timer._destroyed) return;
  if (timer._repeat && timer._idleTimeout !== -1) {
    timer._idleTimeout = timer._repeat;
    insert(timer, timer._idleTimeout, begun);
    return;
  }
  release(timer);
}

// What becomes due meanwhile waits for the next turn: else a timer that takes longer than it lasts would keep all the rest
// of the loop from running.
function run() {
  if (heap.length === 0) return;
  const time = now();
  while (heap.length > 0 && heap[0].expiry <= time) runList(heap[0], time);
}

function runList(list, time) {
  while (list.at >= 0) {
    const timer = list._idleNext;
    const due = timer._idleStart + list.duration;
    if (due > time) {
      list.expiry = due;
      list.order = order++;
      down(list, list.at);
      return;
    }
    fire(timer);
  }
}

// ---- Timeout ----

class Timeout {
  constructor(callback, after, args, repeat, refed) {
    if (after === undefined) after = 1;
    else after *= 1;
    if (!(after >= 1 && after <= longest)) {
      if (after > longest) tooLong(after);
      after = 1;
    }
    binding.loop.note();          // while it is waited for, nobody can say where
    this._idleTimeout = after;
    this._idlePrev = null;
    this._idleNext = null;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = repeat ? after : null;
    this._destroyed = false;
    this[kRefed] = refed;
    this[kHeld] = false;
    this[kListed] = null;
    this[kHasPrimitive] = false;
    this[kAsyncId] = ++lastId;
    hold(this, refed);
    insert(this, after);
  }

  [customInspect](depth, options) {
    const { inspect } = require('internal/util/inspect');
    return inspect(this, { ...options, depth: 0, customInspect: false });
  }

  refresh() {
    start(this, this[kRefed] === true);
    return this;
  }

  unref() {
    if (this[kRefed] === true) {
      this[kRefed] = false;
      hold(this, false);
    }
    return this;
  }

  ref() {
    if (this[kRefed] === false) {
      this[kRefed] = true;
      if (!this._destroyed) hold(this, true);
    }
    return this;
  }

  hasRef() { return this[kRefed] === true; }

  close() {
    clearTimeout(this);
    return this;
  }

  [Symbol.toPrimitive]() {
    const id = this[kAsyncId];
    if (!this[kHasPrimitive] && !this._destroyed) {
      this[kHasPrimitive] = true;
      (knownById ??= new Map()).set(id, this);
    }
    return id;
  }
}

function hidden(object, key, value) {
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false });
}

function tooLong(after) {
  process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
                      'TimeoutOverflowWarning');
}

function checked(callback) {
  if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
}

function setTimeout(callback, after, ...args) {
  checked(callback);
  return new Timeout(callback, after, args.length === 0 ? undefined : args, false, true);
}

function setInterval(callback, repeat, ...args) {
  checked(callback);
  return new Timeout(callback, repeat, args.length === 0 ? undefined : args, true, true);
}

function clearTimeout(timer) {
  if (timer === null || timer === undefined) return;
  if (typeof timer === 'number' || typeof timer === 'string') {
    const known = knownById?.get(Number(timer));
    if (known !== undefined && String(known[kAsyncId]) === String(timer)) stop(known);
    return;
  }
  if (timer._onTimeout) {
    timer._onTimeout = null;
    if (timer instanceof Timeout) stop(timer);
    else unenroll(timer);
  }
}

function clearInterval(timer) {
  clearTimeout(timer);
}

// ---- the forms of old ----

function enroll(timer, after) {
  const { validateNumber } = require('internal/validators');
  const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
  validateNumber(after, 'msecs');
  if (after < 0 || !Number.isFinite(after)) {
    throw new ERR_OUT_OF_RANGE('msecs', 'a non-negative finite number', after);
  }
  if (after > longest) {
    process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${longest}.`,
                        'TimeoutOverflowWarning');
    after = longest;
  }
  if (timer._idleNext) unenroll(timer);
  timer._idleNext = timer._idlePrev = timer;
  timer[kListed] = new List(after, 0, 0);
  timer._idleTimeout = after;
}

function unenroll(timer) {
  if (timer._destroyed) return;
  timer._destroyed = true;
  if (timer[kHasPrimitive]) knownById.delete(timer[kAsyncId]);
  if (isListed(timer) && timer[kListed]) remove(timer);
  hold(timer, false);
  timer._idleTimeout = -1;
}

const active = (timer) => start(timer, true);
const unrefActive = (timer) => start(timer, false);

// ---- immediates ----

let immediates = [];
let heldImmediates = 0;

class Immediate {
  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    this[kRefed] = true;
    heldImmediates++;
    loop.ref();
    immediates.push(this);
  }

  ref() {
    if (this[kRefed] === false) {
      this[kRefed] = true;
      heldImmediates++;
      loop.ref();
    }
    return this;
  }

  unref() {
    if (this[kRefed] === true) {
      this[kRefed] = false;
      heldImmediates--;
      loop.unref();
    }
    return this;
  }

  hasRef() { return this[kRefed] === true; }
}

function setImmediate(callback, ...args) {
  checked(callback);
  return new Immediate(callback, args.length === 0 ? undefined : args);
}

function finish(immediate) {
  immediate.unref();
  immediate[kRefed] = null;
  immediate._destroyed = true;
}

function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  finish(immediate);
  immediate._onImmediate = null;
}

function runImmediates() {
  if (immediates.length === 0) return;
  const list = immediates;
  immediates = [];
  for (let i = 0; i < list.length; i++) {
    const immediate = list[i];
    if (immediate._destroyed) continue;
    finish(immediate);
    try {
      if (immediate._argv === undefined) immediate._onImmediate();
      else immediate._onImmediate(...immediate._argv);
    } catch (error) {
      require('internal/errors-fatal').uncaught(error, false);
    }
    immediate._onImmediate = null;
    loop.drain();
  }
}

function resources() {
  const names = new Array(resting).fill('Timeout');
  for (let i = 0; i < heldImmediates; i++) names.push('Immediate');
  return names;
}

loop.attachTimers({ run, untilNext, runImmediates, hasImmediates: () => heldImmediates > 0, resources });

// Given by name, so that the package of streams and the like see plain functions with Node's properties.
function promisified(fn, name) {
  Object.defineProperty(fn, Symbol.for('nodejs.util.promisify.custom'), {
    get: () => require('timers/promises')[name],
    enumerable: true,
    configurable: true,
  });
}
promisified(setTimeout, 'setTimeout');
promisified(setImmediate, 'setImmediate');

const dispose = Symbol.dispose;
if (dispose !== undefined) {
  hidden(Timeout.prototype, dispose, function() { clearTimeout(this); });
  hidden(Immediate.prototype, dispose, function() { clearImmediate(this); });
}

module.exports = {
  Timeout, Immediate, setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate,
  enroll, unenroll, active, unrefActive, now,
  makeTimeout: (callback, after, args, repeat, refed) => new Timeout(callback, after, args, repeat, refed),
};

// Milliseconds with fractions since the run began, for what is stamped with a time.
module.exports.clock = function() {
  const time = binding.time.hrtime();
  if (started === undefined) started = time;
  return Number(time - started) / 1e6;
};
