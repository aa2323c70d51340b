// The `process` object. It is made before a run begins; what depends on the run is read when it is asked for.

const { EventEmitter } = require('internal/events/emitter');
const loop = require('internal/loop');

const methods = () => require('internal/process/methods');

const state = { umask: 0o022, exitCode: undefined };

// `process.constructor` is a class of its own, whose prototype stands between the object and EventEmitter.
function makeProcess() {
  const constructor = function process() {
    return new.target ? this : undefined;
  };
  const prototype = Object.create(EventEmitter.prototype, {
    constructor: { value: constructor, writable: true, enumerable: false, configurable: true },
  });
  constructor.prototype = prototype;
  return Object.create(prototype, { [Symbol.toStringTag]: { value: 'process', configurable: true } });
}

const process = makeProcess();
EventEmitter.init.call(process);

const version = '20.20.2';

function lazy(name, make, enumerable = true) {
  const fix = (value) => Object.defineProperty(process, name, { value, writable: true, enumerable, configurable: true });
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable,
    get() {
      const value = make();
      fix(value);
      return value;
    },
    set: fix,
  });
}

Object.assign(process, {
  version: `v${version}`,
  arch: 'wasm32',
  platform: 'linux',
  release: { name: 'node', lts: 'Iron' },
  title: 'tollgate',
  execPath: '/tollgate',
  argv0: 'tollgate',
  pid: 1,
  ppid: 0,
  debugPort: 9229,
  execArgv: [],
  features: {
    inspector: false, debug: false, uv: false, ipv6: false, tls_alpn: false, tls_sni: false, tls_ocsp: false, tls: false,
    cached_builtins: true,
  },
  domain: null,
});
Object.defineProperty(process, '_exiting', { value: false, writable: true, enumerable: true, configurable: true });

lazy('versions', () => {
  const own = binding.process.versions?.() ?? [];
  const versions = { node: version };
  for (let i = 0; i < own.length; i += 2) versions[own[i]] = own[i + 1];
  for (const key of Object.keys(versions)) {
    Object.defineProperty(versions, key, { writable: false, configurable: false });
  }
  return versions;
});
lazy('config', () => Object.freeze({
  target_defaults: Object.freeze({
    cflags: Object.freeze([]), default_configuration: 'Release', defines: Object.freeze([]),
    include_dirs: Object.freeze([]), libraries: Object.freeze([]),
  }),
  // That of Node 20, which is what this is like.
  variables: Object.freeze({ node_module_version: 115 }),
}));
lazy('argv', () => [process.execPath, ...binding.process.argv()]);
lazy('env', () => require('internal/process/env').makeEnv());
lazy('allowedNodeEnvironmentFlags', () => Object.freeze(new Set(['--unhandled-rejections', '--no-warnings',
                                                                 '--trace-warnings', '--trace-deprecation'])));

// ---- the end ----

Object.defineProperty(process, 'exitCode', {
  configurable: false,
  enumerable: true,
  get: () => state.exitCode,
  set(code) {
    if (code !== undefined && code !== null && !Number.isInteger(code)) methods().checkExitCode(code);
    state.exitCode = code;
  },
});

const exitStatus = () => Number(state.exitCode ?? 0);

const own = {
  exit(code) {
    if (arguments.length > 0 && code !== undefined) process.exitCode = code;
    if (!process._exiting) {
      process._exiting = true;
      process.emit('exit', exitStatus());
    }
    process.reallyExit(exitStatus());
  },
  reallyExit(code) { binding.process.exit(code & 255); },
  abort() { binding.process.exit(134); },

  nextTick(callback, ...args) {
    if (typeof callback !== 'function') require('internal/validators').validateFunction(callback, 'callback');
    if (process._exiting) return;
    loop.enqueueTick(callback, args.length === 0 ? undefined : args);
  },
  _tickCallback() { loop.drain(); },
  emitWarning(warning, type, code, ctor) {
    // A deprecation costs nothing where nobody is to hear of it.
    if (type === 'DeprecationWarning' && process.noDeprecation) return;
    require('internal/process/warning').emitWarning(process, own.emitWarning, warning, type, code, ctor);
  },

  cwd() { return binding.process.cwd(); },
  chdir(directory) { methods().chdir(directory); },
  umask(mask) { return methods().umask(state, mask); },
  uptime() { return require('internal/timers').clock() / 1000; },
  hrtime(time) { return methods().hrtime(time); },
  memoryUsage() { return methods().memoryUsage(); },
  constrainedMemory() { return 0; },
  availableMemory() { return Math.max(0, 2 ** 32 - binding.process.memory()[0]); },
  cpuUsage(previous) { return methods().cpuUsage(previous); },
  resourceUsage() { return methods().resourceUsage(); },
  kill(pid, signal) { return methods().kill(process, pid, signal); },
  _kill(pid, signal) { return methods().rawKill(process, pid, signal); },
  dlopen(module) { methods().dlopen(module); },
  binding(name) {
    throw require('internal/errors').nodeError(Error, 'ERR_INVALID_MODULE', `No such module: ${name}`);
  },
  getBuiltinModule(id) { return methods().getBuiltinModule(id); },

  getuid() { return 1000; },
  geteuid() { return 1000; },
  getgid() { return 1000; },
  getegid() { return 1000; },
  getgroups() { return [1000]; },

  _getActiveRequests() { return loop.requests(); },
  _getActiveHandles() { return loop.handles(); },
  getActiveResourcesInfo() { return loop.resources(); },

  setUncaughtExceptionCaptureCallback(fn) { methods().setCaptureCallback(fn); },
  hasUncaughtExceptionCaptureCallback() { return require('internal/errors-fatal').hasCapture(); },
  _fatalException(error, fromPromise) { return require('internal/errors-fatal').uncaught(error, fromPromise === true); },
  setSourceMapsEnabled(value) { require('internal/validators').validateBoolean(value, 'val'); },
  openStdin() {
    process.stdin.resume();
    return process.stdin;
  },
  _rawDebug(...args) {
    require('internal/stdio').writeLine(2, require('internal/util/inspect').format(...args));
  },
};

for (const name of ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups']) {
  own[name] = { [name](...args) { return methods().setters[name](...args); } }[name];
}
Object.assign(process, own);

process.hrtime.bigint = function bigint() { return binding.time.hrtime(); };
process.memoryUsage.rss = function rss() { return binding.process.memory()[0]; };

lazy('assert', () => require('internal/util').deprecate(
  function assert(value, message) { methods().assert(value, message); },
  'process.assert() is deprecated. Please use the `assert` module instead.', 'DEP0100'));

// ---- standard streams ----

const made = new Map();

function stream(name, fd) {
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      let value = made.get(fd);
      if (value === undefined) made.set(fd, value = require('internal/stdio').make(fd));
      return value;
    },
  });
}
stream('stdin', 0);
stream('stdout', 1);
stream('stderr', 2);

process.on('newListener', function onListener(name) {
  if (name !== 'multipleResolves') return;
  process.removeListener('newListener', onListener);
  require('internal/process/multiple-resolves').activate(process);
});

// Who listens for a signal handles it, until nobody does any more.
process.on('newListener', function onListener(name) {
  if (typeof name === 'string' && name.startsWith('SIG')) require('internal/process/signals').start(name);
});
process.on('removeListener', function onRemoved(name) {
  if (typeof name === 'string' && name.startsWith('SIG')) require('internal/process/signals').stop(name);
});

process.on('warning', function onWarning(warning) {
  require('internal/process/warning').onWarning(process, warning);
});

module.exports = {
  process,
  exitStatus,
  // Whether `process.stdout` (1) or `process.stderr` (2) was ever looked at: only then can somebody have replaced its
  // `write`, so that who prints must go that way.
  streamMade: (fd) => made.has(fd),
};
