// TextEncoder and TextDecoder of the Encoding standard.

const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { customInspect, kEnumerableProperty } = require('internal/util');

const { text, decoders } = binding;
const noBytes = new Uint8Array(0);

function bytesOf(input) {
  if (input instanceof Uint8Array) return input;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (require('internal/buffer/core').isAnyArrayBuffer(input)) return new Uint8Array(input);
  throw new codes.ERR_INVALID_ARG_TYPE('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
}

// Those whose text never came to its end, when nobody holds them any more.
let abandoned;

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  // The number of what decodes a text whose end has not come.
  #open;

  constructor(encoding = 'utf-8', options = undefined) {
    encoding = `${encoding}`;
    const name = decoders.name(encoding);
    if (name === undefined) throw new codes.ERR_ENCODING_NOT_SUPPORTED(encoding);
    if (options !== undefined) {
      validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
    }
    this.#encoding = name;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#encoding in value)) {
      throw new codes.ERR_INVALID_THIS('TextDecoder');
    }
  }

  get encoding() {
    TextDecoder.#check(this);
    return this.#encoding;
  }

  get fatal() {
    TextDecoder.#check(this);
    return this.#fatal;
  }

  get ignoreBOM() {
    TextDecoder.#check(this);
    return this.#ignoreBOM;
  }

  decode(input = noBytes, options = undefined) {
    TextDecoder.#check(this);
    const bytes = bytesOf(input);
    if (options !== undefined) {
      validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
    }
    const stream = Boolean(options?.stream);
    try {
      if (this.#open === undefined && !stream && this.#encoding === 'utf-8') {
        return text.decode(bytes, 0, bytes.length, this.#fatal, this.#ignoreBOM);
      }
      return this.#decodePart(bytes, !stream);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
    }
  }

  // What has failed or come to its end is closed, and the next part begins a text.
  #decodePart(bytes, last) {
    const number = this.#open ?? decoders.open(this.#encoding, this.#ignoreBOM);
    const isKnown = this.#open !== undefined;
    this.#open = undefined;
    try {
      const string = decoders.decode(number, bytes, this.#fatal, last);
      if (!last) this.#open = number;
      return string;
    } finally {
      const isOpen = this.#open !== undefined;
      if (isOpen && !isKnown) (abandoned ??= new FinalizationRegistry(decoders.close)).register(this, number, this);
      if (!isOpen && isKnown) abandoned.unregister(this);
    }
  }

  [customInspect](depth, options, inspect) {
    TextDecoder.#check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = { encoding: this.encoding, fatal: this.fatal, ignoreBOM: this.ignoreBOM };
    return `${this.constructor?.name ?? 'TextDecoder'} ${(inspect ?? inspector())(shown, options)}`;
  }
}

const inspector = () => require('internal/util/inspect').inspect;

class TextEncoder {
  #here = true;

  static #check(value) {
    if (value === null || typeof value !== 'object' || !(#here in value)) {
      throw new codes.ERR_INVALID_THIS('TextEncoder');
    }
  }

  get encoding() {
    TextEncoder.#check(this);
    return 'utf-8';
  }

  encode(input = '') {
    TextEncoder.#check(this);
    const bytes = text.encode(`${input}`);
    return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  }

  encodeInto(src, dest) {
    TextEncoder.#check(this);
    require('internal/validators').validateString(src, 'src');
    if (!(dest instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE('dest', 'Uint8Array', dest);
    const written = text.write(dest, src, 'utf8', 0, dest.length);
    // What was written are whole characters, so what they say is as long as what was read.
    return { read: text.decode(dest, 0, written, false, true).length, written };
  }

  [customInspect](depth, options, inspect) {
    TextEncoder.#check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    return (inspect ?? inspector())({ encoding: 'utf-8' }, options);
  }
}

for (const [Class, names] of [[TextDecoder, ['decode', 'encoding', 'fatal', 'ignoreBOM']],
                              [TextEncoder, ['encoding', 'encode', 'encodeInto']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, kEnumerableProperty);
  Object.defineProperty(Class.prototype, customInspect, { enumerable: false });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { configurable: true, value: Class.name });
}

module.exports = { TextDecoder, TextEncoder };
