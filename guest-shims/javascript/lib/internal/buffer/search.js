// Comparing buffers and finding things in them.
//
// The engine compares and searches strings of one byte per unit in native code, and bytes only one by one in what it
// interprets: so long runs of bytes are looked at as latin1 strings, in pieces, which keeps the copies small.

const { codes } = require('internal/errors');
const { validateNumber } = require('internal/validators');
const { operations } = require('internal/buffer/encodings');

const { text } = binding;
const shortRun = 32;
const piece = 16384;

// -1, 0 or 1 for two runs of bytes.
function compareRuns(a, aStart, aEnd, b, bStart, bEnd) {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  let i = 0;
  const head = Math.min(length, shortRun);
  for (; i < head; i++) {
    const difference = a[aStart + i] - b[bStart + i];
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  while (i < length) {
    const next = Math.min(length, i + piece);
    const left = text.latin1(a, aStart + i, aStart + next);
    const right = text.latin1(b, bStart + i, bStart + next);
    if (left !== right) return left < right ? -1 : 1;
    i = next;
  }
  const difference = (aEnd - aStart) - (bEnd - bStart);
  return difference === 0 ? 0 : difference < 0 ? -1 : 1;
}

function matches(bytes, at, needle) {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

function findForward(bytes, needle, from, step) {
  const last = bytes.length - needle.length;
  if (last - from < shortRun) {
    for (let at = from; at <= last; at += step) if (matches(bytes, at, needle)) return at;
    return -1;
  }
  const wanted = text.latin1(needle, 0, needle.length);
  const overlap = needle.length - 1;
  const size = Math.max(piece, needle.length * 4);
  for (let start = from; start <= last;) {
    const end = Math.min(bytes.length, start + size);
    const run = text.latin1(bytes, start, end);
    let found = run.indexOf(wanted);
    while (found !== -1 && found % step !== 0) found = run.indexOf(wanted, found + 1);
    if (found !== -1) return start + found;
    if (end === bytes.length) return -1;
    start = end - overlap;
    start -= (start - from) % step;
  }
  return -1;
}

function findBackward(bytes, needle, from, step) {
  const start = Math.min(from, bytes.length - needle.length);
  const first = needle[0];
  let at = start - start % step;
  while (at >= 0) {
    if (step === 1) {
      at = Uint8Array.prototype.lastIndexOf.call(bytes, first, at);
      if (at < 0) return -1;
    }
    if (matches(bytes, at, needle)) return at;
    at -= step;
  }
  return -1;
}

function findBytes(bytes, needle, offset, encoding, forward) {
  const step = encoding?.encoding === 'utf16le' ? 2 : 1;
  const length = bytes.length;
  let from = offset;
  if (from < 0) from += length;
  if (from < 0) {
    if (!forward) return -1;
    from = 0;
  }
  if (from > length) from = length;
  if (needle.length === 0) return from;
  if (needle.length > length) return -1;
  if (step === 2) {
    if (length < 2 || needle.length < 2) return -1;
    from -= from % 2;
    if (needle.length % 2 === 1) needle = needle.subarray(0, needle.length - 1);
  }
  return forward ? findForward(bytes, needle, from, step) : findBackward(bytes, needle, from, step);
}

function search(buffer, value, offset, encoding, forward) {
  if (!ArrayBuffer.isView(buffer)) {
    throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
  }
  const length = buffer.length;
  if (typeof offset === 'string') {
    encoding = offset;
    offset = undefined;
  } else if (offset > 0x7FFFFFFF) {
    offset = 0x7FFFFFFF;
  } else if (offset < -0x80000000) {
    offset = -0x80000000;
  }
  offset = +offset;
  if (Number.isNaN(offset)) offset = forward ? 0 : length;
  offset = Math.trunc(offset);

  if (typeof value === 'number') {
    const method = forward ? Uint8Array.prototype.indexOf : Uint8Array.prototype.lastIndexOf;
    return method.call(buffer, (value >>> 0) & 0xFF, offset);
  }

  let ops;
  if (encoding === undefined) {
    ops = operations('utf8');
  } else {
    ops = operations(encoding);
  }

  if (typeof value === 'string') {
    if (ops === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
    const { Buffer } = require('internal/buffer/core');
    return findBytes(buffer, Buffer.from(value, ops.encoding), offset, ops, forward);
  }
  if (value instanceof Uint8Array) return findBytes(buffer, value, offset, ops, forward);
  throw new codes.ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}

function checkOffset(value, name, max) {
  validateNumber(value, name);
  if (!Number.isInteger(value)) throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < 0 || value > max) throw new codes.ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, value);
}

function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  const length = this.length;
  if (!(target instanceof Uint8Array)) {
    throw new codes.ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  }
  if (targetStart === undefined) targetStart = 0;
  else checkOffset(targetStart, 'targetStart', Number.MAX_SAFE_INTEGER);
  if (targetEnd === undefined) targetEnd = target.length;
  else checkOffset(targetEnd, 'targetEnd', target.length);
  if (sourceStart === undefined) sourceStart = 0;
  else checkOffset(sourceStart, 'sourceStart', Number.MAX_SAFE_INTEGER);
  if (sourceEnd === undefined) sourceEnd = length;
  else checkOffset(sourceEnd, 'sourceEnd', length);

  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return compareRuns(this, sourceStart, sourceEnd, target, targetStart, targetEnd);
}

function equals(other) {
  const length = this.length;
  if (!(other instanceof Uint8Array)) {
    throw new codes.ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], other);
  }
  if (this === other) return true;
  return length === other.length && compareRuns(this, 0, length, other, 0, length) === 0;
}

function indexOf(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, true);
}

function lastIndexOf(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, false);
}

function includes(value, byteOffset, encoding) {
  return search(this, value, byteOffset, encoding, true) !== -1;
}

module.exports = { compareRuns, methods: { compare, equals, indexOf, lastIndexOf, includes } };
