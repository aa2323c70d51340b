// What the functions of `fs` accept, and what they say about the rest.

const { codes, systemError } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateInt32, validateInteger, validateObject,
        validateUint32 } = require('internal/validators');
const constants = require('internal/fs/constants');

const maxRead = 2 ** 31 - 1;

function isBytes(value) {
  return value instanceof Uint8Array || (ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Uint8Array');
}

// A path as text. What WASI calls a path is UTF-8: bytes that are none cannot name a file, and must not name another one
// by being repaired.
function toPath(value, name = 'path') {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw nulByte(name, value);
    if (!value.isWellFormed()) throw systemError({ code: 'EINVAL', syscall: 'open', path: value.toWellFormed() });
    return value;
  }
  if (isBytes(value)) {
    if (value.includes(0)) throw nulByte(name, value);
    try {
      return binding.text.decode(value, 0, value.length, true, true);
    } catch {
      throw systemError({ code: 'EINVAL', syscall: 'open', path: bytesToText(value) });
    }
  }
  if (value !== null && typeof value === 'object' && typeof value.href === 'string') {
    const { isURL, fileURLToPath } = require('internal/url');
    if (isURL(value)) {
      const path = fileURLToPath(value);
      if (path.includes('\0')) throw nulByte(name, path);
      return path;
    }
  }
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], value);
}

function nulByte(name, value) {
  return new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a string, Uint8Array, or URL without null bytes');
}

function bytesToText(bytes) {
  return binding.text.decode(bytes, 0, bytes.length, false, true);
}

function toDescriptor(fd, name = 'fd') {
  if (Object.is(fd, -0)) return 0;
  validateInt32(fd, name, 0);
  return fd;
}

const isDescriptor = (value) => (value >>> 0) === value;

const flagsByName = {
  __proto__: null,
  'r': constants.O_RDONLY,
  'rs': constants.O_RDONLY | constants.O_SYNC,
  'sr': constants.O_RDONLY | constants.O_SYNC,
  'r+': constants.O_RDWR,
  'rs+': constants.O_RDWR | constants.O_SYNC,
  'sr+': constants.O_RDWR | constants.O_SYNC,
};

// w, a, and what may stand around them: x (exclusive), s (synchronous), + (read too).
function namedFlags(text) {
  if (text in flagsByName) return flagsByName[text];
  const letters = text.endsWith('+') ? text.slice(0, -1) : text;
  if (!/^(?:w|xw|wx|a|ax|xa|as|sa)$/.test(letters)) return undefined;
  return constants.O_CREAT |
         (text.endsWith('+') ? constants.O_RDWR : constants.O_WRONLY) |
         (letters.includes('w') ? constants.O_TRUNC : constants.O_APPEND) |
         (letters.includes('x') ? constants.O_EXCL : 0) |
         (letters.includes('s') ? constants.O_SYNC : 0);
}

function toFlags(flags, name = 'flags') {
  if (typeof flags === 'number') {
    validateInt32(flags, name);
    return flags;
  }
  if (flags === null || flags === undefined) return constants.O_RDONLY;
  const number = typeof flags === 'string' ? namedFlags(flags) : undefined;
  if (number === undefined) throw new codes.ERR_INVALID_ARG_VALUE(name, flags);
  return number;
}

function toAccessMode(mode) {
  return smallMode(mode, 7);
}

function smallMode(mode, max) {
  if (mode === null || mode === undefined) return 0;
  validateInteger(mode, 'mode');
  if (mode < 0 || mode > max) {
    const error = new codes.ERR_OUT_OF_RANGE('mode', `an integer >= 0 && <= ${max}`, mode);
    error.message = `mode is out of range: >= 0 && <= ${max}`;
    throw error;
  }
  return mode;
}

const toCopyMode = (mode) => smallMode(mode, 7);

function checkEncoding(encoding) {
  if (!encoding || encoding === 'buffer') return;
  if (!require('buffer').Buffer.isEncoding(encoding)) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  }
}

// Options as most functions take them: nothing, an encoding, or an object.
function toOptions(options, defaults = {}) {
  if (options === null || options === undefined || typeof options === 'function') return defaults;
  if (typeof options === 'string') {
    options = { ...defaults, encoding: options };
  } else if (typeof options !== 'object') {
    throw new codes.ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  }
  checkEncoding(options.encoding);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  return options;
}

function toCallback(callback) {
  validateFunction(callback, 'cb');
  return callback;
}

function checkBuffer(buffer, name = 'buffer') {
  if (!ArrayBuffer.isView(buffer)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], buffer);
  }
}

function checkBuffers(buffers) {
  if (!Array.isArray(buffers) || !buffers.every((buffer) => ArrayBuffer.isView(buffer))) {
    throw new codes.ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', buffers);
  }
  return buffers;
}

function checkReadRange(offset, length, size) {
  if (offset < 0) throw new codes.ERR_OUT_OF_RANGE('offset', '>= 0', offset);
  if (length < 0) throw new codes.ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (offset + length > size) throw new codes.ERR_OUT_OF_RANGE('length', `<= ${size - offset}`, length);
}

function checkWriteRange(offset, length, size) {
  if (offset > size) throw new codes.ERR_OUT_OF_RANGE('offset', `<= ${size}`, offset);
  if (length > size - offset) throw new codes.ERR_OUT_OF_RANGE('length', `<= ${size - offset}`, length);
  if (length < 0) throw new codes.ERR_OUT_OF_RANGE('length', '>= 0', length);
  validateInt32(length, 'length', 0);
}

// The place to read from: −1 is the current one. What is read must end within what a 64 bit offset can say.
function toReadPosition(position, length) {
  if (position === null || position === undefined) return -1;
  if (typeof position === 'number') {
    validateInteger(position, 'position', -1);
    return position;
  }
  if (typeof position === 'bigint') {
    const max = 2n ** 63n - 1n - BigInt(length);
    if (position < -1n || position > max) {
      throw new codes.ERR_OUT_OF_RANGE('position', `>= -1 && <= ${max}`, position);
    }
    return Number(position);
  }
  throw new codes.ERR_INVALID_ARG_TYPE('position', ['integer', 'bigint'], position);
}

const toWritePosition = (position) => (typeof position === 'number' ? position : -1);

// Seconds since 1970, from what `utimes` takes.
function toSeconds(time, name = 'time') {
  // eslint-disable-next-line eqeqeq
  if (typeof time === 'string' && +time == time) return +time;
  if (Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date || require('internal/util/types').isDate(time)) return Date.prototype.getTime.call(time) / 1000;
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

// What is written: text in its encoding, or the bytes of a view.
function toBytes(data, encoding, name = 'data') {
  if (typeof data === 'string') {
    const { Buffer } = require('buffer');
    return Buffer.from(data, encoding || 'utf8');
  }
  if (!ArrayBuffer.isView(data)) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  return viewBytes(data);
}

function viewBytes(view) {
  if (view instanceof Uint8Array) return view;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// Bytes or text, as the encoding that was asked for says.
function fromBytes(bytes, encoding) {
  if (encoding === 'utf8' || encoding === 'utf-8') return binding.text.decode(bytes, 0, bytes.length, false, true);
  const { Buffer } = require('buffer');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

function fromPath(path, encoding) {
  if (!encoding || encoding === 'utf8' || encoding === 'utf-8') return path;
  const { Buffer } = require('buffer');
  const buffer = Buffer.from(path);
  return encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

function toRmOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
  const all = { retryDelay: 100, maxRetries: 0, recursive: false, force: false, ...options };
  validateBoolean(all.force, 'options.force');
  checkRetries(all);
  return all;
}

function toRmdirOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
  const all = { retryDelay: 100, maxRetries: 0, recursive: false, ...options };
  checkRetries(all);
  return all;
}

function checkRetries(options) {
  validateBoolean(options.recursive, 'options.recursive');
  validateInt32(options.retryDelay, 'options.retryDelay', 0);
  validateUint32(options.maxRetries, 'options.maxRetries');
}

module.exports = {
  maxRead,
  isDescriptor, toDescriptor,
  toPath, toFlags, toAccessMode, toCopyMode, toOptions, toCallback, toSeconds, toBytes, viewBytes, fromBytes, fromPath,
  toReadPosition, toWritePosition, toRmOptions, toRmdirOptions,
  checkEncoding, checkBuffer, checkBuffers, checkReadRange, checkWriteRange,
};
