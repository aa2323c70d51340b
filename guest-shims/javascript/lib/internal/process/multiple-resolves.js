// The event `multipleResolves`. The engine tells nobody that a promise was settled again, so from the first listener on the
// functions that settle one are watched; programs without a listener pay nothing.

const { deprecate } = require('internal/util');

const warn = deprecate(() => {}, 'The multipleResolves event has been deprecated.', 'DEP0160');

// Not before the next tick: what a listener throws must not be caught by the promise.
function tell(process, type, state, value) {
  process.nextTick(() => {
    if (process.emit('multipleResolves', type, state.promise, value)) warn();
  });
}

exports.activate = function(process) {
  const Original = Promise;

  function watched(executor) {
    const state = { settled: false, promise: undefined };
    const settle = (type, fn) => (value) => {
      if (state.settled) tell(process, type, state, value);
      state.settled = true;
      fn(value);
    };
    return {
      state,
      executor: (resolve, reject) => executor(settle('resolve', resolve), settle('reject', reject)),
    };
  }

  globalThis.Promise = new Proxy(Original, {
    construct(target, args, newTarget) {
      if (typeof args[0] !== 'function') return Reflect.construct(target, args, newTarget);
      const { state, executor } = watched(args[0]);
      state.promise = Reflect.construct(target, [executor], newTarget === globalThis.Promise ? target : newTarget);
      return state.promise;
    },
  });
};
