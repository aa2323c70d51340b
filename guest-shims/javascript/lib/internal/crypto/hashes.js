// Hash and Hmac: pieces of data into the binding, and out comes a digest.

const { codes } = require('internal/errors');
const { validateEncoding, validateString } = require('internal/validators');
const { Buffer } = require('internal/buffer/core');

const algorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];


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

// A small single piece is by far the most common: it is kept, and then one call of the binding does it all.
const keptAtMost = 65536;

function newState(algorithm, key) {
  return { algorithm, key, piece: undefined, id: undefined, done: false };
}

function beginPieces(state) {
  state.id = binding.hash.create(state.algorithm, state.key);
  if (state.piece !== undefined) binding.hash.update(state.id, state.piece);
  state.piece = undefined;
}

function feed(state, data, name, encoding) {
  const bytes = bytesOf(data, name, encoding);
  if (state.id === undefined) {
    if (state.piece === undefined && bytes.length <= keptAtMost) {
      // A copy of what the program may still change; a string has given bytes of our own.
      state.piece = typeof data === 'string' ? bytes : Uint8Array.prototype.slice.call(bytes);
      return;
    }
    beginPieces(state);
  }
  binding.hash.update(state.id, bytes);
}

function finish(state) {
  state.done = true;
  if (state.id !== undefined) return binding.hash.finish(state.id);
  const bytes = state.piece ?? new Uint8Array(0);
  return state.key === undefined ? binding.hash.digest(state.algorithm, bytes) :
    binding.hash.hmac(state.algorithm, state.key, bytes);
}

function Hash(algorithm, options) {
  if (!(this instanceof Hash)) return new Hash(algorithm, options);
  validateString(algorithm, 'algorithm');
  const name = algorithmOf(algorithm);
  if (name === undefined) throw unsupported();
  hide(this, newState(name, undefined));
}

function Hmac(algorithm, key, options) {
  if (!(this instanceof Hmac)) return new Hmac(algorithm, key, options);
  validateString(algorithm, 'hmac');
  const name = algorithmOf(algorithm);
  const bytes = keyBytes(key, options);
  if (name === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(algorithm);
  hide(this, newState(name, bytes));
}

const hide = (holder, state) => Object.defineProperty(holder, kState, { value: state });

function keyBytes(key, options) {
  if (key instanceof ArrayBuffer) return new Uint8Array(key.slice(0));
  const secretBytes = require('internal/crypto/keys').secretOf(key);
  if (secretBytes !== undefined) return secretBytes;
  if (typeof key === 'string' || ArrayBuffer.isView(key)) {
    return Uint8Array.prototype.slice.call(bytesOf(key, 'key', options?.encoding));
  }
  throw new codes.ERR_INVALID_ARG_TYPE(
    'key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'], key);
}

function update(data, encoding) {
  const state = this[kState];
  if (state.done) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  if (typeof data === 'string') validateEncoding(data, encoding);
  feed(state, data, 'data', encoding);
  return this;
}

function digest(encoding) {
  const state = this[kState];
  if (state.done) {
    // Unlike a hash, a finished HMAC gives nothing instead of an error.
    if (state.key !== undefined) return asResult(new Uint8Array(0), encoding);
    throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  }
  return asResult(finish(state), encoding === undefined ? undefined : `${encoding}`);
}

Hash.prototype.copy = function copy(options) {
  const state = this[kState];
  if (state.done) throw new codes.ERR_CRYPTO_HASH_FINALIZED();
  if (state.id !== undefined && binding.hash.copy === undefined) {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('Hash.prototype.copy of more than one piece');
  }
  const other = new Hash(state.algorithm, options);
  other[kState].piece = state.piece;
  if (state.id !== undefined) other[kState].id = binding.hash.copy(state.id);
  return other;
};

// Both are streams as well. But a stream costs more than most digests, so the object only becomes one when somebody
// looks at what all methods of streams begin with.
const streamParts = ['_readableState', '_writableState', '_events', '_eventsCount', '_maxListeners'];

for (const Class of [Hash, Hmac]) {
  const { prototype } = Class;
  const { Transform } = require('stream');
  Object.setPrototypeOf(prototype, Transform.prototype);
  Object.setPrototypeOf(Class, Transform);
  prototype.update = update;
  prototype.digest = digest;
  prototype._transform = function(chunk, encoding, callback) {
    feed(this[kState], chunk, 'data', encoding);
    callback();
  };
  prototype._flush = function(callback) {
    this.push(asResult(finish(this[kState])));
    callback();
  };
  for (const name of streamParts) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get() {
        if (!Object.hasOwn(this, kState)) return undefined;
        // The constructor looks at these as well.
        for (const part of streamParts) this[part] = undefined;
        Transform.call(this);
        return this[name];
      },
      set(value) {
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
}

module.exports = { Hash, Hmac, algorithms, algorithmOf, bytesOf, asResult };
