// The module `buffer`.

const { Buffer, SlowBuffer, kMaxLength, kStringMaxLength, isAnyArrayBuffer } = require('internal/buffer/core');
const { codes } = require('internal/errors');
const { defineLazy } = require('internal/util');

function bytesOf(input) {
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (!isAnyArrayBuffer(input)) {
    throw new codes.ERR_INVALID_ARG_TYPE('input', ['TypedArray', 'Buffer'], input);
  }
  let bytes;
  try {
    bytes = new Uint8Array(input);
  } catch {
    bytes = undefined;
  }
  if (bytes === undefined || input.detached) {
    throw new codes.ERR_INVALID_STATE('Cannot validate on a detached buffer');
  }
  return bytes;
}

function isUtf8(input) {
  return binding.text.isUtf8(bytesOf(input));
}

function isAscii(input) {
  return binding.text.isAscii(bytesOf(input));
}

function transcode(source, fromEncoding, toEncoding) {
  return require('internal/buffer/transcode')(source, fromEncoding, toEncoding);
}

function resolveObjectURL(url) {
  return require('internal/blob').resolveObjectURL(url);
}

module.exports = { Buffer, SlowBuffer, transcode, isUtf8, isAscii, resolveObjectURL, kMaxLength, kStringMaxLength };

Object.defineProperties(module.exports, {
  constants: {
    configurable: false,
    enumerable: true,
    value: Object.create(null, {
      MAX_LENGTH: { value: kMaxLength, enumerable: true },
      MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
    }),
  },
  INSPECT_MAX_BYTES: {
    configurable: true,
    enumerable: true,
    get() { return require('internal/buffer/limits').INSPECT_MAX_BYTES; },
    set(value) {
      require('internal/validators').validateNumber(value, 'INSPECT_MAX_BYTES', 0);
      require('internal/buffer/limits').INSPECT_MAX_BYTES = value;
    },
  },
});
defineLazy(module.exports, 'internal/buffer/base64', ['atob', 'btoa']);
defineLazy(module.exports, 'internal/blob', ['Blob', 'File']);
