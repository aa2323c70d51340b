// The module `readline`: lines out of a stream. There is no editing of lines, which needs a terminal in raw mode.

const { codes } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const EventEmitter = require('events');
const { fill } = require('internal/unavailable');

function optionsOf(input, output, completer, terminal) {
  // A stream by itself is the older way to call it.
  if (input?.input === undefined) return { input, output, completer, terminal };
  return input;
}

class Interface extends EventEmitter {
  #decoder;
  #rest = '';
  #lastWasReturn = false;
  #question;
  #prompt = '> ';
  #listeners;
  #paused = false;

  constructor(input, output, completer, terminal) {
    super();
    const options = optionsOf(input, output, completer, terminal);
    if (options.input === undefined || options.input === null) {
      throw new codes.ERR_INVALID_ARG_TYPE('options.input', 'Stream', options.input);
    }
    if (options.prompt !== undefined) this.#prompt = `${options.prompt}`;
    this.input = options.input;
    this.output = options.output;
    this.crlfDelay = options.crlfDelay ? Math.max(100, options.crlfDelay) : 100;
    this.line = '';
    this.cursor = 0;
    this.terminal = false;
    this.closed = false;
    const { StringDecoder } = require('string_decoder');
    this.#decoder = new StringDecoder('utf8');

    const data = (chunk) => this.#take(this.#decoder.write(chunk));
    const end = () => {
      this.#take(this.#decoder.end());
      if (this.#rest !== '') this.#emitLine(this.#rest);
      this.#rest = '';
      this.close();
    };
    const error = (failure) => this.emit('error', failure);
    this.#listeners = { data, end, error };
    for (const name of Object.keys(this.#listeners)) this.input.on(name, this.#listeners[name]);
    const { signal } = options;
    if (signal) {
      require('internal/validators').validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) globalThis.process.nextTick(() => this.close());
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    this.input.resume?.();
  }

  #take(text) {
    if (text === '') return;
    // A line feed right after a carriage return belongs to the line before, even in another chunk.
    if (this.#lastWasReturn && text[0] === '\n') text = text.slice(1);
    if (text === '') {
      this.#lastWasReturn = false;
      return;
    }
    this.#lastWasReturn = text.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\n|\r|\u2028|\u2029/);
    this.#rest = lines.pop();
    for (const line of lines) this.#emitLine(line);
  }

  #emitLine(line) {
    if (this.closed && !this.#question) return;
    const question = this.#question;
    if (question !== undefined) {
      this.#question = undefined;
      question(line);
    } else {
      this.emit('line', line);
    }
  }

  getPrompt() { return this.#prompt; }

  setPrompt(prompt) { this.#prompt = `${prompt}`; }

  prompt() {
    if (this.#paused) this.resume();
    this.output?.write(this.#prompt);
  }

  question(query, options, callback) {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    validateFunction(callback, 'callback');
    const { signal } = options ?? {};
    if (signal?.aborted) return;
    signal?.addEventListener('abort', () => { this.#question = undefined; }, { once: true });
    if (this.#question !== undefined) {
      this.prompt();
      return;
    }
    this.output?.write(`${query}`);
    this.#question = callback;
    this.resume();
  }

  pause() {
    if (this.#paused) return this;
    this.#paused = true;
    this.input.pause();
    this.emit('pause');
    return this;
  }

  resume() {
    if (!this.#paused) return this;
    this.#paused = false;
    this.input.resume();
    this.emit('resume');
    return this;
  }

  write(data) {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE('readline');
    this.resume();
    if (data !== undefined && data !== null) this.#take(`${data}`);
  }

  close() {
    if (this.closed) return;
    this.pause();
    for (const name of Object.keys(this.#listeners)) this.input.removeListener(name, this.#listeners[name]);
    this.closed = true;
    this.emit('close');
  }

  [Symbol.asyncIterator]() {
    const lines = [];
    const waiting = [];
    let failure;
    const next = (line) => {
      if (waiting.length > 0) waiting.shift().resolve({ value: line, done: false });
      else lines.push(line);
    };
    const finish = () => { for (const one of waiting.splice(0)) one.resolve({ value: undefined, done: true }); };
    const fail = (error) => {
      failure = error;
      for (const one of waiting.splice(0)) one.reject(error);
    };
    this.on('line', next);
    this.once('close', finish);
    this.input.once('error', fail);
    const rl = this;
    return {
      next() {
        if (lines.length > 0) return Promise.resolve({ value: lines.shift(), done: false });
        if (failure !== undefined) return Promise.reject(failure);
        if (rl.closed) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return() {
        rl.removeListener('line', next);
        rl.close();
        return Promise.resolve({ value: undefined, done: true });
      },
      [Symbol.asyncIterator]() { return this; },
    };
  }
}

Interface.prototype.question[require('util').promisify.custom] = function question(query, options) {
  return new Promise((resolve, reject) => {
    const { signal } = options ?? {};
    if (signal?.aborted) {
      const { AbortError } = require('internal/errors');
      reject(new AbortError(undefined, { cause: signal.reason }));
      return;
    }
    this.question(query, options ?? {}, resolve);
  });
};

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

// ---- the cursor of a terminal: what is written for it is the same everywhere ----------------------------------------

function send(stream, text, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (callback !== undefined) globalThis.process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

function cursorTo(stream, x, y, callback) {
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE('x', x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE('y', y);
  if (typeof x !== 'number' && typeof y === 'number') throw new codes.ERR_INVALID_CURSOR_POS();
  const text = typeof x !== 'number' ? '' : typeof y === 'number' ? `\x1B[${y + 1};${x + 1}H` : `\x1B[${x + 1}G`;
  return send(stream, text, callback);
}

function moveCursor(stream, dx, dy, callback) {
  let text = '';
  if (dx !== 0) text += `\x1B[${Math.abs(dx)}${dx < 0 ? 'D' : 'C'}`;
  if (dy !== 0) text += `\x1B[${Math.abs(dy)}${dy < 0 ? 'A' : 'B'}`;
  return send(stream, text, callback);
}

function clearLine(stream, direction, callback) {
  return send(stream, direction < 0 ? '\x1B[1K' : direction > 0 ? '\x1B[0K' : '\x1B[2K', callback);
}

function clearScreenDown(stream, callback) {
  return send(stream, '\x1B[0J', callback);
}

module.exports = { Interface, clearLine, clearScreenDown, createInterface, cursorTo, moveCursor };
fill(module.exports, 'readline', ['emitKeypressEvents']);
Object.defineProperty(module.exports, 'promises', {
  configurable: true,
  enumerable: true,
  get() { return require('readline/promises'); },
});
