// The event loop. Its order is that of Node: after every callback the ticks and then the promise jobs; timers, what is
// pending and watched, immediates, close callbacks.

let ticks = [];
let tickHead = 0;

// Set where asynchronous contexts are followed: what is queued then takes its context along.
let follow = null;
exports.follow = function(wrap) { follow = wrap; };

// A callback and its arguments stand one behind the other: a tick costs no object of its own.
exports.enqueueTick = function(callback, args) {
  ticks.push(follow === null ? callback : follow(callback), args);
};

const fatal = (error) => require('internal/errors-fatal').uncaught(error, false);

function runTicks() {
  while (tickHead < ticks.length) {
    const callback = ticks[tickHead];
    const args = ticks[tickHead + 1];
    tickHead += 2;
    if (tickHead === ticks.length) {
      ticks.length = 0;
      tickHead = 0;
    } else if (tickHead === 8192) {
      ticks = ticks.slice(tickHead);        // a queue that is never empty must not grow without end
      tickHead = 0;
    }
    try {
      if (args === undefined) callback();
      else callback(...args);
    } catch (error) {
      fatal(error);
    }
  }
}

// The rejections that the engine reported wait in here until the promise jobs are done: a handler may still come.
let rejections = null;
exports.onRejections = function(work) { rejections = work; };

function drain() {
  do {
    runTicks();
    binding.vm.runMicrotasks();
  } while (ticks.length > tickHead || (rejections !== null && rejections()));
}
exports.drain = drain;

// Calls from the loop into the program.
exports.invoke = function(callback, self, args) {
  try {
    Reflect.apply(callback, self, args);
  } catch (error) {
    fatal(error);
  }
  drain();
};

// ---- what keeps the loop alive ----

let references = 0;
exports.ref = function() { references++; };
exports.unref = function() { references--; };

// Set by internal/timers: { run, untilNext, runImmediates, hasImmediates, resources }
let timers = null;
exports.attachTimers = function(parts) { timers = parts; };

// ---- work that is begun now and done when the loop comes to it ----

let pending = [];

class Request {
  constructor(type, work) {
    this.type = type;
    this.work = work;
  }
}

exports.pend = function(work, type = 'FSReqCallback') {
  const request = new Request(type, follow === null ? work : follow(work));
  pending.push(request);
  references++;
  return request;
};

exports.cancel = function(request) {
  const at = pending.indexOf(request);
  if (at < 0) return false;
  pending.splice(at, 1);
  references--;
  return true;
};

function runPending() {
  if (pending.length === 0) return;
  const last = pending[pending.length - 1];
  let request;
  do {
    request = pending.shift();
    if (request === undefined) return;
    references--;
    exports.invoke(request.work, undefined, []);
  } while (request !== last);
}

let closing = [];

exports.enqueueClose = function(callback) {
  closing.push(follow === null ? callback : follow(callback));
  references++;
};

function runClosing() {
  if (closing.length === 0) return;
  const list = closing;
  closing = [];
  for (const callback of list) {
    references--;
    exports.invoke(callback, undefined, []);
  }
}

// ---- what the host tells about ----

const watches = new Map();

// The callback is called once, when the watch is ready; then the watch is gone.
exports.watch = function(watch, callback, { ref = true, type = 'Pipe', owner } = {}) {
  watches.set(watch, { callback: follow === null ? callback : follow(callback), ref, type, owner });
  if (ref) references++;
  return watch;
};

function forget(watch) {
  const entry = watches.get(watch);
  if (entry === undefined) return undefined;
  watches.delete(watch);
  if (entry.ref) references--;
  return entry;
}

exports.unwatch = function(watch) {
  if (forget(watch) !== undefined) binding.loop.unwatch(watch);
};

exports.refWatch = function(watch, ref) {
  const entry = watches.get(watch);
  if (entry === undefined || entry.ref === ref) return;
  entry.ref = ref;
  references += ref ? 1 : -1;
};

// Gives false where the loop would wait for ever for something that nobody can send.
function poll() {
  let timeout = 0;
  if (references > 0 && pending.length === 0 && closing.length === 0 && !timers?.hasImmediates()) {
    timeout = timers === null ? -1 : timers.untilNext();
  }
  if (watches.size === 0) {
    if (timeout < 0) return false;
    if (timeout > 0) binding.loop.poll(timeout);
  } else {
    for (const watch of binding.loop.poll(timeout)) {
      const entry = forget(watch);
      if (entry !== undefined) exports.invoke(entry.callback, undefined, []);
    }
  }
  return true;
}

// Stands still, with the whole program. While something is watched the host must not be asked: it would tell what is ready
// to nobody.
exports.sleep = function(milliseconds) {
  const end = binding.time.hrtime() + BigInt(Math.round(milliseconds * 1e6));
  for (let left = milliseconds; left > 0; left = Number(end - binding.time.hrtime()) / 1e6) {
    if (watches.size === 0) binding.loop.poll(left);
  }
};

exports.isAlive = () => references > 0;

// Held, but by nothing that could ever call: a run that waited for it would not end.
exports.canProgress = () => pending.length > 0 || closing.length > 0 || watches.size > 0 ||
  (timers !== null && (timers.hasImmediates() || timers.untilNext() >= 0));

const never = () => false;

// Until nothing is left to do, or earlier.
exports.run = function(isDone = never) {
  while (references > 0) {
    timers?.run();
    runPending();
    if (isDone() || !poll()) return;
    timers?.runImmediates();
    runClosing();
    if (isDone()) return;
  }
};

// ---- what process tells about it ----

exports.requests = () => pending.slice();

exports.handles = () => [...watches.values()].filter((entry) => entry.ref).map((entry) => entry.owner ?? entry);

exports.resources = function() {
  const names = pending.map((request) => request.type);
  for (const entry of watches.values()) if (entry.ref) names.push(entry.type);
  if (timers !== null) names.push(...timers.resources());
  return names;
};
