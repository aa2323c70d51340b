// Streams of Node made of streams of the web, and the other way round.

const { Readable, Writable, Duplex, finished, destroy } = require('stream');
const { ReadableStream, WritableStream, CountQueuingStrategy, isReadableStream, isWritableStream } =
  require('internal/webstreams');
const { AbortError, codes } = require('internal/errors');
const { validateBoolean, validateObject } = require('internal/validators');

const isView = ArrayBuffer.isView;

const asBytes = (chunk) => new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);

function checkEncoding(encoding, name) {
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw new codes.ERR_INVALID_ARG_VALUE(name, encoding);
}

const premature = (error) =>
  (error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error);

// What a callback throws must not become a rejection of the promise that called it.
const outside = (callback) => (...args) => process.nextTick(callback, ...args);

// ---- from the web ----

function readerSide(readableStream) {
  const reader = readableStream.getReader();
  const side = { closed: false };
  return {
    side,
    start(stream) {
      reader.closed.then(() => { side.closed = true; }, (error) => {
        side.closed = true;
        destroy(stream, error);
      });
    },
    read(stream) {
      reader.read().then(({ done, value }) => { stream.push(done ? null : value); },
                         (error) => destroy(stream, error));
    },
    cancel: (error) => (side.closed ? Promise.resolve() : reader.cancel(error)),
  };
}

function readableFromWeb(readableStream, options = {}) {
  if (!isReadableStream(readableStream)) {
    throw new codes.ERR_INVALID_ARG_TYPE('readableStream', 'ReadableStream', readableStream);
  }
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  checkEncoding(encoding, 'options.encoding');
  validateBoolean(objectMode, 'options.objectMode');
  const source = readerSide(readableStream);
  const readable = new Readable({
    objectMode, highWaterMark, encoding, signal,
    read() { source.read(readable); },
    destroy(error, callback) {
      const done = outside(() => callback(error));
      source.cancel(error).then(done, done);
    },
  });
  source.start(readable);
  return readable;
}

function writerSide(writableStream, { decodeStrings, objectMode }) {
  const writer = writableStream.getWriter();
  const side = { closed: false };
  const bytes = (chunk, encoding) => {
    if (typeof chunk === 'string' && decodeStrings && !objectMode) return asBytes(Buffer.from(chunk, encoding));
    return chunk;
  };
  const put = (chunks, callback) => {
    const done = outside(callback);
    writer.ready.then(() => Promise.all(chunks.map((chunk) => writer.write(chunk))))
      .then(() => done(), (error) => done(error));
  };
  return {
    side,
    start(stream) {
      writer.closed.then(() => {
        side.closed = true;
        if (!stream.writableEnded) destroy(stream, new codes.ERR_STREAM_PREMATURE_CLOSE());
      }, (error) => {
        side.closed = true;
        destroy(stream, error);
      });
    },
    write: (chunk, encoding, callback) => put([bytes(chunk, encoding)], callback),
    writev: (chunks, callback) => put(chunks.map(({ chunk, encoding }) => bytes(chunk, encoding)), callback),
    final(callback) {
      const done = outside(callback);
      if (side.closed) done();
      else writer.close().then(() => done(), (error) => done(error));
    },
    end(error) {
      if (side.closed) return Promise.resolve();
      return error === null || error === undefined ? writer.close() : writer.abort(error);
    },
  };
}

function writableFromWeb(writableStream, options = {}) {
  if (!isWritableStream(writableStream)) {
    throw new codes.ERR_INVALID_ARG_TYPE('writableStream', 'WritableStream', writableStream);
  }
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const sink = writerSide(writableStream, { decodeStrings, objectMode });
  const writable = new Writable({
    highWaterMark, objectMode, decodeStrings, signal,
    write: sink.write,
    writev: sink.writev,
    final: sink.final,
    destroy(error, callback) {
      const done = outside(() => callback(error));
      sink.end(error).then(done, done);
    },
  });
  sink.start(writable);
  return writable;
}

function duplexFromWeb(pair, options = {}) {
  validateObject(pair, 'pair');
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) {
    throw new codes.ERR_INVALID_ARG_TYPE('pair.readable', 'ReadableStream', readableStream);
  }
  if (!isWritableStream(writableStream)) {
    throw new codes.ERR_INVALID_ARG_TYPE('pair.writable', 'WritableStream', writableStream);
  }
  validateObject(options, 'options');
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  checkEncoding(encoding, 'options.encoding');
  const sink = writerSide(writableStream, { decodeStrings, objectMode });
  const source = readerSide(readableStream);
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    write: sink.write,
    writev: sink.writev,
    final: sink.final,
    read() { source.read(duplex); },
    destroy(error, callback) {
      const done = outside(() => callback(error));
      Promise.all([sink.end(error), source.cancel(error)]).then(done, done);
    },
  });
  source.start(duplex);
  sink.start(duplex);
  return duplex;
}

// ---- to the web ----

const isReadableSide = (stream) => typeof stream?.on === 'function' && typeof stream.read === 'function' &&
  stream._readableState !== undefined;
const isWritableSide = (stream) => typeof stream?.on === 'function' && typeof stream.write === 'function' &&
  stream._writableState !== undefined;

function readableToWeb(streamReadable, options = {}) {
  if (!isReadableSide(streamReadable)) {
    throw new codes.ERR_INVALID_ARG_TYPE('streamReadable', 'stream.Readable', streamReadable);
  }
  if (options.strategy !== undefined) validateObject(options.strategy, 'options.strategy');
  if (streamReadable.destroyed || streamReadable.readable === false) {
    const over = new ReadableStream();
    over.cancel();
    return over;
  }
  const objectMode = streamReadable.readableObjectMode;
  const highWaterMark = streamReadable.readableHighWaterMark;
  const strategy = options.strategy ?? (objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark });
  let controller;
  let canceled = false;
  streamReadable.pause();
  const cleanup = finished(streamReadable, (error) => {
    cleanup();
    streamReadable.on('error', () => {});       // it may still fail, and nobody is left to hear it
    if (error) controller.error(premature(error));
    else if (!canceled) controller.close();
  });
  streamReadable.on('data', (chunk) => {
    controller.enqueue(isView(chunk) && !objectMode ? new Uint8Array(chunk) : chunk);
    if (controller.desiredSize <= 0) streamReadable.pause();
  });
  return new ReadableStream({
    start(c) { controller = c; },
    pull() { streamReadable.resume(); },
    cancel(reason) {
      canceled = true;
      destroy(streamReadable, reason);
    },
  }, strategy);
}

function writableToWeb(streamWritable) {
  if (!isWritableSide(streamWritable)) {
    throw new codes.ERR_INVALID_ARG_TYPE('streamWritable', 'stream.Writable', streamWritable);
  }
  if (streamWritable.destroyed || streamWritable.writable === false) {
    const over = new WritableStream();
    over.close();
    return over;
  }
  const objectMode = streamWritable.writableObjectMode;
  const highWaterMark = streamWritable.writableHighWaterMark;
  const strategy = objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let drained;
  let ended;
  const cleanup = finished(streamWritable, (error) => {
    cleanup();
    streamWritable.on('error', () => {});
    const reason = premature(error);
    if (reason) {
      drained?.reject(reason);
      if (ended !== undefined) ended.reject(reason);
      else controller.error(reason);
    } else if (ended !== undefined) {
      ended.resolve();
    } else {
      controller.error(new AbortError());
    }
    drained = ended = undefined;
  });
  streamWritable.on('drain', () => {
    drained?.resolve();
    drained = undefined;
  });
  const wait = (keep) => new Promise((resolve, reject) => keep({ resolve, reject }));
  return new WritableStream({
    start(c) { controller = c; },
    write(chunk) {
      if (streamWritable.writableNeedDrain || !streamWritable.write(chunk)) {
        return wait((deferred) => { drained = deferred; });
      }
      return undefined;
    },
    abort(reason) { destroy(streamWritable, reason); },
    close() {
      if (ended === undefined && !streamWritable.writableEnded) streamWritable.end();
      return wait((deferred) => { ended = deferred; });
    },
  }, strategy);
}

function duplexToWeb(duplex) {
  if (!isReadableSide(duplex) || !isWritableSide(duplex)) {
    throw new codes.ERR_INVALID_ARG_TYPE('duplex', 'stream.Duplex', duplex);
  }
  const over = (Stream, method) => {
    const stream = new Stream();
    stream[method]();
    return stream;
  };
  if (duplex.destroyed) return { readable: over(ReadableStream, 'cancel'), writable: over(WritableStream, 'close') };
  return {
    writable: duplex.writable ? writableToWeb(duplex) : over(WritableStream, 'close'),
    readable: duplex.readable ? readableToWeb(duplex) : over(ReadableStream, 'cancel'),
  };
}

module.exports = { readableFromWeb, writableFromWeb, duplexFromWeb, readableToWeb, writableToWeb, duplexToWeb };
