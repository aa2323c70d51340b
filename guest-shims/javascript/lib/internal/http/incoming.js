// A message that came in: a request to a server, or the answer to a client.

const { Readable } = require('stream');
const { collected } = require('internal/http/fields');

// A function, because programs call it on objects of their own.
function IncomingMessage(socket) {
  Reflect.apply(Readable, this, [{ highWaterMark: socket?.readableHighWaterMark }]);
  this.socket = socket ?? null;
  this.httpVersionMajor = 1;
  this.httpVersionMinor = 1;
  this.httpVersion = '1.1';
  this.complete = false;
  this.rawHeaders = [];
  this.rawTrailers = [];
  this.joinDuplicateHeaders = false;
  this.aborted = false;
  this.upgrade = null;
  this.url = '';
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this.client = this.socket;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

const kHeaders = Symbol('headers');
const kSource = Symbol('source');

function lazily(name, make) {
  Object.defineProperty(IncomingMessage.prototype, name, {
    configurable: true,
    enumerable: false,
    get() { return make(this); },
    set(value) { Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
}

lazily('headers', (message) => message[kHeaders] ??= collected(message.rawHeaders));
lazily('headersDistinct', (message) => {
  const distinct = { __proto__: null };
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    (distinct[message.rawHeaders[at].toLowerCase()] ??= []).push(message.rawHeaders[at + 1]);
  }
  return distinct;
});
lazily('trailers', () => ({}));
lazily('trailersDistinct', () => ({}));
Object.defineProperty(IncomingMessage.prototype, 'connection', {
  configurable: true,
  get() { return this.socket; },
  set(socket) { this.socket = socket; },
});

IncomingMessage.prototype.setTimeout = function setTimeout(milliseconds, callback) {
  if (callback !== undefined) this.on('timeout', callback);
  return this;
};

IncomingMessage.prototype._read = function _read() {
  const source = this[kSource];
  if (source === undefined || source === null) {
    this.complete = true;
    this.push(null);
    return;
  }
  source.read().then((bytes) => {
    if (bytes === null) {
      this[kSource] = null;
      this.complete = true;
      this.push(null);
    } else {
      this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
  }, (error) => { this.destroy(error); });
};

IncomingMessage.prototype._destroy = function _destroy(error, callback) {
  const source = this[kSource];
  this[kSource] = null;
  if (!this.readableEnded || !this.complete) this.aborted = true;
  source?.close();
  callback(error);
};

// What its body is read from: `read` gives bytes, or null at the end.
function feed(message, source) { message[kSource] = source; }

module.exports = { IncomingMessage, feed };
