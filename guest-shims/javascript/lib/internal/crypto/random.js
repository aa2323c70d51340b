// Random bytes and numbers.

const { codes } = require('internal/errors');
const { validateFunction, validateNumber } = require('internal/validators');
const { Buffer, kMaxLength, isAnyArrayBuffer } = require('internal/buffer/core');

const later = (callback, ...args) => globalThis.process.nextTick(callback, ...args);

function randomBytes(size, callback) {
  validateNumber(size, 'size', 0, kMaxLength);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = Buffer.alloc(size);
  binding.random.fill(bytes);
  if (callback === undefined) return bytes;
  later(callback, null, bytes);
}

// The place that is to be filled, checked and in bytes.
function region(buffer, offset, size) {
  if (!ArrayBuffer.isView(buffer) && !isAnyArrayBuffer(buffer)) {
    throw new codes.ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buffer);
  }
  const unit = buffer.BYTES_PER_ELEMENT ?? 1;
  const start = offset * unit;
  validateNumber(offset, 'offset');
  if (Number.isNaN(start) || start > buffer.byteLength || start < 0) {
    throw new codes.ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${buffer.byteLength}`, start);
  }
  let length = buffer.byteLength - start;
  if (size !== undefined) {
    validateNumber(size, 'size');
    length = size * unit;
    if (Number.isNaN(length) || length > kMaxLength || length < 0) {
      throw new codes.ERR_OUT_OF_RANGE('size', `>= 0 && <= ${kMaxLength}`, length);
    }
    if (start + length > buffer.byteLength) {
      throw new codes.ERR_OUT_OF_RANGE('size + offset', `<= ${buffer.byteLength}`, start + length);
    }
  }
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset + start, length) :
    new Uint8Array(buffer, start, length);
}

function randomFillSync(buffer, offset = 0, size = undefined) {
  const bytes = region(buffer, offset, size);
  if (bytes.length > 0) binding.random.fill(bytes);
  return buffer;
}

function randomFill(buffer, offset, size, callback) {
  if (typeof offset === 'function') {
    callback = offset;
    offset = 0;
    size = undefined;
  } else if (typeof size === 'function') {
    callback = size;
    size = undefined;
  }
  validateFunction(callback, 'callback');
  randomFillSync(buffer, offset, size);
  later(callback, null, buffer);
}

const widest = 2 ** 48 - 1;

function randomInt(min, max, callback) {
  const minNotSpecified = max === undefined || typeof max === 'function';
  if (minNotSpecified) {
    callback = max;
    max = min;
    min = 0;
  }
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw new codes.ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw new codes.ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) {
    throw new codes.ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  }
  const range = max - min;
  if (!(range <= widest)) {
    if (minNotSpecified) throw new codes.ERR_OUT_OF_RANGE('max', `<= ${widest}`, max);
    throw new codes.ERR_OUT_OF_RANGE('max - min', `<= ${widest}`, range);
  }
  // What is above the last whole multiple is thrown away, or some numbers would come more often than others.
  const limit = widest - widest % range;
  const bytes = Buffer.allocUnsafe(6);
  let drawn;
  do {
    binding.random.fill(bytes);
    drawn = bytes.readUIntBE(0, 6);
  } while (drawn >= limit);
  const result = drawn % range + min;
  if (callback === undefined) return result;
  later(callback, undefined, result);
}

function randomUUID(options) {
  if (options !== undefined) {
    const { validateBoolean, validateObject } = require('internal/validators');
    validateObject(options, 'options');
    if (options.disableEntropyCache !== undefined) {
      validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
    }
  }
  const bytes = Buffer.allocUnsafe(16);
  binding.random.fill(bytes);
  bytes[6] = bytes[6] & 0x0F | 0x40;
  bytes[8] = bytes[8] & 0x3F | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

module.exports = { randomBytes, randomFillSync, randomFill, randomInt, randomUUID };
