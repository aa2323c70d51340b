// A server at a port of the network that the run is in.

const EventEmitter = require('events');
const { codes, systemError } = require('internal/errors');
const { Channel } = require('internal/fetch/channel');
const { IncomingMessage, feed } = require('internal/http/incoming');
const { ServerResponse, answers } = require('internal/http/response');
const loop = require('internal/loop');
const { validateFunction, validateObject } = require('internal/validators');

const { serve: wire, server: ports } = binding;

// Requests that are taken before the loop goes on.
const mostAtOnce = 64;

const kServer = Symbol('server');
const kWatch = Symbol('watch');
const kOpen = Symbol('open');
const kRef = Symbol('ref');
const kAddress = Symbol('address');
const kOptions = Symbol('options');

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  Reflect.apply(EventEmitter, this, []);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  } else if (options !== undefined && options !== null) {
    validateObject(options, 'options');
  }
  if (listener !== undefined && listener !== null) {
    validateFunction(listener, 'listener');
    this.on('request', listener);
  }
  this[kOptions] = options ?? {};
  this[kServer] = undefined;
  this[kWatch] = undefined;
  this[kOpen] = new Set();
  this[kRef] = true;
  this[kAddress] = null;
  this.listening = false;
  this.timeout = 0;
  this.keepAliveTimeout = 5000;
  this.headersTimeout = 60000;
  this.requestTimeout = 300000;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

function portOf(value) {
  const port = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new codes.ERR_SOCKET_BAD_PORT('options.port', value);
  return port;
}

// [port, host] of what `listen` was called with.
function place(args) {
  const [first, second] = args;
  if (first === undefined || first === null || typeof first === 'function') return [0, undefined];
  if (typeof first === 'object') {
    if (first.path !== undefined && first.port === undefined) return unsupported();
    return [portOf(first.port ?? 0), first.host];
  }
  if (typeof first === 'string' && !/^\s*\d+\s*$/.test(first)) return unsupported();
  return [portOf(first), typeof second === 'string' ? second : undefined];
}

function unsupported() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('a server that listens at a path');
}

function refused(error, host, port) {
  const made = systemError({ code: error.code, syscall: 'listen' });
  const text = error.code === 'ENOTSUP' || error.code === 'EACCES' ? error.message : made.message.replace(/^\w+: |, listen$/g, '');
  made.message = `listen ${error.code}: ${text} ${host ?? '::'}${port === 0 ? '' : `:${port}`}`;
  return Object.assign(made, { address: host ?? '::', port });
}

class Socket extends EventEmitter {
  constructor(port) {
    super();
    this.remoteAddress = '127.0.0.1';
    this.remoteFamily = 'IPv4';
    this.remotePort = 0;
    this.localAddress = '127.0.0.1';
    this.localPort = port;
    this.encrypted = false;
    this.destroyed = false;
    this.readable = true;
    this.writable = true;
  }

  setTimeout(milliseconds, callback) { return this; }
  setNoDelay() { return this; }
  setKeepAlive() { return this; }
  ref() { return this; }
  unref() { return this; }
  address() { return { address: this.localAddress, family: 'IPv4', port: this.localPort }; }
}

function receive(server, exchange) {
  const [method, href, fields, url] = wire.request(exchange);
  const socket = new Socket(server[kAddress]?.port);
  const request = new (server[kOptions].IncomingMessage ?? IncomingMessage)(socket);
  request.method = method;
  request.url = url;
  // Whom it is for and how it is carried the host tells apart from its fields, or not at all.
  request.rawHeaders = [...fields, 'host', href.slice('http://'.length, href.length - url.length), 'connection', 'close'];
  if (fields.some((field, at) => at % 2 === 0 && field === 'content-length')) feed(request, new Channel(wire.input, exchange));
  const response = new (server[kOptions].ServerResponse ?? ServerResponse)(request);
  response.socket = socket;
  answers(response, exchange);
  server[kOpen].add(response);
  socket.destroy = (error) => {
    socket.destroyed = true;
    response.destroy(error);
    return socket;
  };
  response.once('close', () => {
    server[kOpen].delete(response);
    socket.emit('close', false);
    finished(server);
  });
  // Whoever asked may be gone before the answer is; without a listener of the program's that ends nothing.
  response.on('error', () => {});
  request.on('error', () => {});
  return [request, response];
}

// A handler that throws costs its own request, and no other.
function handle(server, exchange) {
  const [request, response] = receive(server, exchange);
  try {
    if (!server.emit('request', request, response)) response.end();
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end(shown(error));
  }
}

function shown(error) {
  try {
    return `${error}`;
  } catch {
    return 'Error';
  }
}

function ready(server) {
  server[kWatch] = undefined;
  for (let taken = 0; taken < mostAtOnce && server[kServer] !== undefined; taken++) {
    const exchange = ports.accept(server[kServer]);
    if (exchange === 0) break;
    handle(server, exchange);
  }
  watch(server);
}

function watch(server) {
  if (server[kServer] === undefined) return;
  const work = () => ready(server);
  server[kWatch] = loop.watch(ports.watch(server[kServer]), work, { ref: server[kRef], type: 'TCPServerWrap', owner: server });
}

function finished(server) {
  if (server[kServer] === undefined && !server.listening && server[kOpen].size === 0 && server.closing) {
    server.closing = false;
    process.nextTick(() => server.emit('close'));
  }
}

const methods = {
  listen(...args) {
    if (this[kServer] !== undefined || this.listening) throw new codes.ERR_SERVER_ALREADY_LISTEN();
    const callback = args.findLast((each) => typeof each === 'function');
    const [port, host] = place(args);
    if (callback !== undefined) this.once('listening', callback);
    try {
      const [server, found] = ports.listen(host ?? '::', port);
      this[kServer] = server;
      const address = host === undefined ? '::' : host === 'localhost' ? '127.0.0.1' : host;
      this[kAddress] = { address, family: address.includes(':') ? 'IPv6' : 'IPv4', port: found };
    } catch (error) {
      const made = refused(error, host, port);
      process.nextTick(() => this.emit('error', made));
      return this;
    }
    this.listening = true;
    this.closing = false;
    watch(this);
    process.nextTick(() => { if (this[kServer] !== undefined) this.emit('listening'); });
    return this;
  },

  address() { return this[kAddress]; },

  close(callback) {
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      if (this.listening) this.once('close', () => callback());
      else this.once('close', () => callback(new codes.ERR_SERVER_NOT_RUNNING()));
    }
    if (this[kWatch] !== undefined) loop.unwatch(this[kWatch]);
    this[kWatch] = undefined;
    if (this[kServer] !== undefined) ports.close(this[kServer]);
    this[kServer] = undefined;
    this[kAddress] = null;
    this.listening = false;
    this.closing = true;
    finished(this);
    return this;
  },

  closeAllConnections() { for (const response of this[kOpen]) response.destroy(); },
  closeIdleConnections() {},

  getConnections(callback) {
    process.nextTick(callback, null, this[kOpen].size);
    return this;
  },

  setTimeout(milliseconds, callback) {
    if (callback !== undefined) this.on('timeout', callback);
    return this;
  },

  ref() {
    this[kRef] = true;
    if (this[kWatch] !== undefined) loop.refWatch(this[kWatch], true);
    return this;
  },

  unref() {
    this[kRef] = false;
    if (this[kWatch] !== undefined) loop.refWatch(this[kWatch], false);
    return this;
  },

  async [Symbol.asyncDispose]() {
    if (this.listening) await new Promise((resolve) => { this.close(resolve); });
  },
};
for (const name of Reflect.ownKeys(methods)) {
  Object.defineProperty(Server.prototype, name, { value: methods[name], writable: true, configurable: true });
}

module.exports = { Server };
