const { Headers, makeImmutable } = require('internal/fetch/headers');
const { extract, mixIn } = require('internal/fetch/body');
const { expose, inspectAs, needs, toByteString } = require('internal/fetch/webidl');

const withoutBody = new Set([101, 204, 205, 304]);
const redirects = new Set([301, 302, 303, 307, 308]);
const kMake = Symbol('make');

let bodyOf;

class Response {
  #body = null;
  #headers;
  #status = 200;
  #statusText = '';
  #type = 'default';
  #urls = [];

  constructor(body = null, init = {}) {
    if (body === kMake) {
      ({ body: this.#body, headers: this.#headers, status: this.#status, statusText: this.#statusText, type: this.#type,
         urls: this.#urls } = init);
      return;
    }
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      throw new TypeError('Response constructor: init is not an object.');
    }
    if (init.status !== undefined) {
      const status = Number(init.status) & 0xffff;
      if (status < 200 || status > 599) {
        throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
      }
      this.#status = status;
    }
    if (init.statusText !== undefined) {
      const statusText = toByteString(init.statusText);
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(statusText)) throw new TypeError('Invalid statusText');
      this.#statusText = statusText;
    }
    this.#headers = new Headers(init.headers ?? undefined);
    if (body !== null && body !== undefined) {
      if (withoutBody.has(this.#status)) {
        throw new TypeError(`Response constructor: Invalid response status code ${this.#status}`);
      }
      const [extracted, type] = extract(body);
      this.#body = extracted;
      if (type !== null && !this.#headers.has('content-type')) this.#headers.set('content-type', type);
    }
  }

  static error() {
    return new Response(kMake, { body: null, headers: makeImmutable(new Headers()), status: 0, statusText: '', type: 'error', urls: [] });
  }

  static json(data, init = {}) {
    needs(arguments.length, 1, 'Response.json');
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    const response = new Response(text, init);
    if (new Headers(init?.headers ?? undefined).has('content-type')) return response;
    response.headers.set('content-type', 'application/json');
    return response;
  }

  static redirect(url, status = 302) {
    needs(arguments.length, 1, 'Response.redirect');
    let parsed;
    try {
      parsed = new (require('internal/url').URL)(url);
    } catch (cause) {
      throw new TypeError(`Failed to parse URL from ${url}`, { cause });
    }
    if (!redirects.has(status)) throw new RangeError(`Invalid status code ${status}`);
    const headers = makeImmutable(new Headers({ location: parsed.href }));
    return new Response(kMake, { body: null, headers, status, statusText: '', type: 'default', urls: [] });
  }

  get type() { return this.#type; }

  get url() {
    const url = this.#urls.at(-1);
    return url === undefined ? '' : url.replace(/#.*$/s, '');
  }

  get redirected() { return this.#urls.length > 1; }
  get status() { return this.#status; }
  get ok() { return this.#status >= 200 && this.#status <= 299; }
  get statusText() { return this.#statusText; }
  get headers() { return this.#headers; }

  clone() {
    if (this.#body !== null && (this.#body.isUsed || this.#body.isLocked)) {
      throw new TypeError('Response.clone: Body has already been consumed.');
    }
    return new Response(kMake, {
      body: this.#body?.clone() ?? null, headers: new Headers(this.#headers), status: this.#status, statusText: this.#statusText,
      type: this.#type, urls: this.#urls,
    });
  }

  static { bodyOf = (response) => response.#body; }
}

mixIn(Response, bodyOf);
expose(Response, 'Response');
inspectAs(Response, (response) => ({
  status: response.status, statusText: response.statusText, headers: response.headers, body: response.body,
  bodyUsed: response.bodyUsed, ok: response.ok, redirected: response.redirected, type: response.type, url: response.url,
}));

const makeResponse = (parts) => new Response(kMake, { ...parts, headers: makeImmutable(parts.headers) });

module.exports = { Response, bodyOf: (response) => bodyOf(response), makeResponse };
