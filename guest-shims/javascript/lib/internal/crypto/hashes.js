// Hash and Hmac: pieces of data into the binding, and out comes a digest.

const { codes } = require('internal/errors');
const { validateEncoding, validateString } = require('internal/validators');
const { Buffer } = require('internal/buffer/core');

const algorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
const blockSizes = { md5: 64, sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 };

// OpenSSL takes more than one spelling: `SHA-256`, `RSA-SHA256`.
function algorithmOf(name) {
  const plain = name.toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha');
  return algorithms.includes(plain) ? plain : undefined;
}

function bytesOf(data, name, encoding) {
  if (typeof data === 'string') return Buffer.from(data, encoding === 'buffer' ? 'utf8' : encoding);
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

function asResult(bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

function unsupported() {
  const error = new Error('Digest method not supported');
  error.code = 'ERR_OSSL_EVP_UNSUPPORTED';
  return error;
}

const kState = Symbol('kState');

// A stream as in Node, but streams are big and rarely what a program wants here: the methods of one come on first use.
let prepared = false;

function prepare() {
  if (prepared) return;
  prepared = true;
  const { Transform } = require('stream');
  for (const Class of [Hash, Hmac]) {
    Object.setPrototypeOf(Class.prototype, Transform.prototype);
    Object.setPrototypeOf(Class, Transform);
  }
}

function begin(holder, algorithm, key, options) {
  holder[kState] = {
    algorithm,
    // One call does it all where there is but one piece, which is the common case.
    first: undefined,
    id: undefined,
    key,
    pieces: undefined,
    done: false,
  };
  if (options?.asStream) holder[kState].stream = true;
}

function feed(state, bytes) {
  if (state.id === undefined && state.first === undefined) {
    // A copy, for the program may change its bytes before the digest is asked for.
    state.first = bytes.slice();
    return;
  }
  if (state.id === undefined) {
    state.id = binding.hash.create(state.algorithm, state.key);
    binding.hash.update(state.id, state.first);
  }
  binding.hash.update(state.id, bytes);
}

function finish(state) {
  state.done = true;
  if (state.id !== undefined) return binding.hash.finish(state.id);
  const bytes = state.first ?? new Uint8Array(0);
  return state.key === undefined ? binding.hash.digest(state.algorithm, bytes) :
    binding.hash.hmac(state.algorithm, state.key, bytes);
}

const streamMethods = {
  _transform(chunk, encoding, callback) {
    feed(this[kState], bytesOf(chunk, 'data', encoding));
    callback();
  },
  _flush(callback) {
    this.push(asResult(finish(this[kState])));
    callback();
  },
};

// The stream is only made when a method of streams is first used.
function streamOf(holder) {
  const state = holder[kState];
  if (state.stream === undefined) {
    const { Transform } = require('stream');
    const stream = new Transform({
      transform(chunk, encoding, callback) {
        feed(state, bytesOf(chunk, 'data', encoding));
        callback();
      },
      flush(callback) {
        this.push(asResult(finish(state)));
        callback();
      },
    });
    state.stream = stream;
  }
  return state.stream;
}

function Hash(algorithm, options) {
  if (!(this instanceof Hash)) return new Hash(algorithm, options);
  const copied = algorithm?.[kState];
  if (copied === undefined) {
    validateString(algorithm, 'algorithm');
    const name = algorithmOf(algorithm);
    if (name === undefined) throw unsupported();
    begin(this, name, undefined);
  } else {
    begin(this, copied.algorithm, undefined);
    for (const piece of copied.pieces ?? []) feed(this[kState], piece);
  }
}

function Hmac(algorithm, key, options) {
  if (!(this instanceof Hmac)) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  if (key === null || key === undefined) {
    throw new codes.ERR_INVALID_ARG_TYPE(
      'key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'], key);
  }
  const name = algorithmOf(algorithm);
  if (name === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(algorithm);
  const bytes = key instanceof ArrayBuffer ? new Uint8Array(key) :
    key[Symbol.for('tollgate.keyBytes')] ?? bytesOf(key, 'key', options?.encoding);
  begin(this, name, bytes.slice());
}

function update(data, encoding) {
  const state = this[kState];
  if (state.done) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  if (typeof data === 'string') validateEncoding(data, encoding);
  feed(state, bytesOf(data, 'data', encoding));
  return this;
}

Hash.prototype.update = update;
Hmac.prototype.update = update;

Hash.prototype.digest = function digest(encoding) {
  const state = this[kState];
  if (state.done) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  return asResult(finish(state), encoding === undefined ? undefined : `${encoding}`);
};

Hmac.prototype.digest = function digest(encoding) {
  const state = this[kState];
  // Unlike a hash, a finished HMAC gives nothing instead of an error.
  if (state.done) return asResult(new Uint8Array(0), encoding);
  return asResult(finish(state), encoding === undefined ? undefined : `${encoding}`);
};

module.exports = { Hash, Hmac, algorithms, algorithmOf, blockSizes, bytesOf };
