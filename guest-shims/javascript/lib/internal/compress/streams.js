// The classes of the module `zlib`: streams around the compressors.

const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { Transform } = require('stream');
const { Buffer, kMaxLength } = require('internal/buffer/core');
const { Compressor, anySize } = require('internal/compress/work');
const { Reader } = require('internal/compress/reader');

const unavailable = (feature) => new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature);
const syncFlush = 2;

const numbers = { Z_BUF_ERROR: -5, Z_DATA_ERROR: -3 };

function zlibError(failure) {
  if (failure.code in numbers) failure.errno = numbers[failure.code];
  return failure;
}

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const makers = {
  Deflate: (options) => new Compressor('deflate', options),
  Inflate: (options) => new Reader('deflate', options),
  Gzip: (options) => new Compressor('gzip', options),
  Gunzip: (options) => new Reader('gzip', options),
  DeflateRaw: (options) => new Compressor('deflate-raw', options),
  InflateRaw: (options) => new Reader('deflate-raw', options),
  Unzip: (options) => new Reader('unzip', options),
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

function workOf(name, options, most = anySize) {
  return makers[name]({ level: options.level, lenient: options.finishFlush === syncFlush, most });
}

// Goes through the stream behind what was written before it.
const flushHere = Buffer.alloc(0);

class ZlibBase extends Transform {
  #work;

  constructor(work, options) {
    super({ ...options, decodeStrings: true });
    this.#work = work;
    this.bytesWritten = 0;
  }

  _transform(chunk, encoding, callback) {
    this.bytesWritten += chunk.length;
    this.#pass(() => (chunk === flushHere ? this.#work.flush?.() ?? [] : this.#work.push(chunk)), callback);
  }

  _flush(callback) {
    this.#pass(() => this.#work.end(), callback);
  }

  #pass(work, callback) {
    try {
      for (const piece of work()) if (piece.length > 0) this.push(asBuffer(piece));
    } catch (failure) {
      callback(zlibError(failure));
      return;
    }
    callback();
  }

  flush(kind, callback) {
    if (typeof kind === 'function') callback = kind;
    if (this.writableEnded) {
      if (callback !== undefined) require('stream').finished(this, () => callback());
      return;
    }
    this.write(flushHere, undefined, callback);
  }

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
      options = checkOptions(options);
      super(workOf(name, options), options);
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
  options = checkOptions(options);
  const { maxOutputLength = kMaxLength } = options;
  const bytes = inputBytes(input);
  const work = workOf(name, options, Math.min(maxOutputLength, anySize));
  let pieces;
  try {
    pieces = [...work.push(bytes), ...work.end()];
  } catch (failure) {
    throw failure.code === 'ERR_BUFFER_TOO_LARGE' ? new codes.ERR_BUFFER_TOO_LARGE(maxOutputLength) : zlibError(failure);
  }
  // Each member of gzip was within it.
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (size > maxOutputLength) throw new codes.ERR_BUFFER_TOO_LARGE(maxOutputLength);
  return Buffer.concat(pieces, size);
}

module.exports = { classes, convert, inputBytes };
