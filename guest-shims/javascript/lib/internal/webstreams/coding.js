// Streams that encode and decode text, and that compress and decompress.

const { TransformStream, inspectAs } = require('internal/webstreams');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_THIS } } = require('internal/errors');

const customInspect = Symbol.for('nodejs.util.inspect.custom');

class TextEncoderStream {
  #transform;
  #pending = '';

  constructor() {
    this.#transform = new TransformStream({
      transform: (chunk, controller) => this.#encode(String(chunk), controller),
      flush: (controller) => { if (this.#pending !== '') controller.enqueue(Uint8Array.of(0xef, 0xbf, 0xbd)); },
    });
  }

  // A pair of surrogates may come in two chunks.
  #encode(chunk, controller) {
    let text = this.#pending + chunk;
    this.#pending = '';
    if (text === '') return;
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#pending = text.slice(-1);
      text = text.slice(0, -1);
    }
    if (text !== '') controller.enqueue(binding.text.encode(text));
  }

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#transform in value)) throw new ERR_INVALID_THIS('TextEncoderStream');
    return value;
  }

  get encoding() {
    TextEncoderStream.#check(this);
    return 'utf-8';
  }

  get readable() { return TextEncoderStream.#check(this).#transform.readable; }

  get writable() { return TextEncoderStream.#check(this).#transform.writable; }

  [customInspect](depth, options) {
    TextEncoderStream.#check(this);
    return inspectAs(this, { encoding: 'utf-8', readable: this.readable, writable: this.writable }, depth, options);
  }
}

class TextDecoderStream {
  #transform;
  #decoder;

  constructor(encoding = 'utf-8', options = {}) {
    this.#decoder = new (require('internal/encoding').TextDecoder)(encoding, options);
    this.#transform = new TransformStream({
      transform: (chunk, controller) => {
        const text = this.#decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush: (controller) => {
        const text = this.#decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#transform in value)) throw new ERR_INVALID_THIS('TextDecoderStream');
    return value;
  }

  get encoding() { return TextDecoderStream.#check(this).#decoder.encoding; }

  get fatal() { return TextDecoderStream.#check(this).#decoder.fatal; }

  get ignoreBOM() { return TextDecoderStream.#check(this).#decoder.ignoreBOM; }

  get readable() { return TextDecoderStream.#check(this).#transform.readable; }

  get writable() { return TextDecoderStream.#check(this).#transform.writable; }

  [customInspect](depth, options) {
    const { encoding, fatal, ignoreBOM, readable, writable } = TextDecoderStream.#check(this);
    return inspectAs(this, { encoding, fatal, ignoreBOM, readable, writable }, depth, options);
  }
}

function asBytes(chunk) {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (typeof chunk === 'string') return binding.text.encode(chunk);
  throw new ERR_INVALID_ARG_TYPE('chunk', ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], chunk);
}

const transforms = new WeakMap();

function transformOf(value, name) {
  const transform = transforms.get(value);
  if (transform === undefined) throw new ERR_INVALID_THIS(name);
  return transform;
}

function checkFormat(format) {
  if (!require('internal/compress/work').formats.includes(format)) throw new ERR_INVALID_ARG_VALUE('format', format);
}

function enqueue(controller, ...pieces) {
  for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
}

function beginWriting(stream, format) {
  checkFormat(format);
  const work = new (require('internal/compress/work').Compressor)(format);
  transforms.set(stream, new TransformStream({
    transform(chunk, controller) { enqueue(controller, ...work.push(asBytes(chunk))); },
    flush(controller) { enqueue(controller, ...work.end()); },
  }));
}

// What the compressors say has a code; the standard wants a TypeError.
function asked(work) {
  try {
    return work();
  } catch (cause) {
    throw Object.assign(new TypeError(cause.message, { cause }), { code: cause.code });
  }
}

function beginReading(stream, format) {
  checkFormat(format);
  const work = new (require('internal/compress/work').Decompressor)(format);
  transforms.set(stream, new TransformStream({
    transform(chunk, controller) {
      const bytes = asBytes(chunk);
      const { output, taken } = asked(() => work.push(bytes));
      enqueue(controller, output);
      if (taken < bytes.length) throw new TypeError('Trailing data after the end of the compressed data');
    },
    flush(controller) { enqueue(controller, asked(() => work.end())); },
  }));
}

class CompressionStream {
  constructor(format) { beginWriting(this, format); }

  get readable() { return transformOf(this, 'CompressionStream').readable; }

  get writable() { return transformOf(this, 'CompressionStream').writable; }

  [customInspect](depth, options) {
    const { readable, writable } = transformOf(this, 'CompressionStream');
    return inspectAs(this, { readable, writable }, depth, options);
  }
}

class DecompressionStream {
  constructor(format) { beginReading(this, format); }

  get readable() { return transformOf(this, 'DecompressionStream').readable; }

  get writable() { return transformOf(this, 'DecompressionStream').writable; }

  [customInspect](depth, options) {
    const { readable, writable } = transformOf(this, 'DecompressionStream');
    return inspectAs(this, { readable, writable }, depth, options);
  }
}

for (const Class of [TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream]) {
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name !== 'constructor') Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

module.exports = { TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream };
