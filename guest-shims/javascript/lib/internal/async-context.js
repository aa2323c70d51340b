// What follows a program through its callbacks and promises: the frame, a map of storages to their values, or
// undefined.
//
// The engine has no hook where an async function goes on, so this hangs on to what can be seen from outside. `then`,
// timers and ticks wrap their callbacks. `await` of a promise asks it for its `constructor`: that is a getter while
// this is active, which puts a reaction of ours on the promise directly before the one of the `await`, and that sets
// the frame. What is awaited and is no promise asks for nothing: behind it there is no frame. All this begins with the
// first use of a storage, for it makes every promise dearer.

let current;
let active = false;

function runIn(frame, fn, thisArg, args) {
  const before = current;
  current = frame;
  try {
    return Reflect.apply(fn, thisArg, args);
  } finally {
    current = before;
  }
}

function wrap(fn) {
  if (!active || typeof fn !== 'function') return fn;
  const frame = current;
  return function(...args) {
    return runIn(frame, fn, this, args);
  };
}

// ---- promises -------------------------------------------------------------------------------------------------------

function followPromises() {
  const { then } = Promise.prototype;
  const { resolve } = Promise;
  // The engine asks for the constructor in these, too, and there nothing goes on.
  let inside = false;
  let resetting = false;

  const reset = () => {
    resetting = false;
    current = undefined;
  };

  function outside(fn, thisArg, args) {
    const before = inside;
    inside = true;
    try {
      return Reflect.apply(fn, thisArg, args);
    } finally {
      inside = before;
    }
  }

  const define = (object, name, value) =>
    Object.defineProperty(object, name, { value, configurable: true, enumerable: false, writable: true });

  define(Promise.prototype, 'then', { then(onFulfilled, onRejected) {
    return outside(then, this, [wrap(onFulfilled), wrap(onRejected)]);
  } }.then);
  define(Promise, 'resolve', { resolve(value) {
    return outside(resolve, this, [value]);
  } }.resolve);

  let constructor = Promise;
  Object.defineProperty(Promise.prototype, 'constructor', {
    configurable: true,
    enumerable: false,
    get() {
      if (!inside && this !== Promise.prototype && this instanceof Promise) {
        const frame = current;
        const enter = () => {
          current = frame;
          if (resetting) return;
          // Whoever comes later and sets no frame is not to see this one.
          resetting = true;
          outside(then, settled, [reset]);
        };
        outside(then, this, [enter, enter]);
      }
      return constructor;
    },
    set(value) {
      if (this === Promise.prototype) constructor = value;
      else define(this, 'constructor', value);
    },
  });
  const settled = Promise.resolve();
}

// ---- timers and ticks -----------------------------------------------------------------------------------------------

function followTimers() {
  const timers = require('timers');
  const follow = (timer, name) => {
    Object.defineProperty(Object.getPrototypeOf(timer), name, {
      configurable: true,
      set(callback) {
        Object.defineProperty(this, name, {
          value: wrap(callback), configurable: true, enumerable: true, writable: true,
        });
      },
    });
  };
  const timeout = timers.setTimeout(() => {}, 1);
  timers.clearTimeout(timeout);
  follow(timeout, '_onTimeout');
  const immediate = timers.setImmediate(() => {});
  timers.clearImmediate(immediate);
  follow(immediate, '_onImmediate');

  require('internal/loop').follow(wrap);
}

function activate() {
  if (active) return;
  active = true;
  followPromises();
  followTimers();
}

module.exports = {
  activate,
  capture: () => current,
  enter: (frame) => { current = frame; },
  runIn,
  wrap,
};
