// fs.ReadStream and fs.WriteStream. They are functions, not classes: old programs call them without `new` and inherit from
// them by hand, and replace `open` of their prototypes.

const { Readable, Writable, finished } = require('stream');
const { codes } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger } = require('internal/validators');
const { toDescriptor, toOptions, toPath } = require('internal/fs/arguments');

const kFs = Symbol('fs');
const kHandle = Symbol('handle');
const kBusy = Symbol('busy');
const kIdle = Symbol('idle');

const nextTick = (...args) => require('process').nextTick(...args);

// The functions of `fs` for a FileHandle, which gives promises.
function handleSystem(handle) {
  const pass = (promise, callback, show) => {
    promise.then((result) => nextTick(callback, null, ...show(result)), (error) => nextTick(callback, error));
  };
  return {
    open() { throw new codes.ERR_METHOD_NOT_IMPLEMENTED('open()'); },
    close(fd, callback) {
      const { kLeave } = require('internal/fs/file-handle');
      handle[kLeave]();
      pass(handle.close(), callback, () => []);
    },
    read(fd, buffer, offset, length, position, callback) {
      pass(handle.read(buffer, offset, length, position), callback, (r) => [r.bytesRead, r.buffer]);
    },
    write(fd, buffer, offset, length, position, callback) {
      pass(handle.write(buffer, offset, length, position), callback, (r) => [r.bytesWritten, r.buffer]);
    },
    writev(fd, buffers, position, callback) {
      pass(handle.writev(buffers, position), callback, (r) => [r.bytesWritten, r.buffers]);
    },
    fsync(fd, callback) { pass(handle.sync(), callback, () => []); },
  };
}

// What both have in common: where the file comes from.
function setUp(stream, path, options, flags) {
  if (options.fd === null || options.fd === undefined) {
    stream[kFs] = options.fs || require('fs');
    stream.fd = null;
    validateFunction(stream[kFs].open, 'options.fs.open');
    stream.path = typeof path === 'object' && path !== null && !ArrayBuffer.isView(path) ? toPath(path) : path;
    toPath(path);
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
    return;
  }
  if (typeof options.fd === 'object' && options.fd instanceof require('internal/fs/file-handle').FileHandle) {
    if (options.fs) throw new codes.ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
    const { kEnter } = require('internal/fs/file-handle');
    stream[kHandle] = options.fd;
    stream[kFs] = handleSystem(options.fd);
    stream.fd = options.fd.fd;
    options.fd[kEnter]();
    options.fd.on('close', () => stream.close());
  } else {
    stream[kFs] = options.fs || require('fs');
    stream.fd = toDescriptor(options.fd);
  }
}

function setClosing(stream, options) {
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  if (options.autoDestroy) validateFunction(stream[kFs].close, 'options.fs.close');
}

const checkPlace = (value, name) => validateInteger(value, name, 0);

function construct(callback) {
  const stream = this;
  if (typeof stream.fd === 'number') {
    callback();
    return;
  }
  if (stream.open !== openRead && stream.open !== openWrite) {
    // Someone put an `open` of their own in, which tells by events how it went.
    const emit = stream.emit;
    stream.emit = function(name, ...args) {
      if (name === 'open') {
        this.emit = emit;
        callback();
      } else if (name === 'error') {
        this.emit = emit;
        callback(args[0]);
        return true;
      }
      return Reflect.apply(emit, this, [name, ...args]);
    };
    stream.open();
    return;
  }
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    stream.fd = fd;
    // The stream writes what waits two ticks from now; what is written until then must not overtake it.
    if (stream instanceof WriteStream) {
      stream.cork();
      nextTick(nextTick, () => stream.uncork());
    }
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function closeFile(stream, error, callback) {
  const { fd } = stream;
  if (fd === null || fd === undefined) {
    callback(error);
    return;
  }
  // `close` may be the program's own, which still sees the number.
  const close = () => stream[kFs].close(fd, (closeError) => callback(closeError || error));
  if (stream.flush && !error) {
    stream[kFs].fsync(fd, (flushError) => {
      if (flushError) stream[kFs].close(fd, () => callback(flushError));
      else close();
    });
  } else {
    close();
  }
  stream.fd = null;
}

// A read or write that was begun must come back before the file is closed: its number may soon mean another file.
function destroy(error, callback) {
  if (this[kBusy]) this.once(kIdle, (ioError) => closeFile(this, error || ioError, callback));
  else closeFile(this, error, callback);
}

function fail(stream, error) {
  if (stream.autoClose) stream.destroy(error);
  else stream.emit('error', error);
}

// Inherited options count.
function copy(options) {
  const all = {};
  for (const key in options) all[key] = options[key];
  return all;
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = copy(toOptions(options, {}));
  options.highWaterMark ??= 64 * 1024;
  setUp(this, path, options, 'r');
  setClosing(this, options);
  validateFunction(this[kFs].read, 'options.fs.read');

  this.start = options.start;
  this.end = options.end === undefined || options.end === null ? Infinity : options.end;
  this.pos = undefined;
  this.bytesRead = 0;
  this[kBusy] = false;
  if (this.start !== undefined) {
    checkPlace(this.start, 'start');
    this.pos = this.start;
  }
  if (this.end !== Infinity) {
    checkPlace(this.end, 'end');
    if (this.start !== undefined && this.start > this.end) {
      throw new codes.ERR_OUT_OF_RANGE('start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  Reflect.apply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

function read(wanted) {
  const left = this.end - (this.pos === undefined ? this.bytesRead : this.pos) + 1;
  const size = Math.min(left, wanted);
  if (size <= 0) {
    this.push(null);
    return;
  }
  const buffer = require('buffer').Buffer.allocUnsafeSlow(size);
  this[kBusy] = true;
  this[kFs].read(this.fd, buffer, 0, size, this.pos, (error, count, filled) => {
    this[kBusy] = false;
    if (this.destroyed) {
      this.emit(kIdle, error);
    } else if (error) {
      fail(this, error);
    } else if (count > 0) {
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      // A short read in a buffer of full size would keep all of that memory alive.
      this.push(count === filled.length ? filled : Uint8Array.prototype.slice.call(filled, 0, count));
    } else {
      this.push(null);
    }
  });
}

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = copy(toOptions(options, {}));
  options.decodeStrings = true;
  setUp(this, path, options, 'w');
  setClosing(this, options);
  const { write, writev } = this[kFs];
  if (!write && !writev) throw new codes.ERR_INVALID_ARG_TYPE('options.fs.write', 'function', write);
  if (write) validateFunction(write, 'options.fs.write');
  if (writev) validateFunction(writev, 'options.fs.writev');
  if (!write) this._write = null;
  if (!writev) this._writev = null;
  this.flush = options.flush ?? false;
  validateBoolean(this.flush, 'options.flush');
  if (this.flush) validateFunction(this[kFs].fsync, 'options.fs.fsync');

  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  this[kBusy] = false;
  if (this.start !== undefined) {
    checkPlace(this.start, 'start');
    this.pos = this.start;
  }
  Reflect.apply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

// Writes all of it: a file may take less at once, and EAGAIN says that it takes nothing now.
function writeAll(stream, data, pos, callback, attempts = 0) {
  stream[kFs].write(stream.fd, data, 0, data.length, pos, (error, count, buffer) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      count = 0;
    }
    if (stream.destroyed || error) {
      callback(error || new codes.ERR_STREAM_DESTROYED('write'));
      return;
    }
    stream.bytesWritten += count;
    attempts = count > 0 ? 0 : attempts + 1;
    if (count === data.length) callback();
    else if (attempts > 5) callback(require('internal/errors').systemError({ code: 'EAGAIN', syscall: 'write' }));
    else writeAll(stream, buffer.subarray(count), pos === undefined ? pos : pos + count, callback, attempts);
  });
}

function writevAll(stream, chunks, pos, callback, attempts = 0) {
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  stream[kFs].writev(stream.fd, chunks, pos ?? null, (error, count) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      count = 0;
    }
    if (stream.destroyed || error) {
      callback(error || new codes.ERR_STREAM_DESTROYED('writev'));
      return;
    }
    stream.bytesWritten += count;
    attempts = count > 0 ? 0 : attempts + 1;
    if (count === size) return callback();
    if (attempts > 5) return callback(require('internal/errors').systemError({ code: 'EAGAIN', syscall: 'writev' }));
    let skip = count;
    const rest = [];
    for (const chunk of chunks) {
      if (skip >= chunk.length) {
        skip -= chunk.length;
      } else {
        rest.push(skip === 0 ? chunk : chunk.subarray(skip));
        skip = 0;
      }
    }
    writevAll(stream, rest, pos === undefined ? pos : pos + count, callback, attempts);
  });
}

function settle(stream, callback) {
  return (error) => {
    stream[kBusy] = false;
    if (stream.destroyed) {
      callback(error);
      stream.emit(kIdle, error);
    } else {
      callback(error);
    }
  };
}

function write(data, encoding, callback) {
  this[kBusy] = true;
  writeAll(this, data, this.pos, settle(this, callback));
  if (this.pos !== undefined) this.pos += data.length;
}

function writev(data, callback) {
  const chunks = data.map(({ chunk }) => chunk);
  this[kBusy] = true;
  writevAll(this, chunks, this.pos, settle(this, callback));
  if (this.pos !== undefined) this.pos += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

// ---- prototypes ---------------------------------------------------------------------------------------------------

// `open` is called by nobody here; it stands there to be replaced, and to be called by those who replaced it.
const { deprecate } = require('internal/util');
const openRead = deprecate(function() { openNow(this); }, 'ReadStream.prototype.open() is deprecated', 'DEP0135');
const openWrite = deprecate(function() { openNow(this); }, 'WriteStream.prototype.open() is deprecated', 'DEP0135');

function openNow(stream) {
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) {
      fail(stream, error);
      return;
    }
    stream.fd = fd;
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

const method = (prototype, name, value) => {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(prototype, name, { value, writable: true, enumerable: true, configurable: true });
};

const accessor = (prototype, name, get, set, enumerable = false) => {
  Object.defineProperty(prototype, name, { get, set, enumerable, configurable: true });
};

for (const [Stream, state] of [[ReadStream, '_readableState'], [WriteStream, '_writableState']]) {
  accessor(Stream.prototype, 'autoClose', function() { return this[state]?.autoDestroy; },
           function(value) { this[state].autoDestroy = value; });
  accessor(Stream.prototype, 'pending', function() { return this.fd === null; }, undefined, true);
  method(Stream.prototype, '_construct', function(callback) { Reflect.apply(construct, this, [callback]); });
  method(Stream.prototype, '_destroy', function(error, callback) { Reflect.apply(destroy, this, [error, callback]); });
}

method(ReadStream.prototype, 'open', openRead);
method(ReadStream.prototype, '_read', read);
method(ReadStream.prototype, 'close', function(callback) {
  if (typeof callback === 'function') {
    if (this.closed) nextTick(callback);
    else finished(this, callback);
  }
  this.destroy();
});

method(WriteStream.prototype, 'open', openWrite);
method(WriteStream.prototype, '_write', write);
method(WriteStream.prototype, '_writev', writev);
method(WriteStream.prototype, 'close', function(callback) {
  if (typeof callback === 'function') {
    if (this.closed) {
      nextTick(callback);
      return;
    }
    this.on('close', callback);
  }
  // Without autoClose nothing else would close the file when all is written.
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
});
// Not through `method`, which would give the name to `end` of all writable streams.
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

module.exports = { ReadStream, WriteStream };
