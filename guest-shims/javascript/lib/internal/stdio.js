// `process.stdin`, `stdout` and `stderr`. Output is written at once, as Node does for files and terminals: nothing is lost
// when a run ends in the middle.

const loop = require('internal/loop');

exports.writeLine = function(fd, text) {
  const { process, streamMade } = require('internal/process');
  if (streamMade(fd)) (fd === 1 ? process.stdout : process.stderr).write(`${text}\n`);
  else binding.stdio.write(fd, binding.text.encode(`${text}\n`));
};

function failure(error, syscall) {
  const { systemError } = require('internal/errors');
  return error?.code === undefined ? error : systemError({ code: error.code, syscall });
}

function makeOutput(fd) {
  const { Writable } = require('stream');

  class WriteStream extends Writable {
    constructor() {
      super({ decodeStrings: false, emitClose: false, autoDestroy: true });
      this.fd = fd;
      this._type = binding.stdio.isTTY(fd) ? 'tty' : 'pipe';
      this._isStdio = true;
      if (this._type === 'tty') {
        this.isTTY = true;
        this.columns = 80;
        this.rows = 24;
      }
    }

    _write(chunk, encoding, callback) {
      try {
        const bytes = typeof chunk !== 'string' ? chunk :
          encoding === 'utf8' || encoding === 'utf-8' ? binding.text.encode(chunk) : Buffer.from(chunk, encoding);
        binding.stdio.write(fd, bytes);
      } catch (error) {
        callback(failure(error, 'write'));
        return;
      }
      callback();
    }

    // Nobody can close what the whole run writes to; it only says that it was.
    _destroy(error, callback) {
      callback(error);
      this._undestroy();
      process.nextTick(() => this.emit('close'));
    }

    hasColors(count = 16) { return count <= this.#colors(); }

    getColorDepth() { return Math.log2(this.#colors()); }

    getWindowSize() { return [this.columns, this.rows]; }

    #colors() {
      if (!this.isTTY || process.env.NO_COLOR !== undefined || process.env.TERM === 'dumb') return 2;
      return /256/.test(process.env.TERM ?? '') ? 256 : 16;
    }
  }

  const stream = new WriteStream();
  stream.destroySoon = stream.destroy;
  if (!stream.isTTY) {
    for (const name of ['hasColors', 'getColorDepth', 'getWindowSize']) {
      Object.defineProperty(stream, name, { value: undefined, configurable: true, writable: true });
    }
  }
  return stream;
}

const size = 65536;

function makeInput() {
  const { Readable } = require('stream');
  let watch;
  let wanted = false;

  class ReadStream extends Readable {
    constructor() {
      super({ highWaterMark: size, emitClose: false });
      this.fd = 0;
      if (binding.stdio.isTTY(0)) {
        this.isTTY = true;
        this.isRaw = false;
      }
    }

    _read() {
      wanted = true;
      listen();
    }

    _destroy(error, callback) {
      stop();
      callback(error);
    }

    ref() {
      if (watch !== undefined) loop.refWatch(watch, true);
      return this;
    }

    unref() {
      if (watch !== undefined) loop.refWatch(watch, false);
      return this;
    }

    setRawMode() {
      const { codes } = require('internal/errors');
      throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('stdin.setRawMode()');
    }
  }

  const stream = new ReadStream();

  function listen() {
    if (watch === undefined) watch = loop.watch(binding.loop.watchStdin(), ready, { type: 'TTYWrap', owner: stream });
  }

  function stop() {
    if (watch === undefined) return;
    loop.unwatch(watch);
    watch = undefined;
  }

  function ready() {
    watch = undefined;
    const bytes = Buffer.allocUnsafe(size);
    let length;
    try {
      length = binding.stdio.tryRead(bytes);
    } catch (error) {
      stream.destroy(failure(error, 'read'));
      return;
    }
    if (length < 0) {
      listen();
      return;
    }
    wanted = false;
    stream.push(length === 0 ? null : Buffer.from(bytes.subarray(0, length)));
  }

  // A paused input must not hold the run.
  stream.on('pause', () => {
    process.nextTick(() => { if (stream.isPaused() || !stream.readableFlowing) stop(); });
  });
  stream.on('resume', () => { if (wanted && watch === undefined && !stream.destroyed) listen(); });
  return stream;
}

exports.make = (fd) => (fd === 0 ? makeInput() : makeOutput(fd));
