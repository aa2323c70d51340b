// An emitter whose listeners run in the asynchronous context in which it was made.

const { EventEmitter } = require('internal/events/emitter');
const { AsyncResource } = require('async_hooks');
const { codes: { ERR_INVALID_THIS } } = require('internal/errors');

class EmitterResource extends AsyncResource {
  constructor(emitter, type, options) {
    super(type, options);
    this.eventEmitter = emitter;
  }
}

class EventEmitterAsyncResource extends EventEmitter {
  #resource;

  constructor(options = undefined) {
    let name;
    if (typeof options === 'string') {
      name = options;
      options = undefined;
    } else {
      if (new.target === EventEmitterAsyncResource) require('internal/validators').validateString(options?.name, 'options.name');
      name = options?.name || new.target.name;
    }
    super(options);
    this.#resource = new EmitterResource(this, name, options);
  }

  static #of(value) {
    if (typeof value !== 'object' || value === null || !(#resource in value)) {
      throw new ERR_INVALID_THIS('EventEmitterAsyncResource');
    }
    return value.#resource;
  }

  emit(event, ...args) {
    return EventEmitterAsyncResource.#of(this).runInAsyncScope(super.emit, this, event, ...args);
  }

  emitDestroy() { EventEmitterAsyncResource.#of(this).emitDestroy(); }

  get asyncId() { return EventEmitterAsyncResource.#of(this).asyncId(); }

  get triggerAsyncId() { return EventEmitterAsyncResource.#of(this).triggerAsyncId(); }

  get asyncResource() { return EventEmitterAsyncResource.#of(this); }
}

module.exports = { EventEmitterAsyncResource };
