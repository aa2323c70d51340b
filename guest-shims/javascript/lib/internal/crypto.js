// The web's `crypto`.

const { codes } = require('internal/errors');
const { defineLazy, kEnumerableProperty } = require('internal/util');

const secret = Symbol();
const integers = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array',
                  'Uint32Array', 'BigInt64Array', 'BigUint64Array'];
const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function failure(name, message) {
  const { DOMException } = require('internal/domexception');
  return new DOMException(message, name);
}

class Crypto {
  #here = true;

  constructor(key) {
    if (key !== secret) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#here in value)) throw new codes.ERR_INVALID_THIS('Crypto');
  }

  get subtle() {
    Crypto.#check(this);
    return require('internal/crypto/subtle').subtle;
  }

  getRandomValues(array) {
    Crypto.#check(this);
    if (arguments.length < 1) throw new codes.ERR_MISSING_ARGS('array');
    if (!ArrayBuffer.isView(array) || !integers.includes(kindOf.call(array))) {
      throw failure('TypeMismatchError', 'The data argument must be an integer-type TypedArray');
    }
    if (array.byteLength > 65536) {
      throw failure('QuotaExceededError',
        'The requested length exceeds 65,536 bytes');
    }
    if (array.byteLength > 0) binding.random.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return array;
  }

  randomUUID() {
    Crypto.#check(this);
    return require('internal/crypto/random').randomUUID();
  }
}

for (const name of ['subtle', 'getRandomValues', 'randomUUID']) {
  Object.defineProperty(Crypto.prototype, name, kEnumerableProperty);
}
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { configurable: true, value: 'Crypto' });

const crypto = new Crypto(secret);

// Looks at every byte whatever it has found, so that its time tells nothing.
function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

module.exports = { crypto, webcrypto: crypto, Crypto, sameBytes };
defineLazy(module.exports, 'internal/crypto/keys', ['CryptoKey']);
defineLazy(module.exports, 'internal/crypto/subtle', ['SubtleCrypto']);
