// Reads what is compressed as Node does: members of gzip follow each other until a byte of zero, and what follows
// compressed data of the other formats is left alone.

const { Decompressor } = require('internal/compress/work');

// What the first byte says, where the name of the format does not.
const formatOf = {
  'deflate': () => 'deflate',
  'deflate-raw': () => 'deflate-raw',
  'gzip': () => 'gzip',
  'unzip': (first) => (first === 0x1F ? 'gzip' : 'deflate'),
  // What servers send as `deflate` is often without its wrapper.
  'deflate-or-raw': (first) => ((first & 0x0F) === 8 ? 'deflate' : 'deflate-raw'),
};

class Reader {
  #name;
  #options;
  #format;
  #inner;
  #isOver = false;

  // `lenient`: an end that comes too early is an end.
  constructor(name, options = {}) {
    this.#name = name;
    this.#options = options;
  }

  push(bytes) {
    const pieces = [];
    let rest = bytes;
    while (rest.length > 0 && !this.#isOver) {
      if (this.#inner === undefined) {
        this.#begin(rest);
        continue;
      }
      const { output, taken } = this.#inner.push(rest);
      if (output.length > 0) pieces.push(output);
      rest = rest.subarray(taken);
      if (rest.length > 0) this.#endMember();
    }
    return pieces;
  }

  #begin(bytes) {
    if (this.#format !== undefined && bytes[0] === 0) {
      this.#isOver = true;
      return;
    }
    this.#format ??= formatOf[this.#name](bytes[0]);
    this.#inner = new Decompressor(this.#format, this.#options);
  }

  #endMember() {
    this.#inner.end();
    this.#inner = undefined;
    if (this.#format !== 'gzip') this.#isOver = true;
  }

  end() {
    if (this.#format !== undefined && this.#inner === undefined) return [];
    try {
      const inner = this.#inner ?? new Decompressor('gzip', this.#options);
      const output = inner.end();
      return output.length > 0 ? [output] : [];
    } catch (error) {
      if (this.#options.lenient && error.code === 'Z_BUF_ERROR') return [];
      throw error;
    }
  }
}

module.exports = { Reader };
