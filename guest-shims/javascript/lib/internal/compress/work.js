// Compressors and decompressors of the three formats: `deflate-raw` (RFC 1951), `deflate` (RFC 1950), `gzip` (RFC 1952).

const { compress } = binding;

const formats = ['deflate', 'deflate-raw', 'gzip'];

// As many bytes as any program can hold.
const anySize = 0x7fffffff;

// Those that never came to their end, when nobody holds them any more.
let abandoned;

function watched(holder, number) {
  (abandoned ??= new FinalizationRegistry(compress.close)).register(holder, number);
  return number;
}

// What it gives are lists of pieces, as those of a reader.
class Compressor {
  #number;

  constructor(format, { level = -1, most = anySize } = {}) {
    this.#number = watched(this, compress.compress(format, level, most));
  }

  push(bytes) { return [compress.push(this.#number, bytes).output]; }

  flush() { return [compress.flush(this.#number)]; }

  end() { return [compress.end(this.#number)]; }
}

class Decompressor {
  #number;

  constructor(format, { most = anySize } = {}) {
    this.#number = watched(this, compress.decompress(format, most));
  }

  // What these bytes are, and how many of them were taken: fewer where what is compressed has come to its end.
  push(bytes) { return compress.push(this.#number, bytes); }

  end() { return compress.end(this.#number); }
}

module.exports = { Compressor, Decompressor, anySize, formats };
