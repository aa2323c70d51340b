// From the bytes of one encoding to those of another.

const { codes } = require('internal/errors');
const { operations } = require('internal/buffer/encodings');

const allowed = ['utf8', 'utf16le', 'latin1', 'ascii'];

module.exports = function transcode(source, fromEncoding, toEncoding) {
  const { Buffer } = require('internal/buffer/core');
  if (!(source instanceof Uint8Array)) {
    throw new codes.ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  }
  if (source.length === 0) return Buffer.alloc(0);
  const from = operations(fromEncoding)?.encoding;
  const to = operations(toEncoding)?.encoding;
  if (!allowed.includes(from) || !allowed.includes(to)) {
    const error = new Error('Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]');
    error.code = 'U_ILLEGAL_ARGUMENT_ERROR';
    error.errno = 1;
    throw error;
  }
  const string = operations(from).slice(source, 0, source.length);
  if (to === 'utf8' || to === 'utf16le') return Buffer.from(string, to);
  // What the narrower encodings lack becomes a question mark, one for each character.
  const most = to === 'ascii' ? 0x7F : 0xFF;
  const bytes = [];
  for (const character of string) {
    const point = character.codePointAt(0);
    bytes.push(point > most ? 0x3F : point);
  }
  return Buffer.from(bytes);
};
