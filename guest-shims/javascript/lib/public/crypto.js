// The module `crypto`: digests, HMAC and random numbers. Ciphers, curves and certificates are not there.

const { codes } = require('internal/errors');
const { defineLazy } = require('internal/util');

const bytesOf = (value) => (ArrayBuffer.isView(value) ?
  new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value));

const isSource = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

function createHash(algorithm, options) {
  const { Hash } = require('internal/crypto/hashes');
  return new Hash(algorithm, options);
}

function createHmac(algorithm, key, options) {
  const { Hmac } = require('internal/crypto/hashes');
  return new Hmac(algorithm, key, options);
}

function hash(algorithm, data, outputEncoding = 'hex') {
  const { validateString } = require('internal/validators');
  validateString(algorithm, 'algorithm');
  return createHash(algorithm).update(data).digest(outputEncoding);
}

function getHashes() {
  return ['RSA-MD5', 'RSA-SHA1', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA384', 'RSA-SHA512',
          ...require('internal/crypto/hashes').algorithms];
}

function timingSafeEqual(buf1, buf2) {
  if (!isSource(buf1)) {
    throw new codes.ERR_INVALID_ARG_TYPE('buf1', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], buf1);
  }
  if (!isSource(buf2)) {
    throw new codes.ERR_INVALID_ARG_TYPE('buf2', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], buf2);
  }
  if (buf1.byteLength !== buf2.byteLength) throw new codes.ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return require('internal/crypto').sameBytes(bytesOf(buf1), bytesOf(buf2));
}

// ---- keys out of passwords, which are digests again and again ------------------------------------------------------

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const { validateInt32, validateString } = require('internal/validators');
  validateString(digest, 'digest');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(keylen, 'keylen', 0);
  const { algorithmOf, bytesOf: inputBytes } = require('internal/crypto/hashes');
  const algorithm = algorithmOf(digest);
  if (algorithm === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(digest);
  const { Buffer } = require('buffer');
  const secret = isSource(password) ? bytesOf(password) : inputBytes(password, 'password');
  const seasoning = isSource(salt) ? bytesOf(salt) : inputBytes(salt, 'salt');
  const out = Buffer.alloc(keylen);
  for (let block = 1, at = 0; at < keylen; block++) {
    const head = Buffer.concat([seasoning, Buffer.of(block >>> 24, block >>> 16, block >>> 8, block)]);
    let last = binding.hash.hmac(algorithm, secret, head);
    const sum = Uint8Array.prototype.slice.call(last);
    for (let i = 1; i < iterations; i++) {
      last = binding.hash.hmac(algorithm, secret, last);
      for (let k = 0; k < sum.length; k++) sum[k] ^= last[k];
    }
    out.set(sum.subarray(0, Math.min(sum.length, keylen - at)), at);
    at += sum.length;
  }
  return out;
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') {
    callback = digest;
    digest = undefined;
  }
  require('internal/validators').validateFunction(callback, 'callback');
  const key = pbkdf2Sync(password, salt, iterations, keylen, digest);
  globalThis.process.nextTick(callback, null, key);
}

function hkdfSync(digest, ikm, salt, info, length) {
  const { validateInteger, validateString } = require('internal/validators');
  validateString(digest, 'digest');
  validateInteger(length, 'length', 0);
  const { algorithmOf, bytesOf: inputBytes } = require('internal/crypto/hashes');
  const { secretOf } = require('internal/crypto/keys');
  const algorithm = algorithmOf(digest);
  if (algorithm === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(digest);
  const asBytes = (value, name) => (isSource(value) ? bytesOf(value) : inputBytes(value, name));
  const { Buffer } = require('buffer');
  const seed = binding.hash.hmac(algorithm, asBytes(salt, 'salt'), secretOf(ikm) ?? asBytes(ikm, 'ikm'));
  const label = asBytes(info, 'info');
  if (length > 255 * seed.length) throw new codes.ERR_CRYPTO_INVALID_KEYLEN();
  const out = new Uint8Array(length);
  let last = new Uint8Array(0);
  for (let block = 1, at = 0; at < length; block++) {
    last = binding.hash.hmac(algorithm, seed, Buffer.concat([last, label, Buffer.of(block)]));
    out.set(last.subarray(0, Math.min(last.length, length - at)), at);
    at += last.length;
  }
  return out.buffer;
}

function hkdf(digest, ikm, salt, info, length, callback) {
  require('internal/validators').validateFunction(callback, 'callback');
  const key = hkdfSync(digest, ikm, salt, info, length);
  globalThis.process.nextTick(callback, null, key);
}

module.exports = {
  createHash, createHmac, getHashes, hash, hkdf, hkdfSync, pbkdf2, pbkdf2Sync, timingSafeEqual,
  getCiphers: () => [],
  getCurves: () => [],
  getFips: () => 0,
  getRandomValues: (array) => require('internal/crypto').crypto.getRandomValues(array),
};

// All that needs a cipher, a curve or big primes.
for (const name of [
  'checkPrime', 'checkPrimeSync', 'createCipheriv', 'createDecipheriv', 'createDiffieHellman',
  'createDiffieHellmanGroup', 'createECDH', 'createPrivateKey', 'createPublicKey', 'createSign', 'createVerify',
  'diffieHellman', 'generateKeyPair', 'generateKeyPairSync', 'generatePrime', 'generatePrimeSync', 'getCipherInfo',
  'getDiffieHellman', 'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'publicEncrypt', 'scrypt', 'scryptSync',
  'setEngine', 'setFips', 'sign', 'verify',
]) {
  module.exports[name] = { [name]() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`crypto.${name}`); } }[name];
}

defineLazy(module.exports, 'internal/crypto/random', ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt',
                                                      'randomUUID']);
defineLazy(module.exports, 'internal/crypto/hashes', ['Hash', 'Hmac']);
defineLazy(module.exports, 'internal/crypto/keys', ['KeyObject', 'createSecretKey']);
defineLazy(module.exports, 'internal/crypto', ['webcrypto']);
Object.defineProperty(module.exports, 'subtle', {
  configurable: true,
  enumerable: true,
  get() { return require('internal/crypto').crypto.subtle; },
});
