// MessageChannel, MessagePort and BroadcastChannel. All ends are in one program, so a port holds the run only while a
// message is on its way: nobody else could send one.

const loop = require('internal/loop');
const { codes } = require('internal/errors');
const { Event, EventTarget, NodeEventTarget, dispatchTo, defineEventHandler, kNewListener, kTrusted } =
  require('internal/event-target');

const kMake = Symbol('make');

function checkPort(value, name) {
  if (!(value instanceof MessagePort)) throw new codes.ERR_INVALID_ARG_TYPE(name, 'MessagePort', value);
}

class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;

  constructor(type, init = undefined) {
    super(type, init);
    this.#data = init?.data ?? null;
    this.#origin = `${init?.origin ?? ''}`;
    this.#lastEventId = `${init?.lastEventId ?? ''}`;
    this.#source = init?.source ?? null;
    if (this.#source !== null) checkPort(this.#source, 'init.source');
    const ports = init?.ports ?? [];
    this.#ports = [...ports];
    this.#ports.forEach((port, i) => checkPort(port, `init.ports[${i}]`));
  }

  get data() { return this.#data; }

  get origin() { return this.#origin; }

  get lastEventId() { return this.#lastEventId; }

  get source() { return this.#source; }

  get ports() { return this.#ports; }
}

function copy(value, transfer) {
  const { isSignal, kTransferable, cloneAbortSignal } = require('internal/abort-controller');
  if (isSignal(value) && value[kTransferable]) return cloneAbortSignal(value);
  const list = transfer.filter((item) => !isSignal(item));
  return globalThis.structuredClone(value, { transfer: list });
}

function transferOf(options) {
  if (options === undefined || options === null) return [];
  if (typeof options !== 'object') throw new TypeError('Optional transferList argument must be an iterable');
  if (typeof options[Symbol.iterator] === 'function') return [...options];
  const { transfer } = options;
  if (transfer === undefined) return [];
  if (typeof transfer?.[Symbol.iterator] !== 'function') {
    throw new TypeError('Optional options.transfer argument must be an iterable');
  }
  return [...transfer];
}

let entangle;

class MessagePort extends NodeEventTarget {
  #other = null;
  #queue = [];
  #started = false;
  #scheduled = false;
  #closed = false;

  static {
    entangle = (a, b) => {
      a.#other = b;
      b.#other = a;
    };
  }

  constructor(token) {
    if (token !== kMake) throw new TypeError('Illegal constructor');
    super();
  }

  postMessage(...args) {
    if (args.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    const transfer = transferOf(args[1]);
    if (this.#closed || this.#other === null) return;
    this.#other.#queue.push({ data: copy(args[0], transfer) });
    this.#other.#schedule();
  }

  start() {
    this.#started = true;
    this.#schedule();
  }

  close(callback) {
    if (typeof callback === 'function') this.once('close', callback);
    if (this.#closed) return;
    this.#closed = true;
    for (const port of [this, this.#other]) {
      port.#queue.push(null);
      port.#started ||= port === this;
      port.#schedule();
    }
  }

  ref() {}

  unref() {}

  hasRef() { return this.#scheduled; }

  #schedule() {
    if (this.#scheduled || this.#queue.length === 0 || !(this.#started || this.#queue[0] === null)) return;
    this.#scheduled = true;
    loop.pend(() => this.#deliver(), 'MessagePort');
  }

  // One message, then the ticks and promise jobs, as for every callback of the loop.
  #deliver() {
    this.#scheduled = false;
    const message = this.#queue.shift();
    if (message === undefined) return;
    if (message === null) {
      this.#closed = true;
      this.#queue.length = 0;
      dispatchTo(this, { type: 'close', make: () => new Event('close', { [kTrusted]: true }) });
      return;
    }
    dispatchTo(this, {
      type: 'message',
      value: message.data,
      make: () => new MessageEvent('message', { data: message.data, [kTrusted]: true }),
    });
    this.#schedule();
  }

  [kNewListener](size, type, listener, entry) {
    super[kNewListener](size, type, listener, entry);
    if (type === 'message' && entry.node) this.start();
  }
}
defineEventHandler(MessagePort.prototype, 'message', 'message', { added: (port) => port.start() });
defineEventHandler(MessagePort.prototype, 'messageerror');

class MessageChannel {
  constructor() {
    this.port1 = new MessagePort(kMake);
    this.port2 = new MessagePort(kMake);
    entangle(this.port1, this.port2);
  }
}

const channels = new Map();

class BroadcastChannel extends EventTarget {
  #name;
  #closed = false;

  constructor(name) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('name');
    super();
    this.#name = `${name}`;
    if (!channels.has(this.#name)) channels.set(this.#name, new Set());
    channels.get(this.#name).add(this);
  }

  get name() { return this.#name; }

  postMessage(message) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    if (this.#closed) {
      throw new (require('internal/domexception').DOMException)('BroadcastChannel is closed.', 'InvalidStateError');
    }
    for (const other of channels.get(this.#name)) {
      if (other === this) continue;
      const data = copy(message, []);
      loop.pend(() => {
        if (!other.#closed) other.dispatchEvent(new MessageEvent('message', { data, [kTrusted]: true }));
      }, 'MessagePort');
    }
  }

  close() {
    this.#closed = true;
    channels.get(this.#name)?.delete(this);
  }

  ref() { return this; }

  unref() { return this; }
}
defineEventHandler(BroadcastChannel.prototype, 'message');
defineEventHandler(BroadcastChannel.prototype, 'messageerror');

module.exports = { MessageChannel, MessagePort, MessageEvent, BroadcastChannel };
