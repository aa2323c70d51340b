// One request and its answer over `binding.http`. What must wait watches the exchange, and so keeps the run alive; an
// answer that nobody reads does not.

const loop = require('internal/loop');
const { http } = binding;

class Exchange {
  #id;
  #watch;
  #wake;
  #closed = false;
  #error;

  constructor(method, url, headers, hasBody) {
    this.#id = http.start(method, url, headers, hasBody);
  }

  // Until the exchange can go on, or is closed.
  #ready() {
    return new Promise((resolve) => {
      const wake = () => {
        this.#watch = undefined;
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      this.#watch = loop.watch(http.watch(this.#id), wake, { type: 'TCPSocketWrap' });
    });
  }

  #check() {
    if (this.#error !== undefined) throw this.#error;
    if (this.#closed) throw new Error('other side closed');
  }

  async send(bytes) {
    for (let at = 0; at < bytes.length;) {
      this.#check();
      const taken = http.write(this.#id, at === 0 ? bytes : bytes.subarray(at));
      at += taken;
      if (taken === 0) await this.#ready();
    }
  }

  finish() {
    this.#check();
    http.end(this.#id);
  }

  // [status, [name, value, …]]
  async response() {
    for (;;) {
      this.#check();
      const response = http.response(this.#id);
      if (response !== null) return response;
      await this.#ready();
    }
  }

  // Bytes, or null at the end.
  async read() {
    const buffer = new Uint8Array(16384);
    for (;;) {
      this.#check();
      const count = http.read(this.#id, buffer);
      if (count > 0) return count === buffer.length ? buffer : buffer.slice(0, count);
      if (count === 0) {
        this.close();
        return null;
      }
      await this.#ready();
    }
  }

  // Who waits for it gets the error.
  close(error = undefined) {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    if (this.#watch !== undefined) loop.unwatch(this.#watch);
    http.close(this.#id);
    this.#wake?.();
  }
}

module.exports = { Exchange };
