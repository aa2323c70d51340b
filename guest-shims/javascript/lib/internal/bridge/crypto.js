// Random bytes and digests. What is random comes of the host, digests are computed here.

const { codes } = require('internal/errors');
const { validateInteger, validateString } = require('internal/validators');
const { asBase64, binary } = require('internal/bridge/values');

// What the web's `getRandomValues` gives at most, and whoever calls this counts on.
const mostRandom = 65536;

function algorithm(name) {
  validateString(name, 'algorithm');
  const known = require('internal/crypto/hashes').algorithmOf(name);
  if (known === undefined) throw new codes.ERR_CRYPTO_INVALID_DIGEST(name);
  return known;
}

module.exports = {
  _cryptoRandomFill(byteLength) {
    validateInteger(byteLength, 'byteLength', 0, mostRandom);
    const bytes = new Uint8Array(byteLength);
    if (byteLength > 0) binding.random.fill(bytes);
    return asBase64(bytes);
  },
  _cryptoRandomUUID: () => require('internal/crypto/random').randomUUID(),
  _cryptoHashDigest: (name, data) => asBase64(binding.hash.digest(algorithm(name), binary(data, 'data'))),
  _cryptoHmacDigest: (name, key, data) =>
    asBase64(binding.hash.hmac(algorithm(name), binary(key, 'key'), binary(data, 'data'))),
};
