// What is thrown in such a job is an uncaught exception, not a rejected promise.
function queueMicrotask(callback) {
  if (arguments.length === 0 || typeof callback !== 'function') {
    require('internal/validators').validateFunction(callback, 'callback');
  }
  settled.then(() => {
    try {
      callback();
    } catch (error) {
      require('internal/errors-fatal').uncaught(error, false);
    }
  });
}

const settled = Promise.resolve();

module.exports = { queueMicrotask };
