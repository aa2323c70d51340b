// What becomes of an error that nobody caught, and of a promise whose rejection nobody handled.

const loop = require('internal/loop');

const kEmittedAt = Symbol('kEmittedAt');

let capture = null;

function end(code) {
  binding.process.exit(code);
  throw new Error('the run has ended');     // only an emulation comes here
}

// Where it was thrown, for what has no stack that says so. There may be no memory left for the answer.
function thrownAt(value, here) {
  try {
    return binding.modules.thrownAt(value, here);
  } catch {
    return undefined;
  }
}

function report(error, at = thrownAt(error, false)) {
  try {
    return require('internal/errors-fatal/print').print(error, at);
  } catch {
    // Nothing that a program does to its errors may keep the run from ending.
    binding.stdio.write(2, binding.text.encode(`Uncaught ${plain(error)}\n`));
  }
}

function plain(error) {
  try {
    return `${error}\n${error?.stack ?? ''}`;
  } catch {
    return 'exception, which cannot be shown';
  }
}

function uncaught(error, fromPromise, at = thrownAt(error, false)) {
  const { process } = require('internal/process');
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  try {
    process.emit('uncaughtExceptionMonitor', error, origin);
    if (capture !== null) {
      capture(error);
      return;
    }
    if (process.emit('uncaughtException', error, origin)) return;
  } catch (second) {
    report(second);
    if (!process._exiting) leave(process, 7);
    end(exitCodeOf(process, 7));
  }
  report(error, at);
  if (!process._exiting) leave(process, 1);
  end(exitCodeOf(process, 1));
}

function leave(process, code) {
  process._exiting = true;
  process.exitCode = code;
  try {
    process.emit('exit', code);
  } catch {
    // It is on its way out already, and one error has been told.
  }
}

const exitCodeOf = (process, code) => Number(process.exitCode ?? code);

// ---- rejections ----

let unhandled = [];
let lateHandled = [];
let known;                          // WeakMap of a promise to what is known of its rejection
let count = 0;

// Called by the engine.
function rejection(promise, reason, handled) {
  known ??= new WeakMap();
  if (!handled) {
    const at = thrownAt(reason, true);
    const info = { promise, reason, at, id: ++count, warned: false, handled: false, twin: undefined };
    const before = unhandled.at(-1);
    if (before !== undefined && !before.handled && Object.is(before.reason, reason)) info.twin = before;
    known.set(promise, info);
    unhandled.push(info);
    return;
  }
  const info = known.get(promise);
  if (info === undefined) return;
  known.delete(promise);
  // Where an ES module throws, the engine rejects a promise of its own, which nobody can ever handle, and at once the
  // one that tells of the evaluation. Who handles the second has handled the first.
  if (info.twin !== undefined && !info.warned) info.twin.handled = true;
  if (info.warned) lateHandled.push(info);
  else info.handled = true;
}

function warning(name, message, code) {
  const object = new Error(message);
  object.name = name;
  if (code !== undefined) object.code = code;
  return object;
}

function shown(reason) {
  if (require('internal/util').isError(reason)) return reason.stack;
  try {
    return require('internal/util/inspect').inspect(reason);
  } catch {
    return String(reason);
  }
}

function warnOf(process, info) {
  const first = warning('UnhandledPromiseRejectionWarning', shown(info.reason));
  process.emitWarning(first);
  process.emitWarning(warning('UnhandledPromiseRejectionWarning',
    'Unhandled promise rejection. This error originated either by throwing inside of an async function without a catch ' +
    `block, or by rejecting a promise which was not handled with .catch(). (rejection id: ${info.id})`));
}

function asError(reason) {
  if (require('internal/util').isError(reason)) return reason;
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting a ' +
    `promise which was not handled with .catch(). The promise rejected with the reason "${noSideEffects(reason)}".`);
  error.code = 'ERR_UNHANDLED_REJECTION';
  Object.defineProperty(error, 'name', {
    value: 'UnhandledPromiseRejection', enumerable: false, writable: true, configurable: true,
  });
  return error;
}

function noSideEffects(reason) {
  if (typeof reason === 'object' && reason !== null) {
    return `#<${require('internal/util').constructorName?.(reason) ?? 'Object'}>`;
  }
  return typeof reason === 'function' ? Function.prototype.toString.call(reason) : String(reason);
}

const modes = {
  throw(process, info) {
    if (!process.emit('unhandledRejection', info.reason, info.promise)) uncaught(asError(info.reason), true, info.at);
  },
  strict(process, info) {
    uncaught(asError(info.reason), true, info.at);
    if (!process.emit('unhandledRejection', info.reason, info.promise)) warnOf(process, info);
  },
  warn(process, info) {
    process.emit('unhandledRejection', info.reason, info.promise);
    warnOf(process, info);
  },
  'warn-with-error-codes'(process, info) {
    if (process.emit('unhandledRejection', info.reason, info.promise)) return;
    warnOf(process, info);
    process.exitCode = 1;
  },
  none(process, info) {
    process.emit('unhandledRejection', info.reason, info.promise);
  },
};

function guarded(work) {
  try {
    work();
  } catch (error) {
    uncaught(error, false);
  }
}

// Gives whether something was called, so that there may be new ticks and jobs.
function processRejections() {
  if (unhandled.length === 0 && lateHandled.length === 0) return false;
  const { process } = require('internal/process');
  let called = false;
  for (const info of lateHandled.splice(0)) {
    called = true;
    guarded(() => {
      if (process.emit('rejectionHandled', info.promise)) return;
      process.emitWarning(warning('PromiseRejectionHandledWarning',
        `Promise rejection was handled asynchronously (rejection id: ${info.id})`));
    });
  }
  const list = unhandled;
  unhandled = [];
  for (const info of list) {
    if (info.handled) continue;
    called = true;
    info.warned = true;
    const mode = modes[require('internal/process/options').option('--unhandled-rejections')] ?? modes.throw;
    guarded(() => mode(process, info));
  }
  return called;
}

loop.onRejections(processRejections);

module.exports = {
  uncaught, rejection, report, kEmittedAt,
  setCapture(fn) { capture = fn; },
  hasCapture: () => capture !== null,
};
