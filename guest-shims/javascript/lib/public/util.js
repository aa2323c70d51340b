// What stands in `util` itself; everything longer is in internal/util/ and evaluated when it is first looked at.

const { codes } = require('internal/errors');
const { defineLazy, deprecate, isError, promisify, toUSVString } = require('internal/util');
const { inspect, format, formatWithOptions } = require('internal/util/inspect');
const { validateFunction, validateNumber, validateObject, validateString } = require('internal/validators');

// ---- functions and classes -----------------------------------------------------------------------------------------

function callbackify(original) {
  validateFunction(original, 'original');

  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, 'last argument');
    const done = callback.bind(this);
    const { nextTick } = require('process');
    Reflect.apply(original, this, args).then(
      (value) => nextTick(done, null, value),
      (reason) => nextTick(done, reason || new codes.ERR_FALSY_VALUE_REJECTION(reason)),
    );
  }

  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  for (const key of Reflect.ownKeys(descriptors)) Object.setPrototypeOf(descriptors[key], null);
  return Object.defineProperties(callbackified, descriptors);
}

function inherits(constructor, parent) {
  if (constructor === undefined || constructor === null) throw new codes.ERR_INVALID_ARG_TYPE('ctor', 'Function', constructor);
  if (parent === undefined || parent === null) throw new codes.ERR_INVALID_ARG_TYPE('superCtor', 'Function', parent);
  if (parent.prototype === undefined) throw new codes.ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function _extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  for (const key of Object.keys(source)) target[key] = source[key];
  return target;
}

// ---- the old checks of types ---------------------------------------------------------------------------------------

const isOf = {
  isBoolean: (value) => typeof value === 'boolean',
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === 'number',
  isString: (value) => typeof value === 'string',
  isSymbol: (value) => typeof value === 'symbol',
  isUndefined: (value) => value === undefined,
  isObject: (value) => value !== null && typeof value === 'object',
  isFunction: (value) => typeof value === 'function',
  isPrimitive: (value) => value === null || typeof value !== 'object' && typeof value !== 'function',
};

// ---- the log -------------------------------------------------------------------------------------------------------

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function log(...args) {
  const now = new Date();
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
  globalThis.console.log('%s - %s', `${now.getDate()} ${MONTHS[now.getMonth()]} ${time}`, format(...args));
}

// ---- errors of the system ------------------------------------------------------------------------------------------

function getSystemErrorName(number) {
  validateNumber(number, 'err');
  if (number >= 0 || !Number.isSafeInteger(number)) throw new codes.ERR_OUT_OF_RANGE('err', 'a negative integer', number);
  return require('internal/errors/system').byNumber.get(number)?.[0] ?? `Unknown system error ${number}`;
}

const getSystemErrorMap = () => new Map(require('internal/errors/system').byNumber);

function _errnoException(number, syscall, original) {
  const code = getSystemErrorName(number);
  const error = new Error(`${syscall} ${code}${original ? ` ${original}` : ''}`);
  return Object.assign(error, { errno: number, code, syscall });
}

function _exceptionWithHostPort(number, syscall, address, port, additional) {
  const code = getSystemErrorName(number);
  let where = '';
  if (port && port > 0) where = ` ${address}:${port}`;
  else if (address) where = ` ${address}`;
  if (additional) where += ` - Local (${additional})`;
  const error = new Error(`${syscall} ${code}${where}`);
  Object.assign(error, { errno: number, code, syscall, address });
  if (port) error.port = port;
  return error;
}

// ---- text ----------------------------------------------------------------------------------------------------------

function showsColors(stream) {
  const { env } = require('process');
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  return Boolean(stream?.isTTY && (typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true));
}

function styleText(format, text, { validateStream = true, stream = undefined } = {}) {
  validateString(text, 'text');
  require('internal/validators').validateBoolean(validateStream, 'options.validateStream');
  if (validateStream) {
    stream ??= require('process').stdout;
    if (typeof stream !== 'object' || stream === null || typeof stream.write !== 'function' && typeof stream.read !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
    }
  }
  const { colors } = inspect;
  let before = '';
  let after = '';
  for (const name of Array.isArray(format) ? format : [format]) {
    if (!Object.hasOwn(colors, name)) require('internal/validators').validateOneOf(name, 'format', Object.keys(colors));
    before += `\u001b[${colors[name][0]}m`;
    after = `\u001b[${colors[name][1]}m${after}`;
  }
  return validateStream && !showsColors(stream) ? text : `${before}${text}${after}`;
}

// ---- aborting ------------------------------------------------------------------------------------------------------

async function aborted(signal, resource) {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  require('internal/validators').validateAbortSignal(signal, 'signal');
  validateObject(resource, 'resource', { nullable: false, allowFunction: true, allowArray: true });
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // Nobody waits any more once the resource is gone.
    const kept = new WeakRef(resource);
    signal.addEventListener('abort', () => { if (kept.deref() !== undefined) resolve(); }, { once: true });
  });
}

function transferableAbortController() {
  return require('internal/abort-controller').transferableAbortController();
}

function transferableAbortSignal(signal) {
  return require('internal/abort-controller').transferableAbortSignal(signal);
}

module.exports = {
  _errnoException,
  _exceptionWithHostPort,
  _extend,
  callbackify,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  styleText,
  formatWithOptions,
  getSystemErrorMap,
  getSystemErrorName,
  inherits,
  inspect,
  isArray: Array.isArray,
  ...isOf,
  isBuffer: (value) => require('buffer').Buffer.isBuffer(value),
  isDeepStrictEqual: (a, b) => require('internal/util/comparisons').isDeepStrictEqual(a, b),
  isRegExp: (value) => require('internal/util/types').isRegExp(value),
  isDate: (value) => require('internal/util/types').isDate(value),
  isError,
  log,
  promisify,
  stripVTControlCharacters: (text) => require('internal/util/strip').stripVTControlCharacters(text),
  toUSVString,
  transferableAbortSignal,
  transferableAbortController,
  aborted,
  parseEnv: (content) => require('internal/util/parse-env').parseEnv(content),
};

function debuglog(set, callback) {
  return require('internal/util/debuglog').debuglog(set, callback);
}

Object.defineProperty(module.exports, 'types', {
  configurable: true,
  enumerable: true,
  get() {
    const value = require('internal/util/types');
    Object.defineProperty(module.exports, 'types', { value, writable: true, enumerable: true, configurable: true });
    return value;
  },
});
defineLazy(module.exports, 'internal/util/parse-args', ['parseArgs']);
defineLazy(module.exports, 'internal/encoding', ['TextDecoder', 'TextEncoder']);
defineLazy(module.exports, 'internal/util/mime', ['MIMEType', 'MIMEParams']);
