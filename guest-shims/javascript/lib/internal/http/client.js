// Requests, over the same wire as fetch: one exchange each, and no socket that a program could have.

const { codes } = require('internal/errors');
const { Exchange } = require('internal/fetch/exchange');
const { IncomingMessage, feed } = require('internal/http/incoming');
const { OutgoingMessage, flat, lengthOf } = require('internal/http/outgoing');

const kExchange = Symbol('exchange');
const kUrl = Symbol('url');

const mayHaveNone = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

// What `request` was called with, as one object.
function merged(input, options, protocol) {
  const { URL, urlToHttpOptions } = require('url');
  let given = {};
  if (typeof input === 'string') given = urlToHttpOptions(new URL(input));
  else if (input instanceof URL) given = urlToHttpOptions(input);
  else options = input;
  given = { ...given, ...options };
  given.protocol ??= protocol;
  return given;
}

function ClientRequest(input, options, callback, protocol = 'http:') {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  Reflect.apply(OutgoingMessage, this, [{ autoDestroy: false }]);
  const given = merged(input, options, protocol);
  if (given.protocol !== 'http:' && given.protocol !== 'https:') throw new codes.ERR_INVALID_PROTOCOL(given.protocol, protocol);
  this.method = `${given.method ?? 'GET'}`.toUpperCase();
  this.protocol = given.protocol;
  this.host = given.hostname ?? given.host ?? 'localhost';
  this.path = given.path ?? '/';
  this.agent = given.agent;
  this.aborted = false;
  this.reusedSocket = false;
  this[kExchange] = undefined;
  const host = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
  const port = given.port === undefined || given.port === null || given.port === '' ? '' : `:${given.port}`;
  this[kUrl] = `${this.protocol}//${host}${port}${this.path}`;
  const { headers } = given;
  if (Array.isArray(headers)) for (let at = 0; at + 1 < headers.length; at += 2) this.appendHeader(headers[at], headers[at + 1]);
  else for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) this.setHeader(name, value);
  if (given.auth && !this.hasHeader('authorization')) {
    this.setHeader('Authorization', `Basic ${Buffer.from(given.auth).toString('base64')}`);
  }
  if (callback !== undefined) this.once('response', callback);
  const { signal } = given;
  if (signal) {
    const abort = () => { this.destroy(signal.reason); };
    if (signal.aborted) process.nextTick(abort);
    else signal.addEventListener('abort', abort, { once: true });
  }
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

function send(request, hasBody) {
  if (request.headersSent) return;
  const headers = flat(request).filter((_, at, all) => all[at - at % 2].toLowerCase() !== 'host');
  const length = lengthOf(request);
  if (length !== null && !request.hasHeader('content-length') && (length > 0 || !mayHaveNone.has(request.method))) {
    headers.push('Content-Length', `${length}`);
  }
  request.headersSent = true;
  request[kExchange] = new Exchange(request.method, request[kUrl], headers, hasBody);
}

async function receive(request) {
  const exchange = request[kExchange];
  const [status, fields] = await exchange.response();
  const response = new IncomingMessage(null);
  response.statusCode = status;
  response.statusMessage = require('http').STATUS_CODES[status] ?? '';
  response.rawHeaders = fields;
  response.req = request;
  request.res = response;
  feed(response, exchange);
  response.on('close', () => { request.destroy(); });
  // What nobody takes is thrown away, so that its connection is free.
  if (!request.emit('response', response)) response.resume();
}

const methods = {
  _implicitHeader() { send(this, true); },

  _write(chunk, encoding, callback) {
    try {
      send(this, true);
    } catch (error) {
      callback(error);
      return;
    }
    this[kExchange].send(chunk).then(() => callback(), callback);
  },

  _final(callback) {
    try {
      const hasBody = this.headersSent;
      send(this, false);
      if (hasBody) this[kExchange].finish();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
    receive(this).catch((error) => { this.destroy(error); });
  },

  // Node keeps a request until its answer is read.
  _destroy(error, callback) {
    this[kExchange]?.close();
    callback(error);
  },

  abort() {
    this.aborted = true;
    process.nextTick(() => this.emit('abort'));
    this.destroy();
  },

  setNoDelay() {},
  setSocketKeepAlive() {},
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ClientRequest.prototype, name, { value, writable: true, configurable: true });
}

module.exports = { ClientRequest };
