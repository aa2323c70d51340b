// Methods of process that most programs never call.

const { codes, systemError } = require('internal/errors');
const validators = require('internal/validators');

const now = () => binding.time.hrtime();

function hrtime(time) {
  const value = now();
  const seconds = Number(value / 1000000000n);
  const rest = Number(value % 1000000000n);
  if (time === undefined) return [seconds, rest];
  validators.validateArray(time, 'time');
  if (time.length !== 2) throw new codes.ERR_OUT_OF_RANGE('time', 2, time.length);
  const nanoseconds = rest - time[1];
  return nanoseconds < 0 ? [seconds - time[0] - 1, nanoseconds + 1e9] : [seconds - time[0], nanoseconds];
}

function memoryUsage() {
  const [rss, heapTotal, heapUsed, external] = binding.process.memory();
  return { rss, heapTotal, heapUsed, external, arrayBuffers: 0 };
}

// WASI has no clock of the processor; as a component runs on one thread, the time since its start is the upper bound.
const busy = () => Math.round(require('internal/timers').clock() * 1000);

function checkPrevious(value, name) {
  validators.validateNumber(value, name);
  if (value < 0 || !Number.isFinite(value)) throw new codes.ERR_INVALID_ARG_VALUE.RangeError(name, value);
}

function cpuUsage(previous) {
  if (previous) {
    validators.validateObject(previous, 'prevValue');
    checkPrevious(previous.user, 'prevValue.user');
    checkPrevious(previous.system, 'prevValue.system');
  }
  const user = busy();
  return previous ? { user: user - previous.user, system: 0 - previous.system } : { user, system: 0 };
}

function resourceUsage() {
  return {
    userCPUTime: busy(), systemCPUTime: 0, maxRSS: Math.round(binding.process.memory()[0] / 1024), sharedMemorySize: 0,
    unsharedDataSize: 0, unsharedStackSize: 0, minorPageFault: 0, majorPageFault: 0, swappedOut: 0, fsRead: 0,
    fsWrite: 0, ipcSent: 0, ipcReceived: 0, signalsCount: 0, voluntaryContextSwitches: 0,
    involuntaryContextSwitches: 0,
  };
}

function fail(code, syscall, details) {
  return systemError({ code, syscall, ...details });
}

function signalNumber(signal) {
  const { signals } = require('os').constants;
  if (signal === undefined) return signals.SIGTERM;
  if (typeof signal === 'number') return signal;
  const number = signals[String(signal).toUpperCase()];
  if (!(String(signal) in signals)) throw new codes.ERR_UNKNOWN_SIGNAL(signal);
  return number;
}

// There is one process.
function rawKill(process, pid, signal) {
  if (signal < 0 || signal > 64) return 'EINVAL';
  if (pid !== process.pid && pid !== 0 && pid !== -1) return 'ESRCH';
  if (signal === 0) return undefined;
  return require('internal/process/signals').raise(signal);
}

function kill(process, pid, signal) {
  // eslint-disable-next-line eqeqeq -- '1' is a number as good as 1
  if (pid != (pid | 0)) throw new codes.ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  const failed = process._kill(pid | 0, signalNumber(signal));
  if (failed) throw plainError(failed, 'kill');
  return true;
}

// Without the text of the error, as Node has it for what is no file.
function plainError(code, syscall) {
  const error = fail(code, syscall);
  error.message = `${syscall} ${code}`;
  return error;
}

function umask(state, mask) {
  const before = state.umask;
  if (mask !== undefined) state.umask = validators.parseFileMode(mask, 'mask') & 0o777;
  return before;
}

function checkId(id, name) {
  if (typeof id === 'number') validators.validateUint32(id, name);
  else if (typeof id !== 'string') throw new codes.ERR_INVALID_ARG_TYPE(name, ['number', 'string'], id);
}

function setId(call, kind) {
  return (id) => {
    checkId(id, 'id');
    if (typeof id === 'string') throw new codes.ERR_UNKNOWN_CREDENTIAL(kind, id);
    throw plainError('EPERM', call);
  };
}

const setters = {
  setuid: setId('setuid', 'User'),
  seteuid: setId('seteuid', 'User'),
  setgid: setId('setgid', 'Group'),
  setegid: setId('setegid', 'Group'),
  setgroups(groups) {
    validators.validateArray(groups, 'groups');
    groups.forEach((id, i) => checkId(id, `groups[${i}]`));
    const unknown = groups.find((id) => typeof id === 'string');
    if (unknown !== undefined) throw new codes.ERR_UNKNOWN_CREDENTIAL('Group', unknown);
    throw plainError('EPERM', 'setgroups');
  },
  initgroups(user, extraGroup) {
    checkId(user, 'user');
    checkId(extraGroup, 'extraGroup');
    if (typeof extraGroup === 'string') throw new codes.ERR_UNKNOWN_CREDENTIAL('Group', extraGroup);
    if (typeof user === 'string') throw new codes.ERR_UNKNOWN_CREDENTIAL('User', user);
    throw plainError('EPERM', 'initgroups');
  },
};

function chdir(directory) {
  validators.validateString(directory, 'directory');
  try {
    binding.process.chdir(directory);
  } catch (error) {
    throw systemError({ code: error.code, syscall: 'chdir', path: binding.process.cwd(), dest: directory });
  }
}

function setCaptureCallback(fn) {
  const fatal = require('internal/errors-fatal');
  if (fn === null) {
    fatal.setCapture(null);
    return;
  }
  if (typeof fn !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('fn', ['Function', 'null'], fn);
  if (fatal.hasCapture()) throw new codes.ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET();
  fatal.setCapture(fn);
}

function dlopen(module) {
  validators.validateObject(module, 'module');
  throw new codes.ERR_DLOPEN_DISABLED();
}

function assert(value, message) {
  if (value) return;
  throw new codes.ERR_ASSERTION(message || 'assertion error');
}

function checkExitCode(code) {
  if (code === null || code === undefined) return;
  let number = code;
  if (typeof code === 'string' && code !== '') {
    number = Number(code);
    if (!Number.isInteger(number)) number = code;
  }
  validators.validateInteger(number, 'code');
}

function getBuiltinModule(id) {
  validators.validateString(id, 'id');
  const { isBuiltin } = require('module');
  return isBuiltin(id) ? require(id) : undefined;
}

module.exports = {
  hrtime, memoryUsage, cpuUsage, resourceUsage, kill, rawKill, umask, setters, chdir, setCaptureCallback, dlopen, assert,
  checkExitCode, getBuiltinModule,
};
