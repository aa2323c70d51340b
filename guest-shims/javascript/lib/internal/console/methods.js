// What every console can do. `this` is the console; where it writes and how is in `this[kState]`.

const kState = Symbol('kState');

const format = (...args) => require('internal/util/inspect').format(...args);
const warn = (text) => require('process').emitWarning(text);

// ---- writing -------------------------------------------------------------------------------------------------------

const noop = () => {};

const isOverflow = (error) => error instanceof RangeError && error.message.includes('call stack') ||
  error?.name === 'InternalError';

function writeTo(console, fd, text) {
  const state = console[kState];
  const { indent } = state;
  if (indent !== '') text = indent + (text.includes('\n') ? text.replaceAll('\n', `\n${indent}`) : text);
  text += '\n';
  if (state.direct !== undefined && state.direct(fd, text)) return;

  const stream = fd === 1 ? console._stdout : console._stderr;
  if (console._ignoreErrors === false) {
    stream.write(text);
    return;
  }
  // What goes wrong while a log is written is not to end the program, at once or later.
  const guard = stream.listenerCount?.('error') === 0;
  if (guard) stream.once('error', noop);
  try {
    stream.write(text, fd === 1 ? console._stdoutErrorHandler : console._stderrErrorHandler);
  } catch (error) {
    if (isOverflow(error)) throw error;
  } finally {
    if (guard) stream.removeListener('error', noop);
  }
}

function inspectOptions(console, fd) {
  const { inspectOptions: given, colorMode, direct, isPlain } = console[kState];
  if (given !== undefined && given.colors !== undefined) return given;
  let colors = colorMode;
  if (colors === 'auto') {
    if (direct !== undefined && isPlain(fd)) colors = false;
    else {
      const stream = fd === 1 ? console._stdout : console._stderr;
      colors = Boolean(stream.isTTY && (typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true));
    }
  }
  if (given !== undefined) return { ...given, colors };
  return colors ? { colors: true } : undefined;
}

function formatFor(console, fd, args) {
  // The ordinary line needs no inspect at all.
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  const options = inspectOptions(console, fd);
  return options === undefined ? format(...args) : require('internal/util/inspect').formatWithOptions(options, ...args);
}

// ---- time ----------------------------------------------------------------------------------------------------------

function duration(milliseconds) {
  if (milliseconds < 1000) return `${Number(milliseconds.toFixed(3))}ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(3)}s`;
  const two = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds % 3_600_000 / 60_000);
  const seconds = milliseconds % 60_000 / 1000;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(Math.floor(seconds))} (h:mm:ss)`;
  return `${minutes}:${seconds.toFixed(3).padStart(6, '0')} (m:ss.mmm)`;
}

function logTime(console, label, method, more) {
  const start = console._times.get(label);
  if (start === undefined) {
    warn(`No such label '${label}' for console.${method}()`);
    return false;
  }
  const shown = duration(Number(binding.time.hrtime() - start) / 1e6);
  if (more === undefined) console.log('%s: %s', label, shown);
  else console.log('%s: %s', label, shown, ...more);
  return true;
}

// ---- the methods ---------------------------------------------------------------------------------------------------

const methods = {
  log(...args) {
    writeTo(this, 1, formatFor(this, 1, args));
  },

  warn(...args) {
    writeTo(this, 2, formatFor(this, 2, args));
  },

  dir(object, options) {
    const { inspect } = require('internal/util/inspect');
    writeTo(this, 1, inspect(object, { customInspect: false, ...inspectOptions(this, 1), ...options }));
  },

  time(label = 'default') {
    label = `${label}`;
    if (this._times.has(label)) {
      warn(`Label '${label}' already exists for console.time()`);
      return;
    }
    this._times.set(label, binding.time.hrtime());
  },

  timeEnd(label = 'default') {
    label = `${label}`;
    if (logTime(this, label, 'timeEnd')) this._times.delete(label);
  },

  timeLog(label = 'default', ...data) {
    logTime(this, `${label}`, 'timeLog', data);
  },

  trace(...args) {
    const error = { name: 'Trace', message: formatFor(this, 2, args) };
    Error.captureStackTrace?.(error, methods.trace);
    this.error(error.stack ?? `${error.name}: ${error.message}`);
  },

  assert(expression, ...args) {
    if (expression) return;
    args[0] = args.length === 0 ? 'Assertion failed' : `Assertion failed: ${args[0]}`;
    this.warn(...args);
  },

  clear() {
    const state = this[kState];
    if (state.direct !== undefined && state.isPlain(1)) return;
    if (this._stdout.isTTY && require('process').env.TERM !== 'dumb') this._stdout.write('\u001b[1;1H\u001b[0J');
  },

  count(label = 'default') {
    label = `${label}`;
    const { counts } = this[kState];
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    this.log(`${label}: ${count}`);
  },

  countReset(label = 'default') {
    label = `${label}`;
    const { counts } = this[kState];
    if (!counts.has(label)) {
      warn(`Count for '${label}' does not exist`);
      return;
    }
    counts.delete(label);
  },

  group(...data) {
    if (data.length > 0) this.log(...data);
    const state = this[kState];
    state.indent += ' '.repeat(state.indentWidth);
  },

  groupEnd() {
    const state = this[kState];
    state.indent = state.indent.slice(0, Math.max(0, state.indent.length - state.indentWidth));
  },

  table(data, properties) {
    if (data === null || typeof data !== 'object') {
      this.log(data);
      return;
    }
    if (properties !== undefined) require('internal/validators').validateArray(properties, 'properties');
    const inner = (value) => {
      const { inspect } = require('internal/util/inspect');
      const depth = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0;
      return inspect(value, { ...inspectOptions(this, 1), maxArrayLength: 3, breakLength: Infinity, depth });
    };
    this.log(require('internal/console/table').render(data, properties, inner));
  },
};

methods.debug = methods.log;
methods.info = methods.log;
methods.dirxml = methods.log;
methods.error = methods.warn;
methods.groupCollapsed = methods.group;

module.exports = { kState, methods };
