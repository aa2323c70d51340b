const timers = require('internal/timers');
const { deprecate } = require('internal/util');

const old = (name, instead, code) => deprecate(timers[name], `timers.${name}() is deprecated.${instead}`, code);

module.exports = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
  setInterval: timers.setInterval,
  clearInterval: timers.clearInterval,
  _unrefActive: old('unrefActive', ' Please use timeout.refresh() instead.', 'DEP0127'),
  active: old('active', ' Please use timeout.refresh() instead.', 'DEP0126'),
  unenroll: old('unenroll', ' Please use clearTimeout instead.', 'DEP0096'),
  enroll: old('enroll', ' Please use setTimeout instead.', 'DEP0095'),
};

Object.defineProperty(module.exports, 'promises', {
  configurable: true,
  enumerable: true,
  get: () => require('timers/promises'),
});
