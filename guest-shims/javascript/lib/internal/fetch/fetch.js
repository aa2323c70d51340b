// fetch: a request, the redirects it meets, and the answer.

const { Body } = require('internal/fetch/body');
const { Headers, flatOf } = require('internal/fetch/headers');
const { Request, bodyOf } = require('internal/fetch/request');
const { makeResponse } = require('internal/fetch/response');

const maxRedirects = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const withoutBody = new Set([101, 103, 204, 205, 304]);

// These speak of one connection, and which connections there are is the host's business.
const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

const failed = (cause) => new TypeError('fetch failed', { cause });

function fetch(input, init = undefined) {
  if (arguments.length === 0) {
    return Promise.reject(new TypeError('fetch: 1 argument required, but only 0 found.'));
  }
  let request;
  try {
    request = new Request(input, init);
  } catch (error) {
    return Promise.reject(error);
  }
  return run(request);
}

async function run(request) {
  const { signal } = request;
  const state = { exchange: undefined, body: undefined, onabort: undefined };
  if (signal.aborted) throw cancelled(request, signal);
  const aborted = new Promise((resolve, reject) => {
    state.onabort = () => {
      const { reason } = signal;
      state.exchange?.close(reason);
      state.body?.cancel?.(reason);
      reject(reason);
    };
    signal.addEventListener('abort', state.onabort);
  });
  aborted.catch(() => {});
  try {
    return await Promise.race([follow(request, state), aborted]);
  } catch (error) {
    signal.removeEventListener('abort', state.onabort);
    state.exchange?.close();
    if (signal.aborted) throw signal.reason;
    if (error instanceof TypeError && error.message === 'fetch failed') throw error;
    throw failed(error);
  }
}

function cancelled(request, signal) {
  const body = bodyOf(request);
  if (body !== null && !body.isLocked) Promise.resolve(body.open().cancel(signal.reason)).catch(() => {});
  return signal.reason;
}

async function follow(request, state) {
  let url = new (require('internal/url').URL)(request.url);
  let { method } = request;
  let body = bodyOf(request);
  const headers = new Headers(request.headers);
  const urls = [];
  for (;;) {
    urls.push(url.href);
    if (url.protocol === 'data:') return ofData(url, urls);
    if (url.protocol === 'blob:') return ofBlob(url, urls);
    if (url.protocol === 'about:') throw failed(new Error('about scheme is not supported'));
    if (url.protocol === 'file:') throw failed(new Error('not implemented... yet...'));
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failed(new Error('unknown scheme'));
    const answer = await exchange(method, url, headers, body, state);
    const location = redirects.has(answer.status) ? answer.headers.get('location') : null;
    if (location === null || request.redirect === 'manual') return finish(answer, method, urls, state, request.signal);
    if (request.redirect === 'error') throw failed(new Error('unexpected redirect'));
    state.exchange.close();
    const next = target(location, url);
    if (urls.length > maxRedirects) throw failed(new Error('redirect count exceeded'));
    if (next.protocol !== 'http:' && next.protocol !== 'https:') throw failed(new Error('URL scheme must be a HTTP(S) scheme'));
    const { status } = answer;
    if (((status === 301 || status === 302) && method === 'POST') ||
        (status === 303 && method !== 'GET' && method !== 'HEAD')) {
      method = 'GET';
      body = null;
      for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']) {
        headers.delete(name);
      }
    } else if (body !== null && body.bytes === undefined) {
      // What was streamed is gone and cannot be sent again.
      throw failed(new Error('cannot follow a redirect with a body that was streamed'));
    }
    if (next.origin !== url.origin) {
      for (const name of ['authorization', 'proxy-authorization', 'cookie', 'host']) headers.delete(name);
    }
    url = next;
  }
}

function target(location, base) {
  let url;
  try {
    url = new (require('internal/url').URL)(location, base);
  } catch (error) {
    throw failed(error);
  }
  if (url.hash === '') url.hash = base.hash;
  return url;
}

async function exchange(method, url, given, body, state) {
  const { Exchange } = require('internal/fetch/exchange');
  const headers = new Headers(given);
  for (const name of ofConnection) headers.delete(name);
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('accept-language')) headers.set('accept-language', '*');
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip, deflate');
  if (!headers.has('sec-fetch-mode')) headers.set('sec-fetch-mode', 'cors');
  if (!headers.has('user-agent')) headers.set('user-agent', 'node');
  if (body !== null && body.length !== null) headers.set('content-length', `${body.length}`);
  else if (body === null && (method === 'POST' || method === 'PUT' || method === 'PATCH')) headers.set('content-length', '0');
  const address = new (require('internal/url').URL)(url);
  address.hash = '';
  const one = new Exchange(method, address.href, flatOf(headers), body !== null);
  state.exchange = one;
  // One after the other: `duplex` is always `half`.
  let broken;
  if (body !== null) {
    try {
      await send(one, body, state);
    } catch (error) {
      if (error?.code !== 'EPIPE' && error?.code !== 'ECONNRESET') throw error;
      // Who does not want the body may have answered all the same.
      broken = error;
    }
  }
  const [status, list] = await one.response().catch((error) => { throw broken ?? error; });
  const received = new Headers();
  for (let i = 0; i < list.length; i += 2) received.append(list[i], list[i + 1]);
  return { status, headers: received, exchange: one };
}

async function send(one, body, state) {
  const source = body.bytes !== undefined && body.stream === undefined ? undefined : body.open();
  if (source === undefined) {
    body.used = true;
    await one.send(body.bytes);
  } else {
    state.body = source;
    for (let piece; (piece = await source.read()) !== null;) await one.send(piece);
    state.body = undefined;
  }
  one.finish();
}

function finish(answer, method, urls, state, signal) {
  const { exchange: one, headers, status } = answer;
  const done = () => signal.removeEventListener('abort', state.onabort);
  let body = null;
  if (method === 'HEAD' || withoutBody.has(status)) {
    one.close();
    done();
  } else {
    const coding = headers.get('content-encoding');
    // The program gets what was coded, and a handler may answer with it: these would not be true of that any more.
    if (coding !== null) for (const name of ['content-encoding', 'content-length']) headers.delete(name);
    const length = headers.get('content-length');
    body = Body.ofSource(received(one, coding, done), length !== null && /^\d+$/.test(length) ? Number(length) : null);
  }
  return makeResponse({ body, headers, status, statusText: reason(status), type: 'basic', urls });
}

function received(one, coding, done) {
  let source;
  return {
    async read() {
      try {
        source ??= require('internal/fetch/codings').decoded(one, coding);
        const piece = await source.read();
        if (piece === null) done();
        return piece;
      } catch (error) {
        done();
        one.close();
        if (error?.name === 'AbortError' || error?.name === 'TimeoutError') throw error;
        throw new TypeError('terminated', { cause: error });
      }
    },
    cancel() {
      done();
      one.close();
    },
  };
}

const reason = (status) => require('internal/fetch/reasons')[status] ?? '';

// ---- schemes without a network ---------------------------------------------------------------------------------------

function ofData(url, urls) {
  const match = /^data:([^,]*),([^#]*)/s.exec(url.href);
  if (match === null) throw failed(new Error('invalid data: URL'));
  const isBase64 = /;\s*base64\s*$/i.test(match[1]);
  const type = match[1].replace(/;\s*base64\s*$/i, '').trim();
  const { Buffer } = require('buffer');
  const plain = unescape(match[2]);
  const bytes = isBase64 ? Buffer.from(Buffer.from(plain).toString('latin1'), 'base64') : plain;
  const shown = type === '' ? 'text/plain;charset=US-ASCII' : type.startsWith(';') ? `text/plain${type}` : type;
  return makeResponse({
    body: Body.ofBytes(new Uint8Array(bytes)), headers: new Headers({ 'Content-Type': shown }), status: 200, statusText: 'OK',
    type: 'basic', urls,
  });
}

function unescape(text) {
  const bytes = binding.text.encode(text);
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes[i] === 0x25 ? String.fromCharCode(bytes[i + 1], bytes[i + 2]) : '';
    if (/^[\da-f]{2}$/i.test(hex)) {
      out[length++] = Number.parseInt(hex, 16);
      i += 2;
    } else {
      out[length++] = bytes[i];
    }
  }
  return out.subarray(0, length);
}

function ofBlob(url, urls) {
  const { resolveObjectURL, blobBytes } = require('internal/blob');
  const blob = resolveObjectURL(url.href.replace(/#.*$/s, ''));
  if (blob === undefined) throw failed(new Error('invalid method'));
  const headers = new Headers({ 'content-length': `${blob.size}`, 'content-type': blob.type });
  return makeResponse({ body: Body.ofBytes(blobBytes(blob)), headers, status: 200, statusText: 'OK', type: 'basic', urls });
}

module.exports = { fetch };
