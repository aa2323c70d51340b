// Two duplex streams: what is written to one is read from the other.

const { Duplex } = require('stream');

class Side extends Duplex {
  other = null;
  #taken = null;

  _read() {
    const taken = this.#taken;
    if (taken === null) return;
    this.#taken = null;
    taken();
  }

  // A write is done when the other side has taken it, so that a slow reader slows the writer.
  _write(chunk, encoding, callback) {
    if (chunk.length === 0) process.nextTick(callback);
    else this.other.#give(chunk, callback);
  }

  _final(callback) {
    this.other.once('end', callback);
    this.other.push(null);
  }

  #give(chunk, callback) {
    this.push(chunk);
    this.#taken = callback;
  }
}

function duplexPair(options) {
  const first = new Side(options);
  const second = new Side(options);
  first.other = second;
  second.other = first;
  return [first, second];
}

module.exports = { duplexPair };
