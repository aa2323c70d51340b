// Small helps that many modules share. Nothing is required here but on use: nearly every module requires this one.

const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kEmptyObject = Object.freeze({ __proto__: null });
const kEnumerableProperty = Object.freeze({ __proto__: null, enumerable: true });

// ---- encodings of Buffer -------------------------------------------------------------------------------------------

const encodings = {
  '__proto__': null,
  'utf8': 'utf8', 'utf-8': 'utf8',
  'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le', 'utf-16le': 'utf16le',
  'latin1': 'latin1', 'binary': 'latin1',
  'base64': 'base64', 'base64url': 'base64url', 'hex': 'hex', 'ascii': 'ascii',
};

// undefined where there is no such encoding; nothing and '' stand for utf8.
function normalizeEncoding(encoding) {
  if (encoding === undefined || encoding === null || encoding === '' || encoding === 'utf8' || encoding === 'utf-8') {
    return 'utf8';
  }
  if (typeof encoding !== 'string') return undefined;
  return encodings[encoding] ?? encodings[encoding.toLowerCase()];
}

// ---- errors and names ----------------------------------------------------------------------------------------------



function isError(value) {
  return value instanceof Error || typeof value === 'object' && value !== null &&
    require('internal/util/types').isNativeError(value) ||
    Object.prototype.toString.call(value) === '[object Error]';
}

// The name of the nearest constructor up the prototypes, '' if there is none.
function constructorName(object) {
  while (object) {
    const descriptor = Object.getOwnPropertyDescriptor(object, 'constructor');
    if (typeof descriptor?.value === 'function' && descriptor.value.name !== '') return descriptor.value.name;
    object = Object.getPrototypeOf(object);
  }
  return '';
}

// ---- promisify, callbackify ----------------------------------------------------------------------------------------

const customPromisify = Symbol.for('nodejs.util.promisify.custom');
// Names for the results of a callback that takes more than one.
const customPromisifyArgs = Symbol('customPromisifyArgs');

function promisify(original) {
  const { validateFunction } = require('internal/validators');
  validateFunction(original, 'original');

  const custom = original[customPromisify];
  if (custom) {
    validateFunction(custom, 'util.promisify.custom');
    return Object.defineProperty(custom, customPromisify, { value: custom, configurable: true });
  }

  const names = original[customPromisifyArgs];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) return reject(error);
        if (names === undefined || values.length < 2) return resolve(values[0]);
        const result = {};
        for (let i = 0; i < names.length; i++) result[names[i]] = values[i];
        resolve(result);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, customPromisify, { value: fn, configurable: true });
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const key of Reflect.ownKeys(descriptors)) Object.setPrototypeOf(descriptors[key], null);
  return Object.defineProperties(fn, descriptors);
}
promisify.custom = customPromisify;

// ---- warnings ------------------------------------------------------------------------------------------------------

const warnedCodes = new Set();

function deprecate(fn, message, code) {
  if (code !== undefined) require('internal/validators').validateString(code, 'code');
  let warned = false;

  function deprecated(...args) {
    if (!warned && !require('process').noDeprecation) {
      warned = true;
      if (code === undefined) require('process').emitWarning(message, 'DeprecationWarning', deprecated);
      else if (!warnedCodes.has(code)) {
        warnedCodes.add(code);
        require('process').emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(fn, args, new.target) : Reflect.apply(fn, this, args);
  }

  Object.setPrototypeOf(deprecated, fn);
  if (fn.prototype) deprecated.prototype = fn.prototype;
  return deprecated;
}

const experimental = new Set();

function emitExperimental(feature) {
  if (experimental.has(feature)) return;
  experimental.add(feature);
  require('process').emitWarning(`${feature} is an experimental feature and might change at any time`, 'ExperimentalWarning');
}

// ---- functions and properties --------------------------------------------------------------------------------------

function once(fn) {
  let called = false;
  return function(...args) {
    if (called) return;
    called = true;
    return Reflect.apply(fn, this, args);
  };
}

function lazy(fn) {
  let known = false;
  let value;
  return () => {
    if (!known) {
      value = fn();
      known = true;
    }
    return value;
  };
}

// Properties whose module is evaluated when one of them is first looked at.
function defineLazy(target, moduleName, names, enumerable = true) {
  for (const name of names) {
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable,
      get() {
        const value = require(moduleName)[name];
        setOwnProperty(target, name, value, enumerable);
        return value;
      },
      set(value) { setOwnProperty(target, name, value, enumerable); },
    });
  }
}

function setOwnProperty(target, key, value, enumerable = true) {
  return Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

// Of event listeners: quicker than splice for one element.
function spliceOne(list, index) {
  for (; index + 1 < list.length; index++) list[index] = list[index + 1];
  list.pop();
}

const toUSVString = (text) => String(text).toWellFormed();

const getCWD = () => require('process').cwd();

module.exports = {
  constructorName,
  customInspect,
  customInspectSymbol: customInspect,
  customPromisify,
  customPromisifyArgs,
  defineLazy,
  deprecate,
  emitExperimental,
  emitExperimentalWarning: emitExperimental,
  getCWD,
  isError,
  kEmptyObject,
  kEnumerableProperty,
  lazy,
  normalizeEncoding,
  once,
  promisify,
  setOwnProperty,
  spliceOne,
  toUSVString,
};
