// An EventTarget with the methods of an EventEmitter, as a MessagePort is one.

const { EventTarget, tableOf, dispatchTo, listenersOf, maxListenersOf, setMaxListenersOf } =
  require('internal/event-target/target');
const { getDefaultMaxListeners } = require('internal/events/emitter');

class NodeEventTarget extends EventTarget {
  static get defaultMaxListeners() { return getDefaultMaxListeners(); }

  setMaxListeners(n) { setMaxListenersOf(this, n); }

  getMaxListeners() { return maxListenersOf(this); }

  eventNames() { return [...tableOf(this).keys()]; }

  listenerCount(type) { return listenersOf(this, String(type)).length; }

  off(type, listener, options) {
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    this.removeEventListener(type, listener, options);
    return this;
  }

  on(type, listener) {
    this.addEventListener(type, listener, { isNodeStyleListener: true });
    return this;
  }

  addListener(type, listener) {
    this.addEventListener(type, listener, { isNodeStyleListener: true });
    return this;
  }

  emit(type, value) {
    require('internal/validators').validateString(type, 'type');
    const had = this.listenerCount(type) > 0;
    const { CustomEvent } = require('internal/event-target/event');
    dispatchTo(this, { type, value, make: () => new CustomEvent(type, { detail: value }) });
    return had;
  }

  once(type, listener) {
    this.addEventListener(type, listener, { once: true, isNodeStyleListener: true });
    return this;
  }

  removeAllListeners(type) {
    const names = type === undefined ? [...tableOf(this).keys()] : [String(type)];
    for (const name of names) for (const listener of listenersOf(this, name)) this.removeEventListener(name, listener);
    return this;
  }
}

for (const name of Object.getOwnPropertyNames(NodeEventTarget.prototype)) {
  if (name !== 'constructor') Object.defineProperty(NodeEventTarget.prototype, name, { enumerable: true });
}

module.exports = { NodeEventTarget };
