// Streams are those of the package readable-stream, which is made of Node's; here they get what it leaves out.

const stream = require('vendor/readable-stream/lib/stream');

const { Readable, Writable, Duplex } = stream;

stream._isArrayBufferView = (value) => ArrayBuffer.isView(value);

stream.duplexPair = function duplexPair(options) {
  return require('internal/streams/duplex-pair').duplexPair(options);
};

// ---- streams of the web ----

const adapters = () => require('internal/streams/adapters');

Readable.fromWeb = function fromWeb(readableStream, options) {
  return adapters().readableFromWeb(readableStream, options);
};
Readable.toWeb = function toWeb(streamReadable, options) {
  return adapters().readableToWeb(streamReadable, options);
};
Writable.fromWeb = function fromWeb(writableStream, options) {
  return adapters().writableFromWeb(writableStream, options);
};
Writable.toWeb = function toWeb(streamWritable) {
  return adapters().writableToWeb(streamWritable);
};
Duplex.fromWeb = function fromWeb(pair, options) {
  return adapters().duplexFromWeb(pair, options);
};
Duplex.toWeb = function toWeb(duplex) {
  return adapters().duplexToWeb(duplex);
};

module.exports = stream;
