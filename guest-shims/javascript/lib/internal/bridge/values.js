// What the names of the contract take, beyond what functions of Node take.

const { codes } = require('internal/errors');
const { Buffer } = require('internal/buffer/core');
const { validateInteger, validateNumber } = require('internal/validators');

const mostTimeout = 2 ** 31 - 1;

// What `Buffer.from` skips would be bytes that nobody meant.
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

function fromBase64(text, name) {
  if (!base64.test(text)) throw new codes.ERR_INVALID_ARG_VALUE(name, text, 'is not base64');
  return Buffer.from(text, 'base64');
}

function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return undefined;
}

function toBytes(value, name, ofText) {
  const bytes = typeof value === 'string' ? ofText(value, name) : bytesOf(value);
  if (bytes === undefined) {
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
  }
  return bytes;
}

// Bytes, which in the contract go as base64 where they are no bytes already.
const binary = (value, name) => toBytes(value, name, fromBase64);

// Bytes, or a text that stands for its UTF-8.
const text = (value, name) => toBytes(value, name, (string) => binding.text.encode(string));

const asBase64 = (bytes) => binding.text.base64(bytes, 0, bytes.length, false);

// How many bytes a read is to give at most. Whoever asks for more than `most` gets that many: a read may be short.
function atMost(value, name, most) {
  if (value === undefined || value === null) return most;
  validateInteger(value, name, 1);
  return Math.min(value, most);
}

// Milliseconds; −1, which is without an end, where there are none or they are negative.
function timeout(value, name) {
  if (value === undefined || value === null) return -1;
  validateNumber(value, name, undefined, mostTimeout);
  return value < 0 ? -1 : value;
}

module.exports = { asBase64, atMost, binary, mostTimeout, text, timeout };
