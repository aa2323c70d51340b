// The module `tls`: secure connections are made by the host, for fetch.

const { fill } = require('internal/unavailable');

exports.DEFAULT_ECDH_CURVE = 'auto';
exports.DEFAULT_MAX_VERSION = 'TLSv1.3';
exports.DEFAULT_MIN_VERSION = 'TLSv1.2';
exports.rootCertificates = Object.freeze([]);
exports.getCiphers = () => [];

fill(exports, 'tls', ['checkServerIdentity', 'connect', 'createSecureContext', 'createServer'],
     ['SecureContext', 'Server', 'TLSSocket'],
     (name) => (name === 'Server' ? require('events') : name === 'TLSSocket' ? require('stream').Duplex : undefined));
