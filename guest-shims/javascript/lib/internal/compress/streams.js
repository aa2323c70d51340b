// The classes of the module `zlib`: streams around the compressors.

const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { Transform } = require('stream');
const { Buffer, kMaxLength } = require('internal/buffer/core');
const { Compressor, Decompressor } = require('internal/compress/formats');

const unavailable = (feature) => new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature);

// What zlib itself says of broken data.
function zlibError(failure) {
  if (!(failure instanceof TypeError)) return failure;
  const early = failure.message.includes('ends too early');
  const error = new Error(early ? 'unexpected end of file' : failure.message);
  error.errno = early ? -5 : -3;
  error.code = early ? 'Z_BUF_ERROR' : 'Z_DATA_ERROR';
  return error;
}

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// gzip or deflate: only its first byte tells.
class Unzipper {
  #inner;

  push(bytes) {
    if (bytes.length === 0) return [];
    this.#inner ??= new Decompressor(bytes[0] === 0x1F ? 'gzip' : 'deflate');
    return this.#inner.push(bytes);
  }

  end() {
    return this.#inner === undefined ? [] : this.#inner.end();
  }
}

const makers = {
  Deflate: () => new Compressor('deflate'),
  Inflate: () => new Decompressor('deflate'),
  Gzip: () => new Compressor('gzip'),
  Gunzip: () => new Decompressor('gzip'),
  DeflateRaw: () => new Compressor('deflate-raw'),
  InflateRaw: () => new Decompressor('deflate-raw'),
  Unzip: () => new Unzipper(),
};

function checkOptions(options) {
  if (options === undefined || options === null) return {};
  validateObject(options, 'options');
  const { validateNumber } = require('internal/validators');
  const { level, maxOutputLength } = options;
  if (level !== undefined) validateNumber(level, 'options.level', -1, 9);
  if (maxOutputLength !== undefined) validateNumber(maxOutputLength, 'options.maxOutputLength', 1, kMaxLength);
  if (options.dictionary !== undefined) throw unavailable('zlib with a dictionary');
  return options;
}

class ZlibBase extends Transform {
  #work;

  constructor(work, options) {
    super({ ...options, decodeStrings: true });
    this.#work = work;
    this.bytesWritten = 0;
  }

  _transform(chunk, encoding, callback) {
    this.bytesWritten += chunk.length;
    try {
      for (const piece of this.#work.push(chunk)) this.push(asBuffer(piece));
    } catch (failure) {
      callback(zlibError(failure));
      return;
    }
    callback();
  }

  _flush(callback) {
    try {
      for (const piece of this.#work.end()) this.push(asBuffer(piece));
    } catch (failure) {
      callback(zlibError(failure));
      return;
    }
    callback();
  }

  flush() { throw unavailable('zlib flush'); }
  params() { throw unavailable('zlib params'); }
  reset() { throw unavailable('zlib reset'); }

  close(callback) {
    if (callback !== undefined) require('stream').finished(this, () => callback());
    this.destroy();
  }
}

const classes = {};
for (const name of Object.keys(makers)) {
  classes[name] = { [name]: class extends ZlibBase {
    constructor(options = undefined) {
      super(makers[name](), checkOptions(options));
    }
  } }[name];
}

function inputBytes(input) {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], input);
}

// All at once.
function convert(name, input, options) {
  const { maxOutputLength = kMaxLength } = checkOptions(options);
  const bytes = inputBytes(input);
  const work = makers[name]();
  try {
    const pieces = [...work.push(bytes), ...work.end()];
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (size > maxOutputLength) throw new codes.ERR_BUFFER_TOO_LARGE(maxOutputLength);
    return Buffer.concat(pieces, size);
  } catch (failure) {
    // Our own errors have a code already.
    throw failure.code === undefined ? zlibError(failure) : failure;
  }
}

module.exports = { classes, convert, inputBytes };
