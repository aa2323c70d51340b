const { EventEmitter, errorMonitor, captureRejection } = require('internal/events/emitter');

const tools = () => require('internal/events/tools');

module.exports = EventEmitter;

EventEmitter.EventEmitter = EventEmitter;

// What only some programs need is made when it is asked for.
EventEmitter.once = function once(emitter, name, options) {
  return tools().once(emitter, name, options);
};
EventEmitter.on = function on(emitter, event, options) {
  return tools().on(emitter, event, options);
};
EventEmitter.getEventListeners = function getEventListeners(emitterOrTarget, type) {
  return tools().getEventListeners(emitterOrTarget, type);
};
EventEmitter.getMaxListeners = function getMaxListeners(emitterOrTarget) {
  return tools().getMaxListeners(emitterOrTarget);
};
EventEmitter.addAbortListener = function addAbortListener(signal, listener) {
  return tools().addAbortListener(signal, listener);
};
EventEmitter.setMaxListeners = function setMaxListeners(n, ...eventTargets) {
  return tools().setMaxListeners(n, eventTargets);
};
EventEmitter.listenerCount = function listenerCount(emitter, type) {
  return tools().listenerCount(emitter, type);
};
EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = captureRejection;
EventEmitter.errorMonitor = errorMonitor;

Object.defineProperty(EventEmitter, 'EventEmitterAsyncResource', {
  enumerable: true,
  configurable: true,
  get: () => require('internal/events/async-resource').EventEmitterAsyncResource,
});
