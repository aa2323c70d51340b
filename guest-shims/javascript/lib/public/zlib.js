// The module `zlib`: deflate and its two wrappers. Brotli is not there, nor are dictionaries.

const { fill } = require('internal/unavailable');

const streams = () => require('internal/compress/streams');
const kinds = ['Deflate', 'Inflate', 'Gzip', 'Gunzip', 'DeflateRaw', 'InflateRaw', 'Unzip'];

for (const kind of kinds) {
  const name = kind[0].toLowerCase() + kind.slice(1);
  Object.defineProperty(exports, kind, {
    configurable: true,
    enumerable: true,
    get() { return streams().classes[kind]; },
  });
  exports[`create${kind}`] = (options) => new (streams().classes[kind])(options);
  exports[`${name}Sync`] = (buffer, options) => streams().convert(kind, buffer, options);
  exports[name] = (buffer, options, callback) => {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    require('internal/validators').validateFunction(callback, 'callback');
    const bytes = streams().inputBytes(buffer);
    require('timers').setImmediate(() => {
      let result;
      let failure = null;
      try {
        result = streams().convert(kind, bytes, options);
      } catch (error) {
        failure = error;
      }
      callback(failure, result);
    });
  };
}

exports.crc32 = function crc32(data, value = 0) {
  const bytes = streams().inputBytes(data);
  require('internal/validators').validateUint32(value, 'value');
  return binding.compress.crc32(value, bytes);
};

fill(exports, 'zlib', [
  'createBrotliCompress', 'createBrotliDecompress', 'brotliCompress', 'brotliCompressSync', 'brotliDecompress',
  'brotliDecompressSync',
], ['BrotliCompress', 'BrotliDecompress'], () => require('stream').Transform);

// Packages read some of these while they load.
exports.constants = Object.freeze({
  __proto__: null,
  Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_OK: 0,
  Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5,
  Z_VERSION_ERROR: -6, Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1,
  Z_FILTERED: 1, Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0, Z_MIN_WINDOWBITS: 8,
  Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15, Z_MIN_CHUNK: 64, Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384,
  Z_MIN_MEMLEVEL: 1, Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8, Z_MIN_LEVEL: -1, Z_MAX_LEVEL: 9, Z_DEFAULT_LEVEL: -1,
  BROTLI_OPERATION_PROCESS: 0, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_FINISH: 2,
  BROTLI_OPERATION_EMIT_METADATA: 3, BROTLI_PARAM_MODE: 0, BROTLI_PARAM_QUALITY: 1, BROTLI_PARAM_LGWIN: 2,
  BROTLI_PARAM_SIZE_HINT: 5, BROTLI_MODE_GENERIC: 0, BROTLI_MODE_TEXT: 1, BROTLI_MODE_FONT: 2, BROTLI_MIN_QUALITY: 0,
  BROTLI_MAX_QUALITY: 11, BROTLI_DEFAULT_QUALITY: 11, BROTLI_DEFAULT_WINDOW: 22,
});

exports.codes = Object.freeze({
  Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4,
  Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, 0: 'Z_OK', 1: 'Z_STREAM_END', 2: 'Z_NEED_DICT', '-1': 'Z_ERRNO',
  '-2': 'Z_STREAM_ERROR', '-3': 'Z_DATA_ERROR', '-4': 'Z_MEM_ERROR', '-5': 'Z_BUF_ERROR', '-6': 'Z_VERSION_ERROR',
});
