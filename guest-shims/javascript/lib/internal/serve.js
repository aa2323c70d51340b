// A program that answers requests: `export default { fetch }`, with Request and Response of the web.

const until = require('internal/until');
const { Channel } = require('internal/fetch/channel');
const { Body } = require('internal/fetch/body');
const { Headers, flatOf } = require('internal/fetch/headers');
const { receive } = require('internal/fetch/request');
const { Response, bodyOf } = require('internal/fetch/response');

const { serve: wire } = binding;

// Of what a server says about its connection the host knows, and WASI takes none of it.
const ofConnection = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

function received() {
  const [method, url, list] = wire.request(0);
  const headers = new Headers();
  for (let at = 0; at < list.length; at += 2) headers.append(list[at], list[at + 1]);
  if (method === 'GET' || method === 'HEAD') {
    wire.input.close(0);
    return receive(url, method, headers, null);
  }
  const length = headers.get('content-length');
  const source = new Channel(wire.input, 0);
  return receive(url, method, headers, Body.ofSource(source, length !== null && /^\d+$/.test(length) ? Number(length) : null));
}

// The function that answers, and what it is a method of.
async function handlerOf(program) {
  const exports = await program();
  const given = exports.default ?? exports;
  if (typeof given === 'function') return given;
  if (typeof given?.fetch === 'function') return given.fetch.bind(given);
  throw new TypeError('The program answers no requests: it must `export default { fetch(request) { … } }`');
}

async function send(response) {
  const headers = new Headers(response.headers);
  for (const name of ofConnection) headers.delete(name);
  const body = bodyOf(response);
  if (body !== null && body.length !== null) headers.set('content-length', `${body.length}`);
  wire.respond(0, response.status, flatOf(headers));
  const out = new Channel(wire.output, 0);
  let whole = false;
  try {
    const source = body?.open();
    for (let piece; source !== undefined && (piece = await source.read()) !== null;) await out.send(piece);
    out.finish();
    whole = true;
  } finally {
    // What was cut off must not look whole.
    if (!whole) out.close();
  }
}

const plain = (status, text) => new Response(`${text}\n`, { status });

async function answer(program) {
  const { report } = require('internal/errors-fatal');
  const waits = [];
  let request;
  try {
    request = received();
  } catch (error) {
    return send(plain(error instanceof TypeError ? 400 : 500, error.message));
  }
  let response;
  try {
    const handle = await handlerOf(program);
    const context = { waitUntil(promise) { waits.push(promise); }, passThroughOnException() {} };
    response = await handle(request, require('process').env, context);
    if (!(response instanceof Response)) throw new TypeError('`fetch` must give a Response');
    if (response.status === 0) throw new TypeError('`fetch` gave Response.error()');
    const body = bodyOf(response);
    if (body !== null && (body.isUsed || body.isLocked)) throw new TypeError('`fetch` gave a Response whose body was read');
  } catch (error) {
    report(error);
    response = plain(500, 'Internal Server Error');
  }
  await send(response);
  for (const { status, reason } of await Promise.allSettled(waits)) if (status === 'rejected') report(reason);
  return undefined;
}

function serve(program) {
  let work;
  try {
    work = answer(program);
  } catch (error) {
    work = Promise.reject(error);
  }
  const [isDone, error] = until(work);
  if (isDone) return;
  require('internal/errors-fatal').report(error);
  try {
    wire.respond(0, 500, []);
    wire.output.end(0);
  } catch {
    // The answer had begun.
  }
}

module.exports = { serve };
