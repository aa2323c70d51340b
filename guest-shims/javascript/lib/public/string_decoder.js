// StringDecoder: strings out of buffers that come in pieces.

const { codes } = require('internal/errors');
const { operations } = require('internal/buffer/encodings');
const { Buffer } = require('internal/buffer/core');

// What is kept between two pieces: the beginning of a character, with how long it is and how much is missing.
const kOps = Symbol('kOps');
const kKept = Symbol('kKept');
const kMissing = Symbol('kMissing');
const kCount = Symbol('kCount');

// How many bytes at the end begin a character of UTF-8 that is not whole, and how many bytes it has.
function openUtf8(bytes) {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte < 0x80) return [0, 0];
    if (byte < 0xC0) continue;
    const needed = byte >= 0xF0 && byte < 0xF8 ? 4 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte < 0xE0 ? 2 : 0;
    return back < needed ? [back, needed] : [0, 0];
  }
  return [0, 0];
}

function StringDecoder(encoding) {
  const ops = encoding === undefined || encoding === null || encoding === '' ? operations('utf8') :
    operations(encoding);
  if (ops === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
  this.encoding = ops.encoding;
  this[kOps] = ops;
  this[kKept] = Buffer.alloc(4);
  this[kCount] = 0;
  this[kMissing] = 0;
}

function asBytes(value, name) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new codes.ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

StringDecoder.prototype.write = function write(buf) {
  if (typeof buf === 'string') return buf;
  let bytes = asBytes(buf, 'buf');
  if (this[kOps] === undefined) throw new codes.ERR_INVALID_THIS('StringDecoder');
  if (bytes.length === 0) return '';
  switch (this.encoding) {
    case 'utf8': return this[kCount] === 0 ? writeUtf8(this, bytes) : resumeUtf8(this, bytes);
    case 'utf16le': return writeUnits(this, bytes, 2);
    case 'base64':
    case 'base64url': return writeUnits(this, bytes, 3);
    default: return this[kOps].slice(bytes, 0, bytes.length);
  }
};

function keep(decoder, bytes, count, missing) {
  for (let i = 0; i < count; i++) decoder[kKept][i] = bytes[bytes.length - count + i];
  decoder[kCount] = count;
  decoder[kMissing] = missing;
}

function writeUtf8(decoder, bytes) {
  const [open, needed] = openUtf8(bytes);
  if (open > 0) keep(decoder, bytes, open, needed - open);
  return decoder[kOps].slice(bytes, 0, bytes.length - open);
}

function resumeUtf8(decoder, bytes) {
  let used = 0;
  while (decoder[kMissing] > 0) {
    if (used === bytes.length) return '';
    // A byte that does not continue the character ends it: what is kept is malformed, the byte begins anew.
    if ((bytes[used] & 0xC0) !== 0x80) break;
    decoder[kKept][decoder[kCount]++] = bytes[used++];
    decoder[kMissing]--;
  }
  const head = decoder[kOps].slice(decoder[kKept], 0, decoder[kCount]);
  decoder[kCount] = 0;
  decoder[kMissing] = 0;
  if (used === bytes.length) return head;
  const rest = new Uint8Array(bytes.buffer, bytes.byteOffset + used, bytes.length - used);
  return head + writeUtf8(decoder, rest);
}

// Encodings whose pieces have a fixed number of bytes: what is over is kept.
function writeUnits(decoder, bytes, size) {
  let all = bytes;
  const kept = decoder[kCount];
  if (kept > 0) {
    all = new Uint8Array(kept + bytes.length);
    all.set(decoder[kKept].subarray(0, kept));
    all.set(bytes, kept);
  }
  let over = all.length % size;
  let missing = over === 0 ? 0 : size - over;
  // The first half of a pair waits for the second one, but not where a part of that has come: so does Node.
  if (size === 2 && over === 0 && all[all.length - 1] >= 0xD8 && all[all.length - 1] <= 0xDB) over = missing = 2;
  if (size === 2 && kept >= 2 && all.length === 3) [over, missing] = [3, 1];
  keep(decoder, all, over, missing);
  return decoder[kOps].slice(all, 0, all.length - over);
}

StringDecoder.prototype.end = function end(buf) {
  let out = '';
  if (buf !== undefined) out = this.write(buf);
  if (this[kCount] > 0) {
    out += this[kOps].slice(this[kKept], 0, this[kCount]);
    this[kCount] = 0;
    this[kMissing] = 0;
  }
  return out;
};

StringDecoder.prototype.text = function text(buf, offset) {
  this[kCount] = 0;
  this[kMissing] = 0;
  return this.write(buf.slice(offset));
};

Object.defineProperties(StringDecoder.prototype, {
  lastChar: {
    configurable: true,
    enumerable: true,
    get() { return this[kKept]; },
  },
  lastNeed: {
    configurable: true,
    enumerable: true,
    get() { return this[kMissing]; },
  },
  lastTotal: {
    configurable: true,
    enumerable: true,
    get() { return this[kCount] + this[kMissing]; },
  },
});

module.exports = { StringDecoder };
