// What each of Node's encodings does: how long a string is in it, and the ways between strings and bytes.

const { text } = binding;

function base64Length(string) {
  let length = string.length;
  if (length > 0 && string.charCodeAt(length - 1) === 0x3D) length--;
  if (length > 1 && string.charCodeAt(length - 1) === 0x3D) length--;
  return Math.floor((length * 3) / 4);
}

function asciiSlice(bytes, start, end) {
  // Seven bits only; whole pieces without the eighth bit are common, and are then latin1.
  const piece = bytes.slice(start, end);
  for (let i = 0; i < piece.length; i++) piece[i] &= 0x7F;
  return text.latin1(piece, 0, piece.length);
}

const writer = (encoding) => (bytes, string, offset, length) => text.write(bytes, string, encoding, offset, length);

const utf8 = {
  encoding: 'utf8',
  byteLength: (string) => text.byteLength(string),
  write: writer('utf8'),
  slice: (bytes, start, end) => text.decode(bytes, start, end, false, true),
  // Bytes that a string of this many units can need at most.
  most: (length) => length * 3,
};

const utf16le = {
  encoding: 'utf16le',
  byteLength: (string) => string.length * 2,
  write: writer('utf16le'),
  slice: (bytes, start, end) => text.utf16(bytes, start, end - ((end - start) & 1)),
  most: (length) => length * 2,
};

const latin1 = {
  encoding: 'latin1',
  byteLength: (string) => string.length,
  write: writer('latin1'),
  slice: (bytes, start, end) => text.latin1(bytes, start, end),
  most: (length) => length,
};

const ascii = { ...latin1, encoding: 'ascii', slice: asciiSlice };

const base64 = {
  encoding: 'base64',
  byteLength: base64Length,
  write: writer('base64'),
  slice: (bytes, start, end) => text.base64(bytes, start, end, false),
  most: (length) => Math.ceil(length * 3 / 4),
};

const base64url = {
  ...base64,
  encoding: 'base64url',
  slice: (bytes, start, end) => text.base64(bytes, start, end, true),
};

const hex = {
  encoding: 'hex',
  byteLength: (string) => string.length >>> 1,
  write: writer('hex'),
  slice: (bytes, start, end) => text.hex(bytes, start, end),
  most: (length) => length >>> 1,
};

const byName = {
  __proto__: null,
  'utf8': utf8, 'utf-8': utf8, 'UTF-8': utf8, 'UTF8': utf8,
  'ucs2': utf16le, 'ucs-2': utf16le, 'utf16le': utf16le, 'utf-16le': utf16le,
  'latin1': latin1, 'binary': latin1,
  'ascii': ascii,
  'base64': base64,
  'base64url': base64url,
  'hex': hex,
};

// The operations of an encoding, or undefined where there is no such encoding.
function operations(encoding) {
  return byName[encoding] ?? byName[`${encoding}`.toLowerCase()];
}

module.exports = { operations, utf8, utf16le, latin1, ascii, base64, base64url, hex };
