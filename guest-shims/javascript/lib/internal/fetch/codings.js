// Content codings (RFC 9110, section 8.4.1) of what a fetch receives.

const readers = { 'gzip': 'gzip', 'x-gzip': 'gzip', 'deflate': 'deflate-or-raw' };

// No server needs more than one. Each costs a decompressor, and what it makes of its bytes is given to the next.
const mostCodings = 5;

function readersOf(header) {
  const names = (header ?? '').toLowerCase().split(',').map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > mostCodings) throw new Error(`There are more than ${mostCodings} content encodings`);
  const { Reader } = require('internal/compress/reader');
  // The one that was made last is taken off first.
  return names.reverse().map((name) => {
    if (!Object.hasOwn(readers, name)) throw new Error(`The content encoding "${name}" is not supported`);
    return new Reader(readers[name], { lenient: true });
  });
}

// Pieces of a body without its codings, out of the pieces that come. `read` gives null at the end.
function decoded(source, header) {
  const chain = readersOf(header);
  if (chain.length === 0) return source;
  const pieces = [];
  let isOver = false;
  const through = (given, isEnd) => chain.reduce((list, reader) => {
    const made = list.flatMap((piece) => reader.push(piece));
    return isEnd ? [...made, ...reader.end()] : made;
  }, given);
  return {
    async read() {
      while (pieces.length === 0 && !isOver) {
        const piece = await source.read();
        isOver = piece === null;
        pieces.push(...through(isOver ? [] : [piece], isOver));
      }
      return pieces.shift() ?? null;
    },
  };
}

module.exports = { decoded };
