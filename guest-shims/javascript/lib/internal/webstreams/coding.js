// Streams that encode and decode text.

const { TransformStream, inspectAs } = require('internal/webstreams');
const { codes: { ERR_INVALID_THIS, ERR_INVALID_ARG_VALUE, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');

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

// There is no zlib in here yet.
function unavailable(name) {
  const Class = {
    [name]: class {
      constructor(format) {
        if (!['deflate', 'deflate-raw', 'gzip'].includes(format)) throw new ERR_INVALID_ARG_VALUE('format', format);
        throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(name);
      }

      get readable() { throw new ERR_INVALID_THIS(name); }

      get writable() { throw new ERR_INVALID_THIS(name); }
    },
  }[name];
  return Class;
}

const CompressionStream = unavailable('CompressionStream');
const DecompressionStream = unavailable('DecompressionStream');

for (const Class of [TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream]) {
  for (const name of Object.getOwnPropertyNames(Class.prototype)) {
    if (name !== 'constructor') Object.defineProperty(Class.prototype, name, { enumerable: true });
  }
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

module.exports = { TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream };
