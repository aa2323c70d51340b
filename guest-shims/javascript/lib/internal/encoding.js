// TextEncoder and TextDecoder of the Encoding standard.

const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { customInspect, kEnumerableProperty } = require('internal/util');

const { text } = binding;
const noBytes = new Uint8Array(0);

// The labels of the encodings that are here. The many old ones of one byte are not: nobody writes them any more.
let labels;

function encodingOf(label) {
  labels ??= new Map([
    ['utf-8', ['unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'utf-8', 'utf8', 'x-unicode20utf8']],
    ['utf-16le', ['csunicode', 'iso-10646-ucs-2', 'ucs-2', 'unicode', 'unicodefeff', 'utf-16', 'utf-16le']],
    ['utf-16be', ['unicodefffe', 'utf-16be']],
    ['windows-1252', ['ansi_x3.4-1968', 'ascii', 'cp1252', 'cp819', 'csisolatin1', 'ibm819', 'iso-8859-1',
                      'iso-ir-100', 'iso8859-1', 'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'l1', 'latin1',
                      'us-ascii', 'windows-1252', 'x-cp1252']],
  ].flatMap(([name, all]) => all.map((one) => [one, name])));
  return labels.get(label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase());
}

function bytesOf(input) {
  if (input instanceof Uint8Array) return input;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (require('internal/buffer/core').isAnyArrayBuffer(input)) return new Uint8Array(input);
  throw new codes.ERR_INVALID_ARG_TYPE('list', ['SharedArrayBuffer', 'ArrayBuffer', 'ArrayBufferView'], input);
}

function joined(first, second) {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

// ---- how much of some bytes ends with a whole character ------------------------------------------------------------

function wholeUtf8(bytes) {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte < 0x80) return length;
    if (byte < 0xC0) continue;
    const needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    if (byte < 0xC2 || byte > 0xF4 || back >= needed) return length;
    // A second byte that cannot follow makes the beginning an error now, not later.
    if (back > 1) {
      const second = bytes[length - back + 1];
      if ((byte === 0xE0 && second < 0xA0) || (byte === 0xED && second > 0x9F) ||
          (byte === 0xF0 && second < 0x90) || (byte === 0xF4 && second > 0x8F)) return length;
    }
    return length - back;
  }
  return length;
}

function wholeUtf16(bytes, bigEndian) {
  const length = bytes.length - bytes.length % 2;
  if (length === 0) return 0;
  const high = bytes[bigEndian ? length - 2 : length - 1];
  return high >= 0xD8 && high < 0xDC ? length - 2 : length;
}

// ---- the decoders ---------------------------------------------------------------------------------------------------

function decodeUtf16(bytes, fatal, bigEndian) {
  const whole = bytes.length - bytes.length % 2;
  if (bigEndian) {
    const swapped = new Uint8Array(whole);
    for (let i = 0; i < whole; i += 2) {
      swapped[i] = bytes[i + 1];
      swapped[i + 1] = bytes[i];
    }
    return decodeUtf16(joined(swapped, bytes.subarray(whole)), fatal, false);
  }
  let string = text.utf16(bytes, 0, whole);
  if (!string.isWellFormed()) {
    if (fatal) throw new TypeError();
    string = string.toWellFormed();
  }
  if (whole !== bytes.length) {
    if (fatal) throw new TypeError();
    // What is left over belongs to a surrogate before it, if there is one: together they are one error.
    string += string.endsWith('\uFFFD') && isHalf(bytes, whole) ? '' : '\uFFFD';
  }
  return string;
}

const isHalf = (bytes, whole) => whole >= 2 && bytes[whole - 1] >= 0xD8 && bytes[whole - 1] < 0xDC;

// What windows-1252 has where latin1 has controls.
const windows1252 = '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F' +
  '\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178';

function decodeLatin1(bytes) {
  return text.latin1(bytes, 0, bytes.length)
    .replace(/[\x80-\x9F]/g, (unit) => windows1252[unit.charCodeAt(0) - 0x80]);
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #pending = noBytes;
  #bomDone = false;
  #streaming = false;

  constructor(encoding = 'utf-8', options = undefined) {
    encoding = `${encoding}`;
    const name = encodingOf(encoding);
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
    let bytes = bytesOf(input);
    if (options !== undefined) {
      validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
    }
    const stream = Boolean(options?.stream);
    if (!this.#streaming) {
      this.#pending = noBytes;
      this.#bomDone = false;
    }
    this.#streaming = stream;

    if (this.#pending.length > 0) bytes = joined(this.#pending, bytes);
    this.#pending = noBytes;
    if (stream) {
      const whole = this.#whole(bytes);
      if (whole < bytes.length) {
        // A copy: the program may use its bytes again before the rest comes.
        this.#pending = bytes.slice(whole);
        bytes = bytes.subarray(0, whole);
      }
    }
    if (bytes.length === 0) return '';
    const keepBOM = this.#ignoreBOM || this.#bomDone;
    this.#bomDone = true;
    try {
      return this.#decodeWhole(bytes, keepBOM);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#streaming = false;
      throw new codes.ERR_ENCODING_INVALID_ENCODED_DATA(this.#encoding, undefined);
    }
  }

  #whole(bytes) {
    switch (this.#encoding) {
      case 'utf-8': return wholeUtf8(bytes);
      case 'utf-16le': return wholeUtf16(bytes, false);
      case 'utf-16be': return wholeUtf16(bytes, true);
      default: return bytes.length;
    }
  }

  #decodeWhole(bytes, keepBOM) {
    if (this.#encoding === 'utf-8') return decodeUtf8(bytes, this.#fatal, keepBOM);
    if (this.#encoding === 'windows-1252') return decodeLatin1(bytes);
    const string = decodeUtf16(bytes, this.#fatal, this.#encoding === 'utf-16be');
    return !keepBOM && string.charCodeAt(0) === 0xFEFF ? string.slice(1) : string;
  }

  [customInspect](depth, options, inspect) {
    TextDecoder.#check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = { encoding: this.encoding, fatal: this.fatal, ignoreBOM: this.ignoreBOM };
    return `${this.constructor?.name ?? 'TextDecoder'} ${(inspect ?? inspector())(shown, options)}`;
  }
}

const inspector = () => require('internal/util/inspect').inspect;

function decodeUtf8(bytes, fatal, keepBOM) {
  try {
    return text.decode(bytes, 0, bytes.length, fatal, keepBOM);
  } catch (error) {
    // Whatever class of error the engine has for it.
    throw fatal ? new TypeError() : error;
  }
}

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
    return { read: unitsOf(src, dest, written), written };
  }

  [customInspect](depth, options, inspect) {
    TextEncoder.#check(this);
    if (typeof depth === 'number' && depth < 0) return this;
    return (inspect ?? inspector())({ encoding: 'utf-8' }, options);
  }
}

// How many units of the string have become these bytes: each character has one byte that does not continue another,
// and those of four bytes are two units.
function unitsOf(string, bytes, written) {
  if (written === string.length) return written;
  let units = 0;
  for (let i = 0; i < written; i++) {
    const byte = bytes[i];
    if (byte < 0x80 || byte >= 0xC0) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

for (const [Class, names] of [[TextDecoder, ['decode', 'encoding', 'fatal', 'ignoreBOM']],
                              [TextEncoder, ['encoding', 'encode', 'encodeInto']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, kEnumerableProperty);
  Object.defineProperty(Class.prototype, customInspect, { enumerable: false });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { configurable: true, value: Class.name });
}

module.exports = { TextDecoder, TextEncoder };
