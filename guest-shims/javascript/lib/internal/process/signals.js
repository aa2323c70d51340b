// Listeners of signals on `process`. A signal comes by the event loop, which it does not keep alive, as in Node.

const loop = require('internal/loop');
const { process } = require('internal/process');
const { signals } = require('os').constants;
const { systemError } = require('internal/errors');

// What no program may handle.
const OWN = new Set([signals.SIGKILL, signals.SIGSTOP]);

// The names that are listened for, and those of them that can come.
const listened = new Set();
const coming = new Set();
let watch;

function deliver() {
  watch = undefined;
  for (let number = binding.signals.next(); number !== 0; number = binding.signals.next()) {
    for (const name of [...listened]) {
      if (signals[name] === number) loop.invoke(process.emit, process, [name, name, number]);
    }
  }
  listen();
}

function listen() {
  if (coming.size > 0 && watch === undefined) {
    watch = loop.watch(binding.signals.watch(), deliver, { ref: false, type: 'SIGNALWRAP' });
  }
}

exports.start = function(name) {
  const number = signals[name];
  if (number === undefined || listened.has(name)) return;
  if (OWN.has(number)) {
    const error = systemError({ code: 'EINVAL', syscall: 'uv_signal_start' });
    error.message = 'uv_signal_start EINVAL';
    throw error;
  }
  listened.add(name);
  if (!binding.signals.handle(number, true)) return;
  coming.add(name);
  listen();
};

exports.stop = function(name) {
  if (!listened.has(name) || process.listenerCount(name) > 0) return;
  listened.delete(name);
  if (!coming.delete(name)) return;
  const number = signals[name];
  if (![...coming].some((other) => signals[other] === number)) binding.signals.handle(number, false);
  if (coming.size === 0 && watch !== undefined) {
    loop.unwatch(watch);
    watch = undefined;
  }
};

// What does nothing where nobody listens, and what would halt the program: nobody could let it go on.
const IGNORED = new Set([signals.SIGCHLD, signals.SIGCONT, signals.SIGURG, signals.SIGWINCH]);
const HALTING = new Set([signals.SIGSTOP, signals.SIGTSTP, signals.SIGTTIN, signals.SIGTTOU]);

// What a program sends to itself: who listens is called as for any other. Gives the code of what cannot be done.
exports.raise = function(number) {
  const names = [...listened].filter((name) => signals[name] === number);
  if (names.length > 0) {
    loop.pend(() => names.forEach((name) => process.emit(name, name, number)), 'SIGNALWRAP');
    return undefined;
  }
  if (IGNORED.has(number)) return undefined;
  if (HALTING.has(number)) return 'ENOSYS';
  binding.process.exit((128 + number) & 255);
  return undefined;
};
