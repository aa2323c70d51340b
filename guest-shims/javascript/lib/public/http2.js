// The module `http2`: the host speaks it for fetch where it can.

const { fill } = require('internal/unavailable');

// Packages take the names of headers from here while they load.
exports.constants = Object.freeze({
  __proto__: null,
  HTTP2_HEADER_STATUS: ':status',
  HTTP2_HEADER_METHOD: ':method',
  HTTP2_HEADER_AUTHORITY: ':authority',
  HTTP2_HEADER_SCHEME: ':scheme',
  HTTP2_HEADER_PATH: ':path',
  HTTP2_HEADER_PROTOCOL: ':protocol',
  HTTP2_HEADER_ACCEPT: 'accept',
  HTTP2_HEADER_ACCEPT_ENCODING: 'accept-encoding',
  HTTP2_HEADER_AUTHORIZATION: 'authorization',
  HTTP2_HEADER_CONTENT_ENCODING: 'content-encoding',
  HTTP2_HEADER_CONTENT_LENGTH: 'content-length',
  HTTP2_HEADER_CONTENT_TYPE: 'content-type',
  HTTP2_HEADER_COOKIE: 'cookie',
  HTTP2_HEADER_HOST: 'host',
  HTTP2_HEADER_LOCATION: 'location',
  HTTP2_HEADER_SET_COOKIE: 'set-cookie',
  HTTP2_HEADER_USER_AGENT: 'user-agent',
  HTTP2_METHOD_CONNECT: 'CONNECT',
  HTTP2_METHOD_DELETE: 'DELETE',
  HTTP2_METHOD_GET: 'GET',
  HTTP2_METHOD_HEAD: 'HEAD',
  HTTP2_METHOD_OPTIONS: 'OPTIONS',
  HTTP2_METHOD_PATCH: 'PATCH',
  HTTP2_METHOD_POST: 'POST',
  HTTP2_METHOD_PUT: 'PUT',
  NGHTTP2_NO_ERROR: 0,
  NGHTTP2_CANCEL: 8,
});
exports.sensitiveHeaders = Symbol('nodejs.http2.sensitiveHeaders');

fill(exports, 'http2', [
  'connect', 'createSecureServer', 'createServer', 'getDefaultSettings', 'getPackedSettings', 'getUnpackedSettings',
  'performServerHandshake',
], ['Http2ServerRequest', 'Http2ServerResponse']);
