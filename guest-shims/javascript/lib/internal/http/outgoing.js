// A message that goes out: fields, which can be changed until they are sent, and a body.

const { Writable } = require('stream');
const { codes } = require('internal/errors');
const { ofConnection } = require('internal/http/fields');

// By its name in small letters: the name as it was given, and its value.
const kFields = Symbol('fields');
const kLength = Symbol('length');

// A function, because programs call it on objects of their own.
function OutgoingMessage(options) {
  Reflect.apply(Writable, this, [{ ...options, decodeStrings: true }]);
  this[kFields] = new Map();
  this[kLength] = undefined;
  this._header = null;
  this.headersSent = false;
  this.sendDate = false;
  this.shouldKeepAlive = false;
  this.chunkedEncoding = false;
  this.useChunkedEncodingByDefault = true;
  this.finished = false;
  this.socket = null;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Writable.prototype);
Object.setPrototypeOf(OutgoingMessage, Writable);

const methods = {
  setHeader(name, value) {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT('set');
    const { validateHeaderName, validateHeaderValue } = require('http');
    validateHeaderName(name);
    if (Array.isArray(value)) for (const each of value) validateHeaderValue(name, each);
    else validateHeaderValue(name, value);
    this[kFields].set(name.toLowerCase(), [name, value]);
    return this;
  },

  appendHeader(name, value) {
    const before = this.getHeader(name);
    return this.setHeader(name, before === undefined ? value : [before, value].flat());
  },

  setHeaders(headers) {
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  },

  getHeader(name) {
    return this[kFields].get(`${name}`.toLowerCase())?.[1];
  },

  getHeaders() {
    const headers = { __proto__: null };
    for (const [key, [, value]] of this[kFields]) headers[key] = value;
    return headers;
  },

  getHeaderNames() { return [...this[kFields].keys()]; },

  getRawHeaderNames() { return [...this[kFields].values()].map(([name]) => name); },

  hasHeader(name) { return this[kFields].has(`${name}`.toLowerCase()); },

  removeHeader(name) {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT('remove');
    this[kFields].delete(`${name}`.toLowerCase());
  },

  // What follows a body is not sent.
  addTrailers() {},

  setTimeout(milliseconds, callback) {
    if (callback !== undefined) this.on('timeout', callback);
    return this;
  },

  flushHeaders() { this._implicitHeader(); },

  // A body that is given whole says how long it is.
  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') return Reflect.apply(Writable.prototype.end, this, [chunk]);
    if (!this.headersSent && !this.finished && this[kLength] === undefined) {
      const bytes = chunk === undefined || chunk === null ? 0 :
        typeof chunk === 'string' ? Buffer.byteLength(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk.byteLength;
      this[kLength] = bytes;
    }
    this.finished = true;
    return Reflect.apply(Writable.prototype.end, this, [chunk, encoding, callback]);
  },

  write(chunk, encoding, callback) {
    // Sent before its end is known.
    this[kLength] = null;
    return Reflect.apply(Writable.prototype.write, this, [chunk, encoding, callback]);
  },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(OutgoingMessage.prototype, name, { value, writable: true, configurable: true });
}
Object.defineProperty(OutgoingMessage.prototype, 'connection', {
  configurable: true,
  get() { return this.socket; },
  set(socket) { this.socket = socket; },
});

// Names and values one behind the other, as they are sent.
function flat(message) {
  const list = [];
  for (const [key, [name, value]] of message[kFields]) {
    if (ofConnection.has(key)) continue;
    for (const each of Array.isArray(value) ? value : [value]) list.push(name, `${each}`);
  }
  return list;
}

// How long the body is, where it was given whole.
const lengthOf = (message) => message[kLength] ?? null;

module.exports = { OutgoingMessage, flat, lengthOf };
