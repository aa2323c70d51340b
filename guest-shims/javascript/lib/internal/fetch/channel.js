// One direction of an exchange, or both: bytes over a wire of `binding`, which are waited for. What must wait watches the
// wire, and so keeps the run alive.

const loop = require('internal/loop');

class Channel {
  #wire;
  #id;
  #watch;
  #wake;
  #closed = false;
  #error;

  constructor(wire, id) {
    this.#wire = wire;
    this.#id = id;
  }

  get id() { return this.#id; }

  // Until it can go on, or is closed.
  ready() {
    return new Promise((resolve) => {
      const wake = () => {
        this.#watch = undefined;
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      this.#watch = loop.watch(this.#wire.watch(this.#id), wake, { type: 'TCPSocketWrap' });
    });
  }

  check() {
    if (this.#error !== undefined) throw this.#error;
    if (this.#closed) throw new Error('other side closed');
  }

  async send(bytes) {
    for (let at = 0; at < bytes.length;) {
      this.check();
      const taken = this.#wire.write(this.#id, at === 0 ? bytes : bytes.subarray(at));
      at += taken;
      if (taken === 0) await this.ready();
    }
  }

  finish() {
    this.check();
    this.#wire.end(this.#id);
  }

  // Bytes, or null at the end.
  async read() {
    const buffer = new Uint8Array(16384);
    for (;;) {
      this.check();
      const count = this.#wire.read(this.#id, buffer);
      if (count > 0) return count === buffer.length ? buffer : buffer.slice(0, count);
      if (count === 0) {
        this.close();
        return null;
      }
      await this.ready();
    }
  }

  cancel() { this.close(); }

  // Who waits for it gets the error.
  close(error = undefined) {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    if (this.#watch !== undefined) loop.unwatch(this.#watch);
    this.#wire.close(this.#id);
    this.#wake?.();
  }
}

module.exports = { Channel };
