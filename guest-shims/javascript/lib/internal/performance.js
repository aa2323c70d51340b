// performance: the clock of the run, and the marks that a program sets on it.

const { codes } = require('internal/errors');
const { validateFunction, validateObject, validateString } = require('internal/validators');
const { customInspect, kEnumerableProperty } = require('internal/util');
const { EventTarget } = require('internal/event-target');

const secret = Symbol();

// The same clock as that of the timers: it starts with the run, not with the snapshot.
const now = () => require('internal/timers').clock();

let originWall;

function timeOrigin() {
  originWall ??= binding.time.now() - now();
  return originWall;
}

function inspectPlain(name, value, names, depth, options, inspect) {
  if (typeof depth === 'number' && depth < 0) return value;
  const shown = {};
  for (const key of names) shown[key] = value[key];
  return `${name} ${(inspect ?? require('internal/util/inspect').inspect)(shown, options)}`;
}

class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;
  #detail;

  constructor(key, name, entryType, startTime, duration, detail) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
    this.#detail = detail;
  }

  get name() { return this.#name; }
  get entryType() { return this.#entryType; }
  get startTime() { return this.#startTime; }
  get duration() { return this.#duration; }
  get detail() { return this.#detail; }

  toJSON() {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration, detail: this.#detail };
  }

  [customInspect](depth, options, inspect) {
    return inspectPlain(this.constructor.name, this, ['name', 'entryType', 'startTime', 'duration', 'detail'], depth,
                        options, inspect);
  }
}

function detailOf(options) {
  return options?.detail === undefined || options.detail === null ? null :
    require('internal/structured-clone').structuredClone(options.detail);
}

class PerformanceMark extends PerformanceEntry {
  constructor(name, options = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    name = `${name}`;
    if (options !== undefined && options !== null) validateObject(options, 'options');
    const startTime = options?.startTime ?? now();
    require('internal/validators').validateNumber(startTime, 'startTime');
    if (startTime < 0) throw new codes.ERR_PERFORMANCE_INVALID_TIMESTAMP(startTime);
    super(secret, name, 'mark', startTime, 0, detailOf(options));
  }
}

class PerformanceMeasure extends PerformanceEntry {
  constructor(key, ...rest) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    super(secret, ...rest);
  }
}

class PerformanceResourceTiming extends PerformanceEntry {
  constructor() {
    throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }
}

// ---- the entries and who looks at them ------------------------------------------------------------------------------

let entries = [];
let observers = [];
const byStart = (a, b) => a.startTime - b.startTime;

function add(entry) {
  entries.push(entry);
  for (const observer of observers) queueFor(observer, entry);
}

class PerformanceObserverEntryList {
  #entries;

  constructor(key, list) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this.#entries = list.sort(byStart);
  }

  getEntries() { return this.#entries.slice(); }
  getEntriesByType(type) { return this.#entries.filter((entry) => entry.entryType === `${type}`); }
  getEntriesByName(name, type = undefined) {
    return this.#entries.filter((one) => one.name === `${name}` && (type === undefined || one.entryType === type));
  }
}

const observable = ['mark', 'measure', 'function'];
let queueFor;

class PerformanceObserver {
  #callback;
  #types = new Set();
  #queue = [];
  #waiting = false;

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  static {
    queueFor = (observer, entry) => {
      if (!observer.#types.has(entry.entryType)) return;
      observer.#queue.push(entry);
      if (observer.#waiting) return;
      observer.#waiting = true;
      require('timers').setImmediate(() => observer.#deliver());
    };
  }

  static get supportedEntryTypes() { return observable.toSorted(); }

  #deliver() {
    this.#waiting = false;
    const list = this.takeRecords();
    if (list.length > 0) this.#callback(new PerformanceObserverEntryList(secret, list), this);
  }

  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) {
      throw new codes.ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    }
    if (entryTypes !== undefined && type !== undefined) {
      throw new codes.ERR_INVALID_ARG_VALUE(
        'options.entryTypes', entryTypes, 'options.entryTypes can not set with options.type together');
    }
    if (entryTypes !== undefined) {
      if (!Array.isArray(entryTypes)) {
        throw new codes.ERR_INVALID_ARG_TYPE('options.entryTypes', 'string[]', entryTypes);
      }
      this.#types.clear();
    }
    for (const one of entryTypes ?? [type]) if (observable.includes(one)) this.#types.add(one);
    if (!observers.includes(this)) observers.push(this);
    if (buffered) for (const entry of entries) queueFor(this, entry);
  }

  disconnect() {
    observers = observers.filter((one) => one !== this);
    this.#queue = [];
    this.#types.clear();
  }

  takeRecords() {
    const list = this.#queue;
    this.#queue = [];
    return list;
  }
}

// ---- performance ----------------------------------------------------------------------------------------------------

function timeOfMark(mark) {
  if (typeof mark === 'number') {
    if (mark < 0) throw new codes.ERR_PERFORMANCE_INVALID_TIMESTAMP(mark);
    return mark;
  }
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === `${mark}`);
  if (found !== undefined) return found.startTime;
  const { DOMException } = require('internal/domexception');
  throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
}

class Performance extends EventTarget {
  constructor(key) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    super();
  }

  now() { return now(); }

  get timeOrigin() { return timeOrigin(); }

  mark(name, options = undefined) {
    const entry = new PerformanceMark(name, options);
    add(entry);
    return entry;
  }

  measure(name, startOrOptions = undefined, endMark = undefined) {
    validateString(name, 'name');
    let from = startOrOptions;
    let to = endMark;
    let duration;
    let options;
    if (startOrOptions !== null && typeof startOrOptions === 'object') {
      options = startOrOptions;
      ({ start: from, end: to, duration } = options);
      if (endMark !== undefined) {
        throw new codes.ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('endMark must not be specified');
      }
      if (from === undefined && to === undefined) {
        throw new codes.ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('One of options.start or options.end is required');
      }
      if (from !== undefined && to !== undefined && duration !== undefined) {
        throw new codes.ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS(
          'Must not have options.start, options.end, and options.duration specified');
      }
    }
    let end = now();
    if (to !== undefined) end = timeOfMark(to);
    else if (duration !== undefined && from !== undefined) end = timeOfMark(from) + duration;
    let begin = 0;
    if (from !== undefined) begin = timeOfMark(from);
    else if (duration !== undefined) begin = end - duration;
    const entry = new PerformanceMeasure(secret, name, 'measure', begin, end - begin, detailOf(options));
    add(entry);
    return entry;
  }

  clearMarks(name = undefined) {
    entries = entries.filter((one) => one.entryType !== 'mark' || (name !== undefined && one.name !== `${name}`));
  }

  clearMeasures(name = undefined) {
    entries = entries.filter((one) => one.entryType !== 'measure' || (name !== undefined && one.name !== `${name}`));
  }

  clearResourceTimings() {
    entries = entries.filter((one) => one.entryType !== 'resource');
  }

  getEntries() { return entries.toSorted(byStart); }
  getEntriesByName(name, type = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    return this.getEntries().filter((one) => one.name === `${name}` && (type === undefined || one.entryType === type));
  }
  getEntriesByType(type) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    return this.getEntries().filter((one) => one.entryType === `${type}`);
  }

  timerify(fn, options = {}) {
    validateFunction(fn, 'fn');
    validateObject(options, 'options');
    const { histogram } = options;
    const done = (begin, args) => {
      const duration = now() - begin;
      histogram?.record(Math.ceil(duration * 1e6));
      const entry = new PerformanceMeasure(secret, fn.name, 'function', begin, duration, args);
      for (const observer of observers) queueFor(observer, entry);
    };
    function timed(...args) {
      const begin = now();
      const result = new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
      if (!new.target && typeof result?.finally === 'function') return result.finally(() => done(begin, args));
      done(begin, args);
      return result;
    }
    Object.defineProperties(timed, {
      name: { configurable: true, value: `timerified ${fn.name}` },
      length: { configurable: true, value: fn.length },
    });
    return timed;
  }

  eventLoopUtilization() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('performance.eventLoopUtilization');
  }

  toJSON() { return { timeOrigin: this.timeOrigin }; }

  [customInspect](depth, options, inspect) {
    return inspectPlain('Performance', this, ['timeOrigin'], depth, options, inspect);
  }
}

for (const [Class, names] of [
  [Performance, ['now', 'timeOrigin', 'mark', 'measure', 'clearMarks', 'clearMeasures', 'clearResourceTimings',
                 'getEntries', 'getEntriesByName', 'getEntriesByType', 'timerify', 'eventLoopUtilization', 'toJSON']],
  [PerformanceEntry, ['name', 'entryType', 'startTime', 'duration', 'detail', 'toJSON']],
  [PerformanceObserver, ['observe', 'disconnect', 'takeRecords']],
  [PerformanceObserverEntryList, ['getEntries', 'getEntriesByName', 'getEntriesByType']],
]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, kEnumerableProperty);
  if (Object.hasOwn(Class.prototype, customInspect)) {
    Object.defineProperty(Class.prototype, customInspect, { enumerable: false });
  }
}
for (const Class of [Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming,
                     PerformanceObserver, PerformanceObserverEntryList]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { configurable: true, value: Class.name });
}

module.exports = {
  performance: new Performance(secret),
  now,
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
};
