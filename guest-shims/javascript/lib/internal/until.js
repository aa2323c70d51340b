// The event loop, run until a promise is settled: for calls from outside that are to be answered, while timers of the
// program may never end.

const loop = require('internal/loop');

// Gives [true, value] or [false, error].
module.exports = function until(promise) {
  let settled;
  promise.then((value) => { settled = [true, value]; }, (error) => { settled = [false, error]; });
  const isSettled = () => settled !== undefined;
  loop.drain();
  while (!isSettled()) {
    loop.run(isSettled);
    loop.drain();
    if (!isSettled() && !(loop.isAlive() && loop.canProgress())) {
      return [false, new Error('The program waits for something that can never happen')];
    }
  }
  return settled;
};
