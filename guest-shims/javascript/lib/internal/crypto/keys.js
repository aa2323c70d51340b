// Keys: the CryptoKey of the web, and Node's KeyObject, both only for secrets.

const { codes } = require('internal/errors');
const { customInspect, kEnumerableProperty } = require('internal/util');

const secret = Symbol();
let bytesOfKey;
let isCryptoKey;

class CryptoKey {
  #bytes;
  #algorithm;
  #extractable;
  #usages;

  constructor(key, bytes, algorithm, extractable, usages) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
    this.#bytes = bytes;
    this.#algorithm = algorithm;
    this.#extractable = extractable;
    this.#usages = usages;
  }

  static {
    isCryptoKey = (value) => value !== null && typeof value === 'object' && #bytes in value;
    bytesOfKey = (value) => value.#bytes;
  }

  get type() { return this.#bytes && 'secret'; }
  get extractable() { return this.#extractable; }
  get algorithm() { return this.#algorithm; }
  get usages() { return this.#usages; }

  [customInspect](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this;
    const { type, extractable, algorithm, usages } = this;
    return `CryptoKey ${inspect({ type, extractable, algorithm, usages }, options)}`;
  }
}

for (const name of ['type', 'extractable', 'algorithm', 'usages']) {
  Object.defineProperty(CryptoKey.prototype, name, kEnumerableProperty);
}
Object.defineProperty(CryptoKey.prototype, customInspect, { enumerable: false });
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { configurable: true, value: 'CryptoKey' });

class KeyObject {
  #bytes;

  constructor(type, bytes) {
    if (type !== 'secret') throw new codes.ERR_INVALID_ARG_VALUE('type', type);
    if (!(bytes instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE('handle', 'object', bytes);
    this.#bytes = bytes;
  }

  static from(key) {
    if (!isCryptoKey(key)) throw new codes.ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    return new KeyObject('secret', bytesOfKey(key));
  }

  static secret(value) {
    return #bytes in value ? value.#bytes : undefined;
  }

  get type() { return 'secret'; }
  get symmetricKeySize() { return this.#bytes.length; }

  export(options = undefined) {
    const format = options?.format;
    if (format !== undefined && format !== 'buffer') {
      require('internal/validators').validateOneOf(format, 'options.format', [undefined, 'buffer', 'jwk']);
    }
    const { Buffer } = require('internal/buffer/core');
    if (format === 'jwk') return { kty: 'oct', k: Buffer.from(this.#bytes).toString('base64url') };
    return Buffer.from(this.#bytes);
  }

  equals(other) {
    const bytes = secretOf(other);
    if (bytes === undefined) throw new codes.ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', other);
    return require('internal/crypto').sameBytes(this.#bytes, bytes);
  }
}

const { secret: secretOfKeyObject } = KeyObject;
delete KeyObject.secret;

// The bytes of a secret of either kind, undefined for anything else.
function secretOf(value) {
  if (value === null || typeof value !== 'object') return undefined;
  return isCryptoKey(value) ? bytesOfKey(value) : secretOfKeyObject(value);
}

function createSecretKey(key, encoding) {
  let bytes;
  if (typeof key === 'string') bytes = require('internal/buffer/core').Buffer.from(key, encoding);
  else if (ArrayBuffer.isView(key)) bytes = new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
  else if (key instanceof ArrayBuffer) bytes = new Uint8Array(key);
  else throw new codes.ERR_INVALID_ARG_TYPE('key', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], key);
  return new KeyObject('secret', Uint8Array.prototype.slice.call(bytes));
}

const newCryptoKey = (...args) => new CryptoKey(secret, ...args);

module.exports = { CryptoKey, KeyObject, secretOf, createSecretKey, newCryptoKey, isCryptoKey };
