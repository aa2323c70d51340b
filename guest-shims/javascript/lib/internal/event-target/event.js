// Event and CustomEvent.

const { codes: { ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');

const kTrusted = Symbol('kTrustEvent');
const customInspect = Symbol.for('nodejs.util.inspect.custom');

function checkInit(options) {
  if (options === undefined || options === null) return;
  require('internal/validators').validateObject(options, 'options', { allowArray: true, allowFunction: true, nullable: true });
}

// What a dispatch knows of an event, and a program does not see.
let stateOf;

class Event {
  #type;
  #cancelable = false;
  #bubbles = false;
  #composed = false;
  #state = { target: null, phase: 0, stopped: false, silenced: false, canceled: false, passive: false, trusted: false };
  #timestamp = require('internal/timers').clock();

  static {
    stateOf = (event) => event.#state;
  }

  constructor(type, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    checkInit(options);
    this.#bubbles = Boolean(options?.bubbles);
    this.#cancelable = Boolean(options?.cancelable);
    this.#composed = Boolean(options?.composed);
    this.#type = `${type}`;
    if (options?.[kTrusted]) this.#state.trusted = true;
  }

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#type in value)) throw new ERR_INVALID_THIS('Event');
    return value;
  }

  get isTrusted() { return Event.#check(this).#state.trusted; }

  initEvent(type, bubbles = false, cancelable = false) {
    Event.#check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    if (this.#state.phase !== 0) return;
    this.#type = `${type}`;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
  }

  [customInspect](depth, options) {
    Event.#check(this);
    const name = this.constructor.name;
    if (depth < 0) return name;
    const { inspect } = require('internal/util/inspect');
    const shown = {
      type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable, timeStamp: this.#timestamp,
    };
    const inner = { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth };
    return `${name} ${inspect(shown, inner)}`;
  }

  stopImmediatePropagation() {
    Event.#check(this).#state.silenced = true;
    this.#state.stopped = true;
  }

  preventDefault() {
    Event.#check(this);
    if (this.#cancelable && !this.#state.passive) this.#state.canceled = true;
  }

  get target() { return Event.#check(this).#state.target; }

  get currentTarget() { return Event.#check(this).#state.phase === 2 ? this.#state.target : null; }

  get srcElement() { return Event.#check(this).#state.target; }

  get type() { return Event.#check(this).#type; }

  get cancelable() { return Event.#check(this).#cancelable; }

  get defaultPrevented() { return Event.#check(this).#cancelable && this.#state.canceled; }

  get timeStamp() { return Event.#check(this).#timestamp; }

  // There is no tree: the path is the target while an event is being dispatched.
  composedPath() {
    Event.#check(this);
    return this.#state.phase === 2 ? [this.#state.target] : [];
  }

  get returnValue() { return !Event.#check(this).defaultPrevented; }

  get bubbles() { return Event.#check(this).#bubbles; }

  get composed() { return Event.#check(this).#composed; }

  get eventPhase() { return Event.#check(this).#state.phase; }

  get cancelBubble() { return Event.#check(this).#state.stopped; }

  set cancelBubble(value) {
    Event.#check(this);
    if (value) this.#state.stopped = true;
  }

  stopPropagation() { Event.#check(this).#state.stopped = true; }

  static NONE = 0;
  static CAPTURING_PHASE = 1;
  static AT_TARGET = 2;
  static BUBBLING_PHASE = 3;
}

class CustomEvent extends Event {
  #detail;

  constructor(type, options) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    super(type, options);
    this.#detail = options?.detail ?? null;
  }

  get detail() {
    if (typeof this !== 'object' || this === null || !(#detail in this)) throw new ERR_INVALID_THIS('CustomEvent');
    return this.#detail;
  }
}

function enumerable(prototype, names) {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
}

function tag(prototype, value) {
  Object.defineProperty(prototype, Symbol.toStringTag, { value, configurable: true, writable: false, enumerable: false });
}

for (const Class of [Event, CustomEvent]) {
  enumerable(Class.prototype, Object.getOwnPropertyNames(Class.prototype).filter((name) => name !== 'constructor'));
  tag(Class.prototype, Class.name);
}

// No program may make an event look as if it came from here.
Object.defineProperty(Event.prototype, 'isTrusted', { configurable: false });

for (const name of ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE']) {
  const constant = { value: Event[name], writable: false, enumerable: true, configurable: false };
  Object.defineProperty(Event, name, constant);
  Object.defineProperty(Event.prototype, name, constant);
}

module.exports = { Event, CustomEvent, kTrusted, stateOf, enumerable, tag };
