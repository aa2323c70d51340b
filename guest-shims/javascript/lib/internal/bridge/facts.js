// Facts of the process, and time.

const { validateNumber } = require('internal/validators');
const methods = require('internal/process/methods');
const timers = require('internal/timers');
const { mostTimeout } = require('internal/bridge/values');

module.exports = {
  'process.cpuUsage': (previous) => methods.cpuUsage(previous),
  'process.memoryUsage': () => methods.memoryUsage(),
  'process.resourceUsage': () => methods.resourceUsage(),
  'process.versions': () => ({ ...require('process').versions }),
  // A timer of the event loop; one that Node would shorten to a millisecond is refused instead.
  _scheduleTimer(delayMs) {
    validateNumber(delayMs, 'delayMs', 0, mostTimeout);
    return new Promise((resolve) => { timers.makeTimeout(() => resolve(), delayMs, undefined, false, true); });
  },
};
