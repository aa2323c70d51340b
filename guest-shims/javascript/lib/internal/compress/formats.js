// What stands around compressed data: nothing (`deflate-raw`), RFC 1950 (`deflate`) or RFC 1952 (`gzip`).

const { Deflate } = require('internal/compress/deflate');
const { inflate } = require('internal/compress/inflate');

let crcTable;

function crc32(crc, bytes) {
  if (crcTable === undefined) {
    crcTable = new Int32Array(256);
    for (let i = 0; i < 256; i++) {
      let value = i;
      for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
      crcTable[i] = value;
    }
  }
  let value = ~crc;
  for (let i = 0; i < bytes.length; i++) value = crcTable[(value ^ bytes[i]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

function adler32(sum, bytes) {
  let low = sum & 0xffff;
  let high = sum >>> 16;
  for (let i = 0; i < bytes.length;) {
    for (const stop = Math.min(bytes.length, i + 3800); i < stop; i++) {
      low += bytes[i];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return ((high << 16) | low) >>> 0;
}

const little = (value) => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
const big = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

const formats = {
  'deflate-raw': { header: [], first: 0, check: () => 0, trailer: () => [] },
  'deflate': { header: [0x78, 0x9c], first: 1, check: adler32, trailer: (sum) => big(sum) },
  'gzip': {
    header: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
    first: 0,
    check: crc32,
    trailer: (sum, size) => [...little(sum), ...little(size >>> 0)],
  },
};

class Compressor {
  #format;
  #deflate = new Deflate();
  #sum;
  #size = 0;
  #begun = false;

  constructor(format) {
    this.#format = formats[format];
    this.#sum = this.#format.first;
  }

  #begin(pieces) {
    if (!this.#begun && this.#format.header.length > 0) pieces.push(Uint8Array.from(this.#format.header));
    this.#begun = true;
    return pieces;
  }

  push(bytes) {
    this.#sum = this.#format.check(this.#sum, bytes);
    this.#size += bytes.length;
    return [...this.#begin([]), ...this.#deflate.push(bytes, false)];
  }

  end() {
    const pieces = [...this.#begin([]), ...this.#deflate.push(new Uint8Array(0), true)];
    const trailer = this.#format.trailer(this.#sum, this.#size);
    if (trailer.length > 0) pieces.push(Uint8Array.from(trailer));
    return pieces;
  }
}

function* nextByte(input) {
  while (input.at >= input.bytes.length) yield;
  return input.bytes[input.at++];
}

function fail(message) {
  throw new TypeError(message);
}

function* readHeader(format, input) {
  if (format === 'deflate') {
    const method = yield* nextByte(input);
    const flags = yield* nextByte(input);
    if ((method & 15) !== 8 || ((method << 8) | flags) % 31 !== 0 || flags & 32) fail('incorrect header check');
    return;
  }
  if (format !== 'gzip') return;
  const fixed = [];
  while (fixed.length < 10) fixed.push(yield* nextByte(input));
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b || fixed[2] !== 8) fail('incorrect header check');
  const flags = fixed[3];
  if (flags & 4) {
    const low = yield* nextByte(input);
    for (let left = low | ((yield* nextByte(input)) << 8); left > 0; left--) yield* nextByte(input);
  }
  for (const flag of [8, 16]) if (flags & flag) while ((yield* nextByte(input)) !== 0);
  if (flags & 2) for (let left = 2; left > 0; left--) yield* nextByte(input);
}

function* decompress(format, input, emit) {
  const { first, check, trailer } = formats[format];
  yield* readHeader(format, input);
  let sum = first;
  let size = 0;
  yield* inflate(input, (bytes) => {
    sum = check(sum, bytes);
    size += bytes.length;
    emit(bytes);
  });
  for (const wanted of trailer(sum, size)) if ((yield* nextByte(input)) !== wanted) fail('incorrect data check');
}

class Decompressor {
  #input = { bytes: new Uint8Array(0), at: 0 };
  #pieces = [];
  #work;
  #done = false;

  constructor(format) {
    this.#work = decompress(format, this.#input, (bytes) => this.#pieces.push(bytes));
  }

  // The first step and each later one end where there is no input left, or behind the end.
  push(bytes) {
    if (this.#done) {
      if (bytes.length > 0) fail('Trailing data after the end of the compressed data');
      return [];
    }
    this.#input.bytes = bytes;
    this.#input.at = 0;
    this.#done = this.#work.next().done;
    if (this.#done && this.#input.at < bytes.length) fail('Trailing data after the end of the compressed data');
    return this.#pieces.splice(0);
  }

  end() {
    if (!this.#done) fail('The compressed data ends too early');
    return [];
  }
}

module.exports = { Compressor, Decompressor, crc32, formats: Object.keys(formats) };
