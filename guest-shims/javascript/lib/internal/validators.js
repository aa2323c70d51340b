// Checks of arguments, with the errors that Node throws.

const { codes } = require('internal/errors');
const { normalizeEncoding } = require('internal/util');

const typeError = (name, expected, value) => new codes.ERR_INVALID_ARG_TYPE(name, expected, value);
const rangeError = (name, range, value) => new codes.ERR_OUT_OF_RANGE(name, range, value);

function ofType(type, expected = type) {
  return (value, name) => {
    if (typeof value !== type) throw typeError(name, expected, value);
  };
}

const validateString = ofType('string');
const validateBoolean = ofType('boolean');
const validateFunction = ofType('function', 'Function');
const validatePlainFunction = (value, name) => {
  if (typeof value !== 'function' || Object.getPrototypeOf(async () => {}).isPrototypeOf(value)) {
    throw typeError(name, 'Function', value);
  }
};
const validateUndefined = ofType('undefined');

function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== 'number') throw typeError(name, 'number', value);
  const bounded = min !== undefined && min !== null || max !== undefined;
  if (min !== undefined && min !== null && value < min || max !== undefined && value > max ||
      bounded && Number.isNaN(value)) {
    const low = min !== undefined && min !== null ? `>= ${min}` : '';
    const high = max !== undefined ? `<= ${max}` : '';
    throw rangeError(name, low && high ? `${low} && ${high}` : low || high, value);
  }
}

function integerBetween(value, name, min, max) {
  if (typeof value !== 'number') throw typeError(name, 'number', value);
  if (!Number.isInteger(value)) throw rangeError(name, 'an integer', value);
  if (value < min || value > max) throw rangeError(name, `>= ${min} && <= ${max}`, value);
}

function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  integerBetween(value, name, min, max);
}

function validateInt32(value, name, min = -0x80000000, max = 0x7fffffff) {
  integerBetween(value, name, min, max);
}

function validateUint32(value, name, positive = false) {
  integerBetween(value, name, positive ? 1 : 0, 0xffffffff);
}

function validateObject(value, name, options = undefined) {
  if (value === null) {
    if (options?.nullable) return;
  } else if (Array.isArray(value)) {
    if (options?.allowArray) return;
  } else if (typeof value === 'object' || typeof value === 'function' && options?.allowFunction) {
    return;
  }
  throw typeError(name, 'Object', value);
}

// A dictionary of the web's interfaces: undefined and null stand for an empty one.
function validateDictionary(value, name) {
  if (value !== null && value !== undefined && typeof value !== 'object' && typeof value !== 'function') {
    throw typeError(name, 'a dictionary', value);
  }
}

function validateArray(value, name, minLength = 0) {
  if (!Array.isArray(value)) throw typeError(name, 'Array', value);
  if (value.length < minLength) throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

function arrayOf(check) {
  return (value, name) => {
    validateArray(value, name);
    for (let i = 0; i < value.length; i++) check(value[i], `${name}[${i}]`);
  };
}

const validateStringArray = arrayOf(validateString);
const validateBooleanArray = arrayOf(validateBoolean);
const validateAbortSignalArray = arrayOf((value, name) => {
  if (value === undefined) throw typeError(name, 'AbortSignal', value);
  validateAbortSignal(value, name);
});

function validateOneOf(value, name, list) {
  if (list.includes(value)) return;
  const allowed = list.map((each) => typeof each === 'string' ? `'${each}'` : String(each)).join(', ');
  throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${allowed}`);
}

function validateAbortSignal(value, name) {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw typeError(name, 'AbortSignal', value);
  }
}

function validateBuffer(value, name = 'buffer') {
  if (!ArrayBuffer.isView(value)) throw typeError(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

function validateEncoding(data, encoding) {
  if (normalizeEncoding(encoding) === 'hex' && data.length % 2 !== 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${data.length}`);
  }
}

function validatePort(port, name = 'Port', allowZero = true) {
  const isNumber = typeof port === 'number' || typeof port === 'string' && port.trim() !== '';
  if (!isNumber || +port !== +port >>> 0 || port > 0xffff || port === 0 && !allowZero) {
    throw new codes.ERR_SOCKET_BAD_PORT(name, port, allowZero);
  }
  return port | 0;
}

function validateSignalName(signal, name = 'signal') {
  validateString(signal, name);
  const { signals } = require('os').constants;
  if (Object.hasOwn(signals, signal)) return;
  throw new codes.ERR_UNKNOWN_SIGNAL(signal, Object.hasOwn(signals, signal.toUpperCase()));
}

function parseFileMode(value, name, otherwise) {
  let mode = value ?? otherwise;
  if (typeof mode === 'string') {
    if (!/^[0-7]+$/.test(mode)) {
      throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a 32-bit unsigned integer or an octal string');
    }
    mode = Number.parseInt(mode, 8);
  }
  validateUint32(mode, name);
  return mode;
}

function validateThisInternalField(object, key, name) {
  if (object === null || typeof object !== 'object' || !Object.hasOwn(object, key)) throw new codes.ERR_INVALID_THIS(name);
}

module.exports = {
  isInt32: (value) => value === (value | 0),
  isUint32: (value) => value === value >>> 0,
  parseFileMode,
  validateAbortSignal,
  validateAbortSignalArray,
  validateArray,
  validateBoolean,
  validateBooleanArray,
  validateBuffer,
  validateDictionary,
  validateEncoding,
  validateFunction,
  validateInt32,
  validateInteger,
  validateNumber,
  validateObject,
  validateOneOf,
  validatePlainFunction,
  validatePort,
  validateSignalName,
  validateString,
  validateStringArray,
  validateThisInternalField,
  validateUint32,
  validateUndefined,
};
