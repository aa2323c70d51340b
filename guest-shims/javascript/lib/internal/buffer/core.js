// Buffer: how buffers are made, turned into strings and filled.

const { codes } = require('internal/errors');
const { validateArray, validateNumber } = require('internal/validators');
const { customInspect } = require('internal/util');
const { operations, utf8, utf16le, latin1, ascii, base64, base64url, hex } = require('internal/buffer/encodings');

const { text } = binding;

// That of a buffer is Node's: what is smaller than it and yet too big for the memory fails when it is made. That of a
// string is where the engine refuses one.
const kMaxLength = 2 ** 32;
const kStringMaxLength = 0x3FFFFFFF;

class FastBuffer extends Uint8Array {
  // The constructor that a class has by itself would gather and spread its arguments, for each buffer.
  constructor(first, byteOffset, length) {
    super(first, byteOffset, length);
  }
}

// A buffer of its own memory. Programs know the error for too much of it by its text, which is another in the engine.
function allocated(size) {
  try {
    return new FastBuffer(size);
  } catch {
    throw new RangeError('Array buffer allocation failed');
  }
}

const isBytes = (value) => value instanceof Uint8Array;

// Objects that only inherit from ArrayBuffer are none: its getter knows.
const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;

function isAnyArrayBuffer(value) {
  if (value instanceof ArrayBuffer) {
    try {
      bufferLength.call(value);
      return true;
    } catch {
      return false;
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  return require('internal/util/types').isAnyArrayBuffer(value);
}

let warned = false;

function warnOfConstructor() {
  if (warned) return;
  warned = true;
  const process = globalThis.process;
  if (process === undefined || process.noDeprecation) return;
  if (!process.execArgv?.includes('--pending-deprecation')) {
    // Node warns about the code of the program, but not about that of its packages.
    const frames = String(new Error().stack).split('\n').filter((line) => line.includes('(') || line.includes(' at '));
    const caller = frames.find((line) => /[/\\]/.test(line) && !line.includes('node:'));
    if (caller !== undefined && /[/\\]node_modules[/\\]/.test(caller)) {
      warned = false;
      return;
    }
  }
  process.emitWarning(
    'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005', Buffer);
}

function Buffer(arg, encodingOrOffset, length) {
  warnOfConstructor();
  if (typeof arg === 'number') {
    if (typeof encodingOrOffset === 'string') throw new codes.ERR_INVALID_ARG_TYPE('string', 'string', arg);
    return Buffer.alloc(arg);
  }
  return Buffer.from(arg, encodingOrOffset, length);
}

Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, {
  configurable: true,
  get() { return FastBuffer; },
});
FastBuffer.prototype.constructor = Buffer;
Buffer.prototype = FastBuffer.prototype;
Buffer.poolSize = 8 * 1024;

// ---- the pool -----------------------------------------------------------------------------------------------------

// Small buffers share one array buffer. It is made with the first of them, so that the snapshot holds none.
let pool;
let poolBytes;
let poolLength = 0;
let poolUsed = 0;

function renewPool() {
  poolLength = Buffer.poolSize;
  poolBytes = new FastBuffer(poolLength);
  pool = poolBytes.buffer;
  poolUsed = 0;
}

const isSmall = (size) => size < (Buffer.poolSize >>> 1);

function takeFromPool(size) {
  if (pool === undefined || size > poolLength - poolUsed) renewPool();
  const taken = new FastBuffer(pool, poolUsed, size);
  usePool(size);
  return taken;
}

// Buffers begin where a number of 64 bits may stand.
function usePool(size) {
  poolUsed = (poolUsed + size + 7) & ~7;
  if (poolUsed > poolLength) poolUsed = poolLength;
}

function allocate(size) {
  if (size <= 0) return new FastBuffer();
  return isSmall(size) ? takeFromPool(size) : allocated(size);
}

// ---- making -------------------------------------------------------------------------------------------------------

function fromString(string, encoding) {
  let ops;
  if (typeof encoding !== 'string' || encoding.length === 0) {
    if (string.length === 0) return new FastBuffer();
    ops = utf8;
  } else {
    ops = operations(encoding);
    if (ops === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
    if (string.length === 0) return new FastBuffer();
  }
  const most = ops.most(string.length);
  if (isSmall(most)) {
    if (pool === undefined || most > poolLength - poolUsed) renewPool();
    // The room left in the pool is more than the string can need, so its exact length need not be known.
    const written = ops.write(poolBytes, string, poolUsed, most);
    const taken = new FastBuffer(pool, poolUsed, written);
    usePool(written);
    return taken;
  }
  if (ops === utf8) {
    const bytes = text.encode(string);
    return new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const bytes = allocated(most);
  const written = ops.write(bytes, string, 0, most);
  return written === most ? bytes : new FastBuffer(bytes.buffer, 0, written);
}

function fromArrayBuffer(buffer, byteOffset, length) {
  if (byteOffset === undefined) {
    byteOffset = 0;
  } else {
    byteOffset = +byteOffset;
    if (Number.isNaN(byteOffset)) byteOffset = 0;
  }
  const most = buffer.byteLength - byteOffset;
  if (most < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length === undefined) {
    length = most;
  } else {
    length = +length;
    if (length > 0) {
      if (length > most) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
    } else {
      length = 0;
    }
  }
  return new FastBuffer(buffer, byteOffset, length);
}

function fromArrayLike(list) {
  if (list.length <= 0) return new FastBuffer();
  if (!isSmall(list.length)) return new FastBuffer(list);
  const bytes = takeFromPool(list.length);
  Uint8Array.prototype.set.call(bytes, list, 0);
  return bytes;
}

function fromObject(value) {
  if (value.length !== undefined || isAnyArrayBuffer(value.buffer)) {
    return typeof value.length === 'number' ? fromArrayLike(value) : new FastBuffer();
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) return fromArrayLike(value.data);
}

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf?.();
    if (primitive !== undefined && primitive !== null && primitive !== value &&
        (typeof primitive === 'string' || typeof primitive === 'object')) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    const made = fromObject(value);
    if (made !== undefined) return made;
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const string = value[Symbol.toPrimitive]('string');
      if (typeof string === 'string') return fromString(string, encodingOrOffset);
    }
  }
  throw new codes.ERR_INVALID_ARG_TYPE(
    'first argument', ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  const { validateInteger } = require('internal/validators');
  if (!ArrayBuffer.isView(view) || view instanceof DataView) {
    throw new codes.ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  }
  const count = view.length;
  if (count === 0) return Buffer.alloc(0);
  let start = 0;
  let end = count;
  if (offset !== undefined || length !== undefined) {
    if (offset !== undefined) {
      validateInteger(offset, 'offset', 0);
      if (offset >= count) return Buffer.alloc(0);
      start = offset;
    }
    if (length !== undefined) {
      validateInteger(length, 'length', 0);
      end = Math.min(count, start + length);
    }
  }
  const size = view.BYTES_PER_ELEMENT;
  return fromArrayLike(new Uint8Array(view.buffer, view.byteOffset + start * size, (end - start) * size));
};

// An `of` of its own: the one of typed arrays would call Buffer as a constructor, which warns.
Buffer.of = function of(...items) {
  const bytes = Buffer.allocUnsafe(items.length);
  for (let i = 0; i < items.length; i++) bytes[i] = items[i];
  return bytes;
};

const checkSize = (size) => validateNumber(size, 'size', 0, kMaxLength);

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const bytes = allocated(size);
  if (fill === undefined || fill === 0 || size === 0) return bytes;
  return require('internal/buffer/fill').fillBytes(bytes, fill, 0, undefined, encoding);
};

Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return allocate(size);
};

Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return allocated(size);
};

// ---- the other functions of Buffer --------------------------------------------------------------------------------

Buffer.isBuffer = function isBuffer(value) {
  return value instanceof Buffer;
};

Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === 'string' && encoding.length !== 0 && operations(encoding) !== undefined;
};

Buffer.compare = function compare(a, b) {
  if (!isBytes(a)) throw new codes.ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], a);
  if (!isBytes(b)) throw new codes.ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], b);
  if (a === b) return 0;
  return require('internal/buffer/search').compareRuns(a, 0, a.length, b, 0, b.length);
};

Buffer.concat = function concat(list, length) {
  validateArray(list, 'list');
  if (list.length === 0) return new FastBuffer();
  if (length === undefined) {
    length = 0;
    for (let i = 0; i < list.length; i++) if (list[i].length) length += list[i].length;
  } else {
    require('internal/validators').validateInteger(length, 'length', 0);
  }
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    if (!isBytes(list[i])) throw new codes.ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], list[i]);
    at += copyBytes(list[i], bytes, at, 0, list[i].length);
  }
  // The pool may hold old bytes where the list is shorter than the length that was asked for.
  if (at < length) Uint8Array.prototype.fill.call(bytes, 0, at, length);
  return bytes;
};

Buffer.byteLength = function byteLength(value, encoding) {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return value.byteLength;
    throw new codes.ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  if (value.length === 0) return 0;
  const ops = encoding ? operations(encoding) ?? utf8 : utf8;
  return ops.byteLength(value);
};

// ---- methods ------------------------------------------------------------------------------------------------------

const { prototype } = Buffer;

Object.defineProperty(prototype, 'parent', {
  enumerable: true,
  get() { return this instanceof Buffer ? this.buffer : undefined; },
});
Object.defineProperty(prototype, 'offset', {
  enumerable: true,
  get() { return this instanceof Buffer ? this.byteOffset : undefined; },
});

function copyBytes(source, target, targetStart, sourceStart, sourceEnd) {
  const count = Math.min(sourceEnd - sourceStart, target.length - targetStart, source.length - sourceStart);
  if (count <= 0) return 0;
  if (count !== source.length) source = new Uint8Array(source.buffer, source.byteOffset + sourceStart, count);
  Uint8Array.prototype.set.call(target, source, targetStart);
  return count;
}

function whole(value, otherwise) {
  const number = Math.trunc(+value);
  return Number.isNaN(number) ? otherwise : number;
}

prototype.copy = function copy(target, targetStart, sourceStart, sourceEnd) {
  if (!isBytes(this)) throw new codes.ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], this);
  if (!isBytes(target)) throw new codes.ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  if (targetStart === undefined) {
    targetStart = 0;
  } else {
    targetStart = whole(targetStart, 0);
    if (targetStart < 0) throw new codes.ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
  }
  if (sourceStart === undefined) {
    sourceStart = 0;
  } else {
    sourceStart = whole(sourceStart, 0);
    if (sourceStart < 0 || sourceStart > this.length) {
      throw new codes.ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${this.length}`, sourceStart);
    }
  }
  if (sourceEnd === undefined) {
    sourceEnd = this.length;
  } else {
    sourceEnd = whole(sourceEnd, 0);
    if (sourceEnd < 0) throw new codes.ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);
  }
  if (targetStart >= target.length || sourceStart >= sourceEnd) return 0;
  return copyBytes(this, target, targetStart, sourceStart, sourceEnd);
};

prototype.toString = function toString(encoding, start, end) {
  const length = this.length;
  if (arguments.length === 0) return length === 0 ? '' : text.decode(this, 0, length, false, true);
  if (start === undefined || start <= 0) start = 0;
  else if (start >= length) return '';
  else start = Math.trunc(start) || 0;
  if (end === undefined || end > length) end = length;
  else end = Math.trunc(end) || 0;
  if (end <= start) return '';
  if (encoding === undefined) return text.decode(this, start, end, false, true);
  const ops = operations(encoding);
  if (ops === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
  return ops.slice(this, start, end);
};

prototype[customInspect] = function inspect(recurseTimes, ctx) {
  return require('internal/buffer/inspect')(this, ctx);
};
prototype.inspect = prototype[customInspect];

prototype.toLocaleString = prototype.toString;

prototype.toJSON = function toJSON() {
  return { type: 'Buffer', data: this.length > 0 ? Array.from(this) : [] };
};

function place(value, length) {
  value = Math.trunc(value);
  if (value === 0 || Number.isNaN(value)) return 0;
  if (value < 0) return Math.max(0, value + length);
  return Math.min(value, length);
}

prototype.subarray = function subarray(start, end) {
  const length = this.length;
  start = place(start, length);
  end = end === undefined ? length : place(end, length);
  return new FastBuffer(this.buffer, this.byteOffset + start, end > start ? end - start : 0);
};

prototype.slice = function slice(start, end) {
  return this.subarray(start, end);
};

function checkPlace(value, name, max) {
  require('internal/validators').validateInteger(value, name, 0, max);
}

prototype.write = function write(string, offset, length, encoding) {
  const size = this.length;
  if (offset === undefined) {
    offset = 0;
    length = size;
  } else if (length === undefined && typeof offset === 'string') {
    encoding = offset;
    offset = 0;
    length = size;
  } else {
    checkPlace(offset, 'offset', size);
    const rest = size - offset;
    if (length === undefined) {
      length = rest;
    } else if (typeof length === 'string') {
      encoding = length;
      length = rest;
    } else {
      checkPlace(length, 'length', size);
      if (length > rest) length = rest;
    }
  }
  let ops = utf8;
  if (encoding) {
    ops = operations(encoding);
    if (ops === undefined) throw new codes.ERR_UNKNOWN_ENCODING(encoding);
  }
  return writeString(ops, this, string, offset, length);
};

function writeString(ops, bytes, string, offset, length) {
  if (typeof string !== 'string') throw new codes.ERR_INVALID_ARG_TYPE('argument', 'string', string);
  return ops.write(bytes, string, offset, length);
}

// ---- one method for each encoding, which packages call ------------------------------------------------------------

for (const [name, ops] of [['ascii', ascii], ['base64', base64], ['base64url', base64url], ['latin1', latin1],
                           ['hex', hex], ['ucs2', utf16le], ['utf8', utf8]]) {
  prototype[`${name}Slice`] = function(start = 0, end = this.length) {
    const last = Math.min(end, this.length);
    if (start < 0 || end < 0) throw new codes.ERR_OUT_OF_RANGE('start', '>= 0', start);
    return start >= last ? '' : ops.slice(this, start, last);
  };
  prototype[`${name}Write`] = function(string, offset = 0, length = this.length - offset) {
    if (offset < 0 || offset > this.length) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('offset');
    if (length < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS('length');
    return writeString(ops, this, string, offset, Math.min(length, this.length - offset));
  };
}

Object.assign(prototype, require('internal/buffer/fill').methods, require('internal/buffer/search').methods);
require('internal/buffer/numbers')(prototype);

function SlowBuffer(size) {
  checkSize(size);
  return allocated(size);
}
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

module.exports = { Buffer, FastBuffer, SlowBuffer, kMaxLength, kStringMaxLength, isAnyArrayBuffer };
