// SubtleCrypto: digests and HMAC. For all else there is no algorithm in the binding, and the standard has an error.

const { codes } = require('internal/errors');
const { isCryptoKey, newCryptoKey, secretOf } = require('internal/crypto/keys');

const digests = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const blockBits = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };
const secret = Symbol();

function failure(name, message) {
  const { DOMException } = require('internal/domexception');
  return new DOMException(message, name);
}

function digestName(algorithm) {
  const given = typeof algorithm === 'string' ? algorithm : algorithm?.name;
  if (given === undefined) throw new codes.ERR_INVALID_ARG_TYPE('algorithm', ['string', 'Object'], algorithm);
  const name = `${given}`.toUpperCase();
  if (digests[name] === undefined) throw failure('NotSupportedError', 'Unrecognized algorithm name');
  return name;
}

function checkHmac(algorithm) {
  const given = typeof algorithm === 'string' ? algorithm : algorithm?.name;
  if (`${given}`.toUpperCase() !== 'HMAC') throw failure('NotSupportedError', 'Unrecognized algorithm name');
}

function bytesOf(data, name) {
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], data);
}

const ownBuffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

function checkUsages(usages) {
  const list = [...usages];
  for (const usage of list) {
    if (usage !== 'sign' && usage !== 'verify') {
      throw failure('SyntaxError', 'Unsupported key usage for an HMAC key');
    }
  }
  if (list.length === 0) throw failure('SyntaxError', 'Usages cannot be empty when creating a key.');
  return ['sign', 'verify'].filter((usage) => list.includes(usage));
}

function makeKey(bytes, hash, extractable, usages) {
  return newCryptoKey(bytes, { name: 'HMAC', length: bytes.length * 8, hash: { name: hash } }, Boolean(extractable),
                      usages);
}

function usable(key, usage) {
  if (!isCryptoKey(key)) throw new codes.ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
  if (!key.usages.includes(usage)) throw failure('InvalidAccessError', `Unable to use this key to ${usage}`);
}

const mac = (key, data) => binding.hash.hmac(digests[key.algorithm.hash.name], secretOf(key), data);

class SubtleCrypto {
  constructor(key) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  async digest(algorithm, data) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('algorithm', 'data');
    const name = digestName(algorithm);
    return ownBuffer(binding.hash.digest(digests[name], bytesOf(data, 'data')));
  }

  async generateKey(algorithm, extractable, keyUsages) {
    if (arguments.length < 3) throw new codes.ERR_MISSING_ARGS('algorithm', 'extractable', 'keyUsages');
    checkHmac(algorithm);
    const hash = digestName(algorithm.hash);
    const usages = checkUsages(keyUsages);
    const length = algorithm.length ?? blockBits[hash];
    if (!(length > 0)) throw failure('OperationError', 'Zero-length key is not supported');
    if (length % 8 !== 0) throw failure('NotSupportedError', 'Unsupported key length');
    const bytes = new Uint8Array(length / 8);
    binding.random.fill(bytes);
    return makeKey(bytes, hash, extractable, usages);
  }

  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    if (arguments.length < 4) throw new codes.ERR_MISSING_ARGS('format', 'keyData', 'algorithm', 'extractable');
    checkHmac(algorithm);
    const hash = digestName(algorithm.hash);
    const usages = checkUsages(keyUsages);
    let bytes;
    if (format === 'raw') {
      bytes = bytesOf(keyData, 'keyData').slice();
    } else if (format === 'jwk') {
      if (keyData?.kty !== 'oct') throw failure('DataError', 'Invalid JWK "kty" Parameter');
      bytes = require('internal/buffer/core').Buffer.from(keyData.k, 'base64url').slice();
    } else {
      throw failure('NotSupportedError', `Unable to import HMAC key with format ${format}`);
    }
    if (bytes.length === 0) throw failure('DataError', 'Zero-length key is not supported');
    return makeKey(new Uint8Array(bytes), hash, extractable, usages);
  }

  async exportKey(format, key) {
    if (!isCryptoKey(key)) throw new codes.ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    if (!key.extractable) throw failure('InvalidAccessError', 'key is not extractable');
    const bytes = secretOf(key);
    if (format === 'raw') return ownBuffer(bytes);
    if (format === 'jwk') {
      return {
        key_ops: [...key.usages],
        ext: key.extractable,
        kty: 'oct',
        k: require('internal/buffer/core').Buffer.from(bytes).toString('base64url'),
        alg: `HS${key.algorithm.hash.name.slice(4)}`,
      };
    }
    throw failure('NotSupportedError', `Unable to export a raw key with format ${format}`);
  }

  async sign(algorithm, key, data) {
    if (arguments.length < 3) throw new codes.ERR_MISSING_ARGS('algorithm', 'key', 'data');
    checkHmac(algorithm);
    usable(key, 'sign');
    return ownBuffer(mac(key, bytesOf(data, 'data')));
  }

  async verify(algorithm, key, signature, data) {
    if (arguments.length < 4) throw new codes.ERR_MISSING_ARGS('algorithm', 'key', 'signature', 'data');
    checkHmac(algorithm);
    usable(key, 'verify');
    const expected = mac(key, bytesOf(data, 'data'));
    return require('internal/crypto').sameBytes(bytesOf(signature, 'signature'), expected);
  }
}

// Each of these needs ciphers or curves, which no component here has.
for (const name of ['encrypt', 'decrypt', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey']) {
  Object.defineProperty(SubtleCrypto.prototype, name, {
    configurable: true,
    writable: true,
    value: { async [name]() { throw failure('NotSupportedError', `${name} is not supported on this platform`); } }[name],
  });
}
for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) {
  if (name !== 'constructor') Object.defineProperty(SubtleCrypto.prototype, name, { enumerable: true });
}
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { configurable: true, value: 'SubtleCrypto' });

module.exports = { SubtleCrypto, subtle: new SubtleCrypto(secret) };
