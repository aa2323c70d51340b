// What Request and Response have in common: a body that can be read once.
//
// Bytes stay bytes, and what comes from the network is read directly, as long as nobody asks for the stream: most programs
// only want `json()` or `text()`, and never touch the streams of the web.

const { join } = require('internal/fetch/form-data');

const kIsDisturbed = Symbol.for('nodejs.stream.disturbed');

const streams = () => require('internal/webstreams');
const isStream = (value) => value !== null && typeof value === 'object' && typeof value.getReader === 'function';

class Body {
  // One of these: bytes, a source `{ read(), cancel(reason) }` whose `read` gives a promise of bytes or null, a stream.
  bytes;
  source;
  stream;
  // The length where it is known before it is read.
  length = null;
  used = false;

  static ofBytes(bytes) {
    const body = new Body();
    body.bytes = bytes;
    body.length = bytes.length;
    return body;
  }

  static ofSource(source, length = null) {
    const body = new Body();
    body.source = source;
    body.length = length;
    return body;
  }

  static ofStream(stream) {
    const body = new Body();
    body.stream = stream;
    return body;
  }

  get isUsed() {
    return this.used || (this.stream !== undefined && Boolean(this.stream[kIsDisturbed] ?? this.stream._disturbed));
  }

  get isLocked() {
    return this.stream !== undefined && this.stream.locked;
  }

  // The stream for who asks for it; from then on everything goes through it.
  getStream() {
    if (this.stream !== undefined) return this.stream;
    const { ReadableStream } = streams();
    const { bytes, source, used } = this;
    this.stream = new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        const piece = source === undefined ? null : await source.read();
        if (piece === null) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(piece);
        }
      },
      start(controller) {
        if (bytes !== undefined) {
          if (bytes.length > 0) controller.enqueue(bytes.slice());
          controller.close();
        } else if (used) {
          controller.close();
        }
      },
      cancel: (reason) => source?.cancel(reason),
    }, { highWaterMark: 0 });
    return this.stream;
  }

  // A source of pieces for who sends the body, or collects it.
  open() {
    this.used = true;
    if (this.stream === undefined) {
      if (this.source !== undefined) return this.source;
      let rest = this.bytes;
      return {
        read() {
          const piece = rest;
          rest = null;
          return Promise.resolve(piece === null || piece.length === 0 ? null : piece);
        },
        cancel() { rest = null; },
      };
    }
    const reader = this.stream.getReader();
    return {
      async read() {
        const { done, value } = await reader.read();
        if (done) return null;
        if (!(value instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
        return value;
      },
      cancel: (reason) => reader.cancel(reason),
    };
  }

  async all() {
    if (this.bytes !== undefined && this.stream === undefined) {
      this.used = true;
      return this.bytes;
    }
    const source = this.open();
    const pieces = [];
    for (let piece; (piece = await source.read()) !== null;) pieces.push(piece);
    return pieces.length === 1 ? pieces[0] : join(pieces);
  }

  clone() {
    if (this.bytes !== undefined && this.stream === undefined) return Body.ofBytes(this.bytes);
    const [first, second] = this.getStream().tee();
    this.stream = first;
    const twin = Body.ofStream(second);
    twin.length = this.length;
    return twin;
  }
}

// The body of what a program gives, and the type that goes with it: [Body, type or null].
function extract(value) {
  if (typeof value === 'string') return [Body.ofBytes(binding.text.encode(value)), 'text/plain;charset=UTF-8'];
  if (isStream(value)) {
    if (value[kIsDisturbed] ?? value._disturbed) throw new TypeError('Response body object should not be disturbed or locked');
    if (value.locked) throw new TypeError('Response body object should not be disturbed or locked');
    return [Body.ofStream(value), null];
  }
  if (ArrayBuffer.isView(value)) {
    return [Body.ofBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()), null];
  }
  if (require('internal/util/types').isAnyArrayBuffer(value)) return [Body.ofBytes(new Uint8Array(value).slice()), null];
  if (typeof value === 'object' && value !== null) {
    const { URLSearchParams } = require('internal/url');
    if (value instanceof URLSearchParams) {
      return [Body.ofBytes(binding.text.encode(value.toString())), 'application/x-www-form-urlencoded;charset=UTF-8'];
    }
    const { isBlob, blobBytes } = require('internal/blob');
    if (isBlob(value)) return [Body.ofBytes(blobBytes(value)), value.type || null];
    const { FormData, writeMultipart } = require('internal/fetch/form-data');
    if (value instanceof FormData) {
      const { bytes, type } = writeMultipart(value);
      return [Body.ofBytes(bytes), type];
    }
    if (typeof value[Symbol.asyncIterator] === 'function') return [Body.ofSource(iterated(value)), null];
  }
  return [Body.ofBytes(binding.text.encode(`${value}`)), 'text/plain;charset=UTF-8'];
}

function iterated(iterable) {
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    async read() {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return null;
        const bytes = typeof value === 'string' ? binding.text.encode(value) : value;
        if (!(bytes instanceof Uint8Array)) throw new TypeError('Received non-Uint8Array chunk');
        if (bytes.length > 0) return bytes;
      }
    },
    async cancel(reason) { await iterator.return?.(reason); },
  };
}

// ---- what both classes get ------------------------------------------------------------------------------------------

// `bodyOf(object)` gives the Body or null, and throws where the object is none of that class.
function mixIn(Class, bodyOf) {
  async function consume(object) {
    const body = bodyOf(object);
    if (body === null) return new Uint8Array(0);
    if (body.isUsed || body.isLocked) throw new TypeError('Body is unusable: Body has already been read');
    return body.all();
  }
  const typeOf = (object) => object.headers.get('content-type') ?? '';
  const text = (bytes) => binding.text.decode(bytes, 0, bytes.length, false, false);
  const methods = {
    async blob() {
      const bytes = await consume(this);
      return new (require('internal/blob').Blob)([bytes], { type: typeOf(this) });
    },
    async arrayBuffer() {
      const bytes = await consume(this);
      const whole = bytes.byteLength === bytes.buffer.byteLength && bytes !== bodyOf(this)?.bytes;
      return whole ? bytes.buffer : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    },
    async text() { return text(await consume(this)); },
    async json() { return JSON.parse(text(await consume(this))); },
    async formData() {
      const type = typeOf(this);
      const essence = type.split(';')[0].trim().toLowerCase();
      const { FormData, readMultipart } = require('internal/fetch/form-data');
      if (essence === 'multipart/form-data') {
        const boundary = /;\s*boundary=(?:"([^"]*)"|([^;\s]*))/i.exec(type);
        if (boundary === null) throw new TypeError('Failed to parse body as FormData.');
        return readMultipart(await consume(this), boundary[1] ?? boundary[2]);
      }
      if (essence === 'application/x-www-form-urlencoded') {
        const form = new FormData();
        for (const [name, value] of new (require('internal/url').URLSearchParams)(text(await consume(this)))) {
          form.append(name, value);
        }
        return form;
      }
      bodyOf(this);
      throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
    },
    async bytes() { return (await consume(this)).slice(); },
  };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(Class.prototype, name, { value, writable: true, enumerable: true, configurable: true });
  }
  Object.defineProperty(Class.prototype, 'body', {
    get() { return bodyOf(this)?.getStream() ?? null; }, enumerable: true, configurable: true,
  });
  Object.defineProperty(Class.prototype, 'bodyUsed', {
    get() { return bodyOf(this)?.isUsed ?? false; }, enumerable: true, configurable: true,
  });
}

module.exports = { Body, extract, isStream, mixIn };
