const { Headers } = require('internal/fetch/headers');
const { extract, isStream, mixIn } = require('internal/fetch/body');
const { expose, inspectAs, needs } = require('internal/fetch/webidl');

const usual = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const choices = {
  mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
  credentials: ['omit', 'same-origin', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  redirect: ['follow', 'manual', 'error'],
  referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
                   'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
};
const defaults = { mode: 'cors', credentials: 'same-origin', cache: 'default', redirect: 'follow', referrerPolicy: '' };

function toMethod(method) {
  method = `${method}`;
  if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const upper = method.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`'${method}' HTTP method is unsupported.`);
  }
  return usual.has(upper) ? upper : method;
}

let bodyOf;
let receive;

class Request {
  #method = 'GET';
  #url;
  #headers;
  #body = null;
  #choices = { ...defaults };
  #referrer = 'about:client';
  #integrity = '';
  #keepalive = false;
  #signal;
  #controller;

  constructor(input, init = {}) {
    needs(arguments.length, 1, 'Request constructor');
    init ??= {};
    if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('Request constructor: init is not an object.');
    const isRequest = input !== null && typeof input === 'object' && #method in input;
    if (isRequest) {
      this.#method = input.#method;
      this.#url = input.#url;
      this.#choices = { ...input.#choices };
      this.#referrer = input.#referrer;
      this.#integrity = input.#integrity;
      this.#keepalive = input.#keepalive;
    } else {
      this.#setUrl(input);
    }
    this.#setChoices(init);
    if (init.method !== undefined) this.#method = toMethod(init.method);
    this.#setSignal(init.signal === undefined ? (isRequest ? input.#signal : null) : init.signal);
    this.#headers = new Headers(init.headers ?? (isRequest ? input.#headers : undefined));
    this.#setBody(init, isRequest ? input : undefined);
  }

  #setUrl(input) {
    let url;
    try {
      url = new (require('internal/url').URL)(`${input}`);
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${input}`, { cause });
    }
    if (url.username || url.password) {
      throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
    }
    this.#url = url;
  }

  #setChoices(init) {
    for (const [name, allowed] of Object.entries(choices)) {
      if (init[name] === undefined) continue;
      const value = `${init[name]}`;
      if (!allowed.includes(value)) {
        throw new TypeError(`Request constructor: ${value} is not an accepted type. Expected one of ${allowed.join(', ')}.`);
      }
      this.#choices[name] = value;
    }
    if (init.referrer !== undefined) this.#referrer = init.referrer === '' ? '' : `${init.referrer}`;
    if (init.integrity !== undefined) this.#integrity = `${init.integrity}`;
    if (init.keepalive !== undefined) this.#keepalive = Boolean(init.keepalive);
    if (init.duplex !== undefined && init.duplex !== 'half') {
      throw new TypeError(`Request constructor: ${init.duplex} is not an accepted type. Expected one of half.`);
    }
    if (init.window !== undefined && init.window !== null) {
      throw new TypeError(`'window' option '${init.window}' must be null`);
    }
  }

  // The signal of a request is its own, and follows the one that was given.
  #setSignal(signal) {
    if (signal === null) return;
    if (typeof signal !== 'object' || typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
      throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
    }
    this.#signal = signal;
  }

  #setBody(init, from) {
    const given = init.body;
    if ((given !== null && given !== undefined) || (from !== undefined && from.#body !== null)) {
      if (this.#method === 'GET' || this.#method === 'HEAD') {
        throw new TypeError('Request with GET/HEAD method cannot have body.');
      }
    }
    if (given !== null && given !== undefined) {
      const isPieces = isStream(given) || typeof given?.[Symbol.asyncIterator] === 'function';
      if (isPieces && init.duplex === undefined && !require('internal/blob').isBlob(given)) {
        throw new TypeError('RequestInit: duplex option is required when sending a body.');
      }
      const [body, type] = extract(given);
      this.#body = body;
      if (type !== null && !this.#headers.has('content-type')) this.#headers.append('content-type', type);
    } else if (from !== undefined && from.#body !== null) {
      if (from.#body.isUsed || from.#body.isLocked) {
        throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
      }
      // It is this request's from now on.
      this.#body = from.#body.clone();
      from.#body.used = true;
    }
  }

  get method() { return this.#method; }
  get url() { return this.#url.href; }
  get headers() { return this.#headers; }
  get destination() { return ''; }
  get referrer() { return this.#referrer; }
  get referrerPolicy() { return this.#choices.referrerPolicy; }
  get mode() { return this.#choices.mode; }
  get credentials() { return this.#choices.credentials; }
  get cache() { return this.#choices.cache; }
  get redirect() { return this.#choices.redirect; }
  get integrity() { return this.#integrity; }
  get keepalive() { return this.#keepalive; }
  get isReloadNavigation() { return false; }
  get isHistoryNavigation() { return false; }

  get signal() {
    if (this.#controller === undefined) {
      this.#controller = new (require('internal/abort-controller').AbortController)();
      const source = this.#signal;
      if (source?.aborted) this.#controller.abort(source.reason);
      else source?.addEventListener('abort', () => this.#controller.abort(source.reason), { once: true });
    }
    return this.#controller.signal;
  }

  get duplex() { return 'half'; }

  clone() {
    if (this.#body !== null && (this.#body.isUsed || this.#body.isLocked)) throw new TypeError('unusable');
    const twin = new Request(this.url, { method: this.#method, headers: this.#headers, signal: this.#signal ?? null });
    twin.#body = this.#body?.clone() ?? null;
    twin.#choices = { ...this.#choices };
    twin.#referrer = this.#referrer;
    twin.#integrity = this.#integrity;
    twin.#keepalive = this.#keepalive;
    return twin;
  }

  static {
    bodyOf = (request) => request.#body;
    receive = (url, method, headers, body) => {
      const request = new Request(url, { method, headers });
      request.#body = body;
      return request;
    };
  }
}

mixIn(Request, bodyOf);
expose(Request, 'Request');
inspectAs(Request, (request) => ({
  method: request.method, url: request.url, headers: request.headers, destination: request.destination,
  referrer: request.referrer, referrerPolicy: request.referrerPolicy, mode: request.mode, credentials: request.credentials,
  cache: request.cache, redirect: request.redirect, integrity: request.integrity, keepalive: request.keepalive,
  isReloadNavigation: request.isReloadNavigation, isHistoryNavigation: request.isHistoryNavigation, signal: request.signal,
}));

module.exports = {
  Request,
  bodyOf: (request) => bodyOf(request),
  // One that came in, whose body is read from where it comes.
  receive: (url, method, headers, body) => receive(url, method, headers, body),
};
