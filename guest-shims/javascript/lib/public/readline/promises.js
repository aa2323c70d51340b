// The module `readline/promises`.

const readline = require('readline');
const { fill } = require('internal/unavailable');

class Interface extends readline.Interface {
  question(query, options = undefined) {
    return new Promise((resolve, reject) => {
      const { signal } = options ?? {};
      const fail = () => {
        const { AbortError } = require('internal/errors');
        reject(new AbortError(undefined, { cause: signal.reason }));
      };
      if (signal?.aborted) return fail();
      signal?.addEventListener('abort', fail, { once: true });
      super.question(query, options ?? {}, resolve);
    });
  }
}

exports.Interface = Interface;
exports.createInterface = (...args) => new Interface(...args);
fill(exports, 'readline/promises', [], ['Readline']);
