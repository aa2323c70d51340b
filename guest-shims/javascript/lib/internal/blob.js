// Blob and File, and the URLs that stand for them.

const { codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
const { customInspect, kEnumerableProperty } = require('internal/util');
const { kMaxLength } = require('internal/buffer/core');

const secret = Symbol();
let isBlob;
let piecesOf;
let cloneBlob;

function bytesOf(part, endings) {
  if (typeof part === 'object' && part !== null) {
    if (isBlob(part)) return piecesOf(part);
    if (ArrayBuffer.isView(part)) {
      // A copy: what the program does with its bytes afterwards is not to be seen.
      return [new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice()];
    }
    if (require('internal/buffer/core').isAnyArrayBuffer(part)) return [new Uint8Array(part).slice()];
  }
  let string = `${part}`.toWellFormed();
  if (endings === 'native') string = string.replace(/\r\n|\r/g, '\n');
  return [new Uint8Array(binding.text.encode(string))];
}

// The pieces of a part of a run of pieces, without copying.
function cut(pieces, start, end) {
  const out = [];
  let at = 0;
  for (const piece of pieces) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, piece.length);
    if (from < to) out.push(from === 0 && to === piece.length ? piece : piece.subarray(from, to));
    at += piece.length;
  }
  return out;
}

function joined(pieces, size) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const cleanType = (type) => (/[^\u{20}-\u{7E}]/u.test(type) ? '' : type.toLowerCase());

class Blob {
  #pieces = [];
  #size = 0;
  #type = '';

  constructor(sources = [], options = undefined) {
    if (sources === secret) {
      [this.#pieces, this.#size, this.#type] = options;
      return;
    }
    if (sources === null || typeof sources[Symbol.iterator] !== 'function' || typeof sources === 'string') {
      throw new codes.ERR_INVALID_ARG_TYPE('sources', 'a sequence', sources);
    }
    if (options !== undefined) {
      validateObject(options, 'options', { nullable: true, allowArray: true, allowFunction: true });
    }
    const endings = options?.endings;
    if (endings !== undefined) {
      require('internal/validators').validateOneOf(endings, 'options.endings', ['transparent', 'native']);
    }
    const type = options?.type;
    for (const source of sources) {
      for (const piece of bytesOf(source, endings)) {
        this.#size += piece.length;
        if (this.#size > kMaxLength) throw new codes.ERR_BUFFER_TOO_LARGE(kMaxLength);
        if (piece.length > 0) this.#pieces.push(piece);
      }
    }
    if (type !== undefined) this.#type = cleanType(`${type}`);
  }

  static {
    isBlob = (value) => value !== null && typeof value === 'object' && #pieces in value;
    piecesOf = (blob) => blob.#pieces;
    cloneBlob = (blob) => new Blob(secret, [blob.#pieces, blob.#size, blob.#type]);
  }

  static #check(value) {
    if (!isBlob(value)) throw new codes.ERR_INVALID_THIS('Blob');
  }

  get size() {
    Blob.#check(this);
    return this.#size;
  }

  get type() {
    Blob.#check(this);
    return this.#type;
  }

  slice(start = 0, end = this.size, contentType = '') {
    Blob.#check(this);
    const place = (value) => {
      value = Math.trunc(value) || 0;
      return value < 0 ? Math.max(this.#size + value, 0) : Math.min(value, this.#size);
    };
    const from = place(start);
    const to = Math.max(place(end), from);
    return new Blob(secret, [cut(this.#pieces, from, to), to - from, cleanType(`${contentType}`)]);
  }

  arrayBuffer() {
    if (!isBlob(this)) return Promise.reject(new codes.ERR_INVALID_THIS('Blob'));
    return Promise.resolve(joined(this.#pieces, this.#size).buffer);
  }

  bytes() {
    if (!isBlob(this)) return Promise.reject(new codes.ERR_INVALID_THIS('Blob'));
    return Promise.resolve(joined(this.#pieces, this.#size));
  }

  text() {
    if (!isBlob(this)) return Promise.reject(new codes.ERR_INVALID_THIS('Blob'));
    const all = this.#pieces.length === 1 ? this.#pieces[0] : joined(this.#pieces, this.#size);
    return Promise.resolve(binding.text.decode(all, 0, all.length, false, false));
  }

  stream() {
    Blob.#check(this);
    const { ReadableStream } = require('stream/web');
    const pieces = this.#pieces;
    let index = 0;
    let offset = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (index === pieces.length) {
          controller.close();
          // A reader that brought its own buffer is to have it back.
          controller.byobRequest?.respond(0);
          return;
        }
        const piece = pieces[index];
        const chunk = piece.slice(offset, offset + 65536);
        offset += chunk.length;
        if (offset === piece.length) {
          index++;
          offset = 0;
        }
        controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
  }

  [customInspect](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this;
    return `Blob ${(inspect ?? inspector())({ size: this.size, type: this.type }, options)}`;
  }
}

const inspector = () => require('internal/util/inspect').inspect;

class File extends Blob {
  #name;
  #lastModified;

  constructor(fileBits, fileName, options = {}) {
    if (arguments.length < 2) throw new codes.ERR_MISSING_ARGS('fileBits', 'fileName');
    super(fileBits, options);
    let { lastModified } = options ?? {};
    lastModified = lastModified === undefined ? Date.now() : +lastModified;
    if (!Number.isFinite(lastModified)) lastModified = 0;
    this.#name = `${fileName}`.toWellFormed();
    this.#lastModified = Math.trunc(lastModified) + 0;
  }

  get name() {
    if (this === null || typeof this !== 'object' || !(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#name;
  }

  get lastModified() {
    if (this === null || typeof this !== 'object' || !(#name in this)) throw new codes.ERR_INVALID_THIS('File');
    return this.#lastModified;
  }

  [customInspect](depth, options, inspect) {
    if (typeof depth === 'number' && depth < 0) return this;
    const shown = { size: this.size, type: this.type, name: this.name, lastModified: this.lastModified };
    return `File ${(inspect ?? inspector())(shown, options)}`;
  }
}

for (const [Class, names] of [[Blob, ['size', 'type', 'slice', 'stream', 'text', 'arrayBuffer', 'bytes']],
                              [File, ['name', 'lastModified']]]) {
  for (const name of names) Object.defineProperty(Class.prototype, name, kEnumerableProperty);
  Object.defineProperty(Class.prototype, customInspect, { enumerable: false });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { configurable: true, value: Class.name });
}

// ---- object URLs ----------------------------------------------------------------------------------------------------

let registered;

function createObjectURL(object) {
  if (!isBlob(object)) throw new codes.ERR_INVALID_ARG_TYPE('obj', 'Blob', object);
  registered ??= new Map();
  const id = require('internal/crypto').crypto.randomUUID();
  registered.set(id, object);
  return `blob:nodedata:${id}`;
}

const idOf = (url) => /^blob:nodedata:([^:/?#]+)$/.exec(`${url}`)?.[1];

function revokeObjectURL(url) {
  registered?.delete(idOf(url));
}

function resolveObjectURL(url) {
  const blob = registered?.get(idOf(url));
  return blob === undefined ? undefined : cloneBlob(blob);
}

module.exports = {
  Blob, File, isBlob, createObjectURL, revokeObjectURL, resolveObjectURL, cloneBlob,
  // For what must have the bytes at once, as fetch does for a body.
  blobBytes: (blob) => joined(piecesOf(blob), blob.size),
};
