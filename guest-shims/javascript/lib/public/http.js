// The module `http`: what it says of the protocol is here. Requests go by the wire of fetch, and a server answers at a port of
// the network that the run is in, if it is in one.

const { codes } = require('internal/errors');
const { fill } = require('internal/unavailable');

exports.METHODS = `ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL
  MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND
  UNLINK UNLOCK UNSUBSCRIBE`.split(/\s+/);

const statusTexts = `100 Continue|101 Switching Protocols|102 Processing|103 Early Hints|200 OK|201 Created|202 Accepted
  |203 Non-Authoritative Information|204 No Content|205 Reset Content|206 Partial Content|207 Multi-Status
  |208 Already Reported|226 IM Used|300 Multiple Choices|301 Moved Permanently|302 Found|303 See Other|304 Not Modified
  |305 Use Proxy|307 Temporary Redirect|308 Permanent Redirect|400 Bad Request|401 Unauthorized|402 Payment Required
  |403 Forbidden|404 Not Found|405 Method Not Allowed|406 Not Acceptable|407 Proxy Authentication Required
  |408 Request Timeout|409 Conflict|410 Gone|411 Length Required|412 Precondition Failed|413 Payload Too Large
  |414 URI Too Long|415 Unsupported Media Type|416 Range Not Satisfiable|417 Expectation Failed|418 I'm a Teapot
  |421 Misdirected Request|422 Unprocessable Entity|423 Locked|424 Failed Dependency|425 Too Early|426 Upgrade Required
  |428 Precondition Required|429 Too Many Requests|431 Request Header Fields Too Large
  |451 Unavailable For Legal Reasons|500 Internal Server Error|501 Not Implemented|502 Bad Gateway
  |503 Service Unavailable|504 Gateway Timeout|505 HTTP Version Not Supported|506 Variant Also Negotiates
  |507 Insufficient Storage|508 Loop Detected|509 Bandwidth Limit Exceeded|510 Not Extended
  |511 Network Authentication Required`;

let statusCodes;
Object.defineProperty(exports, 'STATUS_CODES', {
  configurable: true,
  enumerable: true,
  get() {
    statusCodes ??= Object.fromEntries(statusTexts.split('|').map((text) => [text.slice(0, 3), text.slice(4).trim()]));
    return statusCodes;
  },
});

exports.maxHeaderSize = 16384;

exports.validateHeaderName = function validateHeaderName(name, label) {
  if (typeof name !== 'string' || !/^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/.test(name)) {
    throw new codes.ERR_INVALID_HTTP_TOKEN(label || 'Header name', name);
  }
};

exports.validateHeaderValue = function validateHeaderValue(name, value) {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (/[^\t\x20-\x7E\x80-\xFF]/.test(value)) throw new codes.ERR_INVALID_CHAR('header content', name);
};

// An agent holds sockets for later requests. Packages make one while they load, which does no harm by itself.
class Agent extends require('events') {
  constructor(options = undefined) {
    super();
    this.options = { ...options };
    this.keepAlive = Boolean(options?.keepAlive);
    this.maxSockets = options?.maxSockets ?? Infinity;
    this.requests = {};
    this.sockets = {};
    this.freeSockets = {};
  }

  // There never is a socket that could be closed.
  destroy() {}
}

fill(Agent.prototype, 'http.Agent', ['createConnection', 'addRequest', 'createSocket']);

exports.Agent = Agent;
let globalAgent;
Object.defineProperty(exports, 'globalAgent', {
  configurable: true,
  enumerable: true,
  get() { return globalAgent ??= new Agent({ keepAlive: true }); },
  set(value) { globalAgent = value; },
});

// Each is loaded when a program first looks at it.
function later(name, file) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = require(file)[name];
      Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
    set(value) { Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
}

later('ClientRequest', 'internal/http/client');
later('IncomingMessage', 'internal/http/incoming');
later('OutgoingMessage', 'internal/http/outgoing');
later('Server', 'internal/http/server');
later('ServerResponse', 'internal/http/response');

exports.createServer = function createServer(options, listener) {
  return new exports.Server(options, listener);
};

exports.request = function request(url, options, callback) {
  return new exports.ClientRequest(url, options, callback);
};

exports.get = function get(url, options, callback) {
  const request = exports.request(url, options, callback);
  request.end();
  return request;
};

exports.setMaxIdleHTTPParsers = function setMaxIdleHTTPParsers() {};
