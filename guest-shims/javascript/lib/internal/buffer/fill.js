// Filling buffers, and swapping their bytes.

const { codes } = require('internal/errors');
const { validateNumber, validateString } = require('internal/validators');
const { operations, utf8, latin1, ascii } = require('internal/buffer/encodings');

const trueLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength').get;

function repeatBytes(bytes, pattern, offset, end) {
  if (offset === end) return;
  const first = Math.min(pattern.length, end - offset);
  Uint8Array.prototype.set.call(bytes, pattern.length === first ? pattern : pattern.subarray(0, first), offset);
  // Each round copies all that is filled already, so the rounds are few.
  for (let filled = first; filled < end - offset;) {
    const count = Math.min(filled, end - offset - filled);
    Uint8Array.prototype.copyWithin.call(bytes, offset + filled, offset, offset + count);
    filled += count;
  }
}

function fillBytes(bytes, value, offset, end, encoding) {
  let ops;
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      encoding = offset;
      offset = 0;
      end = bytes.length;
    } else if (typeof end === 'string') {
      encoding = end;
      end = bytes.length;
    }
    ops = encoding === undefined || encoding === null || encoding === '' ? utf8 : operations(encoding);
    if (ops === undefined) {
      validateString(encoding, 'encoding');
      throw new codes.ERR_UNKNOWN_ENCODING(encoding);
    }
    if (value.length === 0) {
      value = 0;
    } else if (value.length === 1) {
      const unit = value.charCodeAt(0);
      if ((ops === utf8 && unit < 128) || ((ops === latin1 || ops === ascii) && unit < 256)) value = unit;
    }
  }
  if (offset === undefined) {
    offset = 0;
    end = bytes.length;
  } else {
    validateNumber(offset, 'offset', 0);
    if (end === undefined) end = bytes.length;
    else validateNumber(end, 'end', 0, bytes.length);
    if (offset >= end) return bytes;
  }
  // A subclass or a program may show a length that is not the true one.
  const size = trueLength.call(bytes);
  if (offset > end || end > size) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS();

  let pattern;
  if (typeof value === 'string') pattern = require('internal/buffer/core').Buffer.from(value, ops.encoding);
  else if (typeof value === 'object' && ArrayBuffer.isView(value)) {
    pattern = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (pattern === undefined) {
    Uint8Array.prototype.fill.call(bytes, value & 0xFF, offset, end);
    return bytes;
  }
  if (pattern.length === 0) throw new codes.ERR_INVALID_ARG_VALUE('value', value);
  repeatBytes(bytes, pattern, offset, end);
  return bytes;
}

function fill(value, offset, end, encoding) {
  return fillBytes(this, value, offset, end, encoding);
}

const methods = { fill };

for (const width of [2, 4, 8]) {
  const name = `swap${width * 8}`;
  methods[name] = { [name]() {
    const length = this.length;
    if (length % width !== 0) throw new codes.ERR_INVALID_BUFFER_SIZE(`${width * 8}-bits`);
    for (let i = 0; i < length; i += width) {
      for (let a = i, b = i + width - 1; a < b; a++, b--) {
        const kept = this[a];
        this[a] = this[b];
        this[b] = kept;
      }
    }
    return this;
  } }[name];
}

module.exports = { fillBytes, methods };
