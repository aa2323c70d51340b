// The streams of the web are those of the package web-streams-polyfill. What Node's own streams want to know of them is
// added here, under the names that Node gives it.

const classes = require('vendor/web-streams-polyfill/dist/ponyfill');

const customInspect = Symbol.for('nodejs.util.inspect.custom');
const kIsErrored = Symbol.for('nodejs.stream.errored');
const kIsReadable = Symbol.for('nodejs.stream.readable');
const kIsWritable = Symbol.for('nodejs.stream.writable');
const kIsDisturbed = Symbol.for('nodejs.stream.disturbed');
const kIsClosedPromise = Symbol.for('nodejs.webstream.isClosedPromise');
const kControllerErrorFunction = Symbol.for('nodejs.webstream.controllerErrorFunction');

const {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest,
  ReadableByteStreamController, ReadableStreamDefaultController, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController, ByteLengthQueuingStrategy,
  CountQueuingStrategy,
} = classes;

function add(prototype, key, descriptor) {
  Object.defineProperty(prototype, key, { configurable: true, enumerable: false, ...descriptor });
}

// ---- the end of a stream, told to others than its reader or writer ----

// A stream of the package tells nobody but who has locked it. Its state is one property, so that is watched.
function watchState(stream, isLast, settle) {
  let state = stream._state;
  Object.defineProperty(stream, '_state', {
    configurable: true,
    enumerable: true,
    get: () => state,
    set(value) {
      state = value;
      if (isLast(value)) queueMicrotask(settle);     // the error is stored after the state
    },
  });
}

const closed = new WeakMap();
const isLast = (state) => state === 'closed' || state === 'errored';

function closedPromise(stream) {
  let deferred = closed.get(stream);
  if (deferred !== undefined) return deferred;
  deferred = {};
  deferred.promise = new Promise((resolve, reject) => {
    deferred.resolve = resolve;
    deferred.reject = reject;
  });
  deferred.promise.catch(() => {});
  closed.set(stream, deferred);
  const settle = () => {
    if (stream._state === 'errored') deferred.reject(stream._storedError);
    else deferred.resolve();
  };
  if (isLast(stream._state)) settle();
  else watchState(stream, isLast, settle);
  return deferred;
}

for (const { prototype } of [ReadableStream, WritableStream]) {
  add(prototype, kIsClosedPromise, { get() { return closedPromise(this); } });
  add(prototype, kIsErrored, { get() { return this._state === 'errored' || this._state === 'erroring'; } });
}
add(ReadableStream.prototype, kIsDisturbed, { get() { return this._disturbed; } });
add(ReadableStream.prototype, kIsReadable, { get() { return this._state === 'readable'; } });
add(WritableStream.prototype, kIsWritable, { get() { return this._state === 'writable'; } });
add(ReadableStream.prototype, kControllerErrorFunction, {
  get() { return (error) => { if (this._state === 'readable') this._readableStreamController.error(error); }; },
});
add(WritableStream.prototype, kControllerErrorFunction, {
  get() { return (error) => this._writableStreamController.error(error); },
});

// ---- inspect ----

function inspectAs(self, fields, depth, options) {
  if (depth < 0) return self;
  const { inspect } = require('internal/util/inspect');
  const inner = { ...options, depth: options.depth === null ? null : options.depth - 1 };
  return `${self.constructor.name} ${inspect(fields, inner)}`;
}

function inspectable(Class, fieldsOf) {
  add(Class.prototype, customInspect, {
    writable: true,
    value: { [customInspect](depth, options) { return inspectAs(this, fieldsOf(this), depth, options); } }[customInspect],
  });
}

inspectable(ReadableStream, (stream) => ({
  locked: stream.locked,
  state: stream._state,
  supportsBYOB: stream._readableStreamController instanceof ReadableByteStreamController,
}));
inspectable(WritableStream, (stream) => ({ locked: stream.locked, state: stream._state }));
inspectable(TransformStream, (stream) => ({
  readable: stream.readable, writable: stream.writable, backpressure: stream._backpressure,
}));
inspectable(ByteLengthQueuingStrategy, (strategy) => ({ highWaterMark: strategy.highWaterMark }));
inspectable(CountQueuingStrategy, (strategy) => ({ highWaterMark: strategy.highWaterMark }));
for (const Class of [ReadableStreamDefaultReader, ReadableStreamBYOBReader]) {
  inspectable(Class, (reader) => ({ stream: reader._ownerReadableStream, close: reader.closed }));
}
inspectable(WritableStreamDefaultWriter, (writer) => ({
  stream: writer._ownerWritableStream, close: writer.closed, ready: writer.ready, desiredSize: writer.desiredSize,
}));
inspectable(ReadableStreamBYOBRequest, (request) => ({ view: request.view }));
for (const Class of [ReadableStreamDefaultController, ReadableByteStreamController, WritableStreamDefaultController,
                     TransformStreamDefaultController]) {
  inspectable(Class, () => ({}));
}

// ---- the codes of Node, on the errors of the package ----

// Told apart by their text: an error of the program, which may pass through here, must stay as it is.
const kinds = [
  [/can only be used on an? /, 'ERR_INVALID_THIS'],
  [/enumeration value|outside the accepted range|finite number|different capacity|byobRequest$|^Size must be|^Invalid /,
   'ERR_INVALID_ARG_VALUE'],
  [/ is not an? |must be an? |not iterable/, 'ERR_INVALID_ARG_TYPE'],
  [/\blocked\b|\bstate\b|\bclosed?\b|closing|released|invalidated|terminated|detached|zero byteLength|greater than 0|Cannot /,
   'ERR_INVALID_STATE'],
];

function coded(error) {
  if (!(error instanceof TypeError || error instanceof RangeError) || error.code !== undefined) return error;
  const kind = kinds.find(([text]) => text.test(error.message));
  if (kind !== undefined) {
    Object.defineProperty(error, 'code', { value: kind[1], writable: true, configurable: true, enumerable: true });
  }
  return error;
}

function wrap(Class, name, make) {
  const original = Class.prototype[name];
  const wrapper = make(original);
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  Object.defineProperty(Class.prototype, name, { ...Object.getOwnPropertyDescriptor(Class.prototype, name), value: wrapper });
  return wrapper;
}

const synchronous = (original) => function(...args) {
  try {
    return Reflect.apply(original, this, args);
  } catch (error) {
    throw coded(error);
  }
};

for (const [Class, names] of [
  [ReadableStream, ['getReader', 'tee', 'pipeThrough']],
  [WritableStream, ['getWriter']],
  [ReadableStreamDefaultController, ['enqueue', 'close']],
  [ReadableByteStreamController, ['enqueue', 'close']],
  [TransformStreamDefaultController, ['enqueue', 'terminate']],
  [ReadableStreamBYOBRequest, ['respond', 'respondWithNewView']],
]) {
  for (const name of names) wrap(Class, name, synchronous);
}
const values = wrap(ReadableStream, 'values', synchronous);
add(ReadableStream.prototype, Symbol.asyncIterator, { value: values, writable: true });

// The package makes what it gives by the constructor of the view it was given, which a Buffer must not be made by.
wrap(ReadableStreamBYOBReader, 'read', (original) => function(view, ...rest) {
  const isBuffer = view instanceof Uint8Array && view.constructor !== Uint8Array && Buffer.isBuffer(view);
  const given = isBuffer ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : view;
  return Reflect.apply(original, this, [given, ...rest]).then((result) => {
    const { value, done } = result;
    if (!isBuffer || value === undefined) return result;
    return { value: Buffer.from(value.buffer, value.byteOffset, value.byteLength), done };
  }, (error) => { throw coded(error); });
});

// ---- what the package leaves out ----

const coding = () => require('internal/webstreams/coding');

module.exports = {
  ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader, ReadableStreamBYOBRequest,
  ReadableByteStreamController, ReadableStreamDefaultController, TransformStream, TransformStreamDefaultController,
  WritableStream, WritableStreamDefaultWriter, WritableStreamDefaultController, ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  inspectAs,
  isReadableStream: (value) => value instanceof ReadableStream,
  isWritableStream: (value) => value instanceof WritableStream,
  get TextEncoderStream() { return coding().TextEncoderStream; },
  get TextDecoderStream() { return coding().TextDecoderStream; },
  get CompressionStream() { return coding().CompressionStream; },
  get DecompressionStream() { return coding().DecompressionStream; },
};
