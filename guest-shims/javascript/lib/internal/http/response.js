// The answer of a server.

const { codes } = require('internal/errors');
const { Channel } = require('internal/fetch/channel');
const { OutgoingMessage, flat, lengthOf } = require('internal/http/outgoing');

const { serve: wire } = binding;

const kExchange = Symbol('exchange');
const kChannel = Symbol('channel');
const kHasBody = Symbol('has body');

function ServerResponse(request, options) {
  Reflect.apply(OutgoingMessage, this, [options]);
  this.req = request;
  this.statusCode = 200;
  this.statusMessage = undefined;
  this[kExchange] = undefined;
  this[kChannel] = undefined;
  this[kHasBody] = request?.method !== 'HEAD';
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

const withoutBody = (status) => status === 204 || status === 304 || status < 200;

function send(response) {
  if (response.headersSent) return;
  const status = response.statusCode;
  if (withoutBody(status)) response[kHasBody] = false;
  const list = flat(response).filter((_, at, all) => response[kHasBody] ||
    all[at - at % 2].toLowerCase() !== 'content-length');
  const length = lengthOf(response);
  if (response[kHasBody] && length !== null && !response.hasHeader('content-length') &&
      !response.hasHeader('transfer-encoding')) {
    list.push('Content-Length', `${length}`);
  }
  response.headersSent = true;
  response._header = `HTTP/1.1 ${status}`;
  if (response[kExchange] === undefined) return;
  wire.respond(response[kExchange], status, list);
  response[kChannel] = new Channel(wire.output, response[kExchange]);
}

function fields(headers) {
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) return headers;
    const pairs = [];
    for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at], headers[at + 1]]);
    return pairs;
  }
  return Object.entries(headers ?? {});
}

const methods = {
  writeHead(status, reason, headers) {
    if (this.headersSent) throw new codes.ERR_HTTP_HEADERS_SENT('write');
    const number = status | 0;
    if (number < 100 || number > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE(status);
    const given = typeof reason === 'string' ? headers : headers ?? reason;
    this.statusCode = number;
    this.statusMessage = typeof reason === 'string' ? reason : this.statusMessage;
    if (Array.isArray(given)) {
      // Of a list, each may be said several times.
      for (const [name] of fields(given)) this.removeHeader(name);
      for (const [name, value] of fields(given)) this.appendHeader(name, value);
    } else {
      for (const [name, value] of fields(given)) if (name) this.setHeader(name, value);
    }
    return this;
  },

  writeContinue(callback) { if (callback) process.nextTick(callback); },
  writeProcessing(callback) { if (callback) process.nextTick(callback); },
  writeEarlyHints(hints, callback) { if (callback) process.nextTick(callback); },
  assignSocket(socket) { this.socket = socket; },
  detachSocket() { this.socket = null; },
  _implicitHeader() { send(this); },

  _write(chunk, encoding, callback) {
    try {
      send(this);
    } catch (error) {
      callback(error);
      return;
    }
    if (this[kChannel] === undefined || !this[kHasBody]) callback();
    else this[kChannel].send(chunk).then(() => callback(), callback);
  },

  _final(callback) {
    try {
      send(this);
      this[kChannel]?.finish();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },

  // What was not finished is cut off, so that nobody takes it for whole.
  _destroy(error, callback) {
    const exchange = this[kExchange];
    if (exchange !== undefined) {
      this[kExchange] = undefined;
      this[kChannel]?.close(error ?? undefined);
      const { req: request } = this;
      // A request that is being read is read to its end; what nobody wants is let go of, before what it is a part of.
      const isRead = request.readableFlowing || request.listenerCount('readable') > 0;
      if (!error && isRead && !request.readableEnded && !request.destroyed) {
        request.once('close', () => wire.close(exchange));
      } else {
        request.destroy();
        wire.close(exchange);
      }
    }
    callback(error);
  },
};
methods.writeHeader = methods.writeHead;
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ServerResponse.prototype, name, { value, writable: true, configurable: true });
}

// The answer to a request that came in under a number.
function answers(response, exchange) { response[kExchange] = exchange; }

module.exports = { ServerResponse, answers };
