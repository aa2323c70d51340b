// FileHandle: an open file whose functions give promises.

const EventEmitter = require('events');
const { codes, systemError } = require('internal/errors');
const { validateInteger, validateObject, validateOneOf } = require('internal/validators');
const files = require('internal/fs/operations-files');
const names = require('internal/fs/operations');
const perform = require('internal/fs/perform');
const { checkBuffer } = require('internal/fs/arguments');

const kEnter = Symbol('enter');
const kLeave = Symbol('leave');
const kMake = Symbol('make');

class FileHandle extends EventEmitter {
  #fd;
  // Streams that use the file: it stays open until the last one has left.
  #users = 1;
  #closing;
  #closed;
  #locked = false;

  constructor(made, fd) {
    super();
    if (made !== kMake) throw new TypeError('Illegal constructor');
    this.#fd = fd;
    // In Node `close` is a property of each handle, and tests look at it there.
    Object.defineProperty(this, 'close', { value: () => this.#close(), writable: true, enumerable: true, configurable: true });
  }

  get fd() { return this.#fd; }

  #check(syscall) {
    if (this.#fd !== -1) return this.#fd;
    throw systemError({ code: 'EBADF', syscall, message: 'file closed' });
  }

  [kEnter]() { this.#users++; }

  [kLeave]() {
    if (--this.#users > 0) return;
    this.#shut().then(this.#closed?.resolve, this.#closed?.reject);
  }

  #shut() {
    const fd = this.#fd;
    this.#fd = -1;
    return perform(files.close(fd));
  }

  #close() {
    if (this.#fd === -1) return Promise.resolve();
    if (this.#closing !== undefined) return this.#closing;
    this.#users--;
    if (this.#users === 0) {
      this.#closing = this.#shut().finally(() => { this.#closing = undefined; });
    } else {
      const promise = new Promise((resolve, reject) => { this.#closed = { resolve, reject }; });
      this.#closing = promise.finally(() => {
        this.#closing = undefined;
        this.#closed = undefined;
      });
    }
    this.emit('close');
    return this.#closing;
  }

  async appendFile(data, options) {
    const { writeFile } = require('internal/fs/promises');
    this.#check('writeFile');
    return writeFile(this, data, options);
  }

  async chmod(mode) { return perform(names.fchmod(this.#check('fchmod'), mode)); }
  async chown(uid, gid) { return perform(names.fchown(this.#check('fchown'), uid, gid)); }
  async datasync() { return perform(files.fdatasync(this.#check('fdatasync'))); }
  async sync() { return perform(files.fsync(this.#check('fsync'))); }

  async read(buffer, offset, length, position) {
    const fd = this.#check('read');
    if (!ArrayBuffer.isView(buffer)) {
      const options = buffer;
      if (options !== undefined) validateObject(options, 'options', { nullable: true });
      buffer = options?.buffer ?? require('buffer').Buffer.alloc(16384);
      checkBuffer(buffer);
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = options ?? {});
    } else if (offset !== null && typeof offset === 'object') {
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
    }
    if (offset === null || offset === undefined) offset = 0;
    else validateInteger(offset, 'offset', 0);
    length ??= buffer.byteLength - offset;
    const work = files.read(fd, buffer, offset, length, position);
    return { bytesRead: work === null ? 0 : await perform(work), buffer };
  }

  async readv(buffers, position) {
    const bytesRead = await perform(files.readv(this.#check('read'), buffers, position));
    return { bytesRead, buffers };
  }

  async readFile(options) {
    return perform(files.readFile(this.#check('readFile'), options));
  }

  readLines(options) {
    return require('readline').createInterface({
      input: this.createReadStream(options),
      crlfDelay: Infinity,
    });
  }

  async stat(options) { return perform(files.fstat(this.#check('fstat'), options)); }
  async truncate(length = 0) { return perform(files.ftruncate(this.#check('ftruncate'), length)); }
  async utimes(atime, mtime) { return perform(names.futimes(this.#check('futimes'), atime, mtime)); }

  async write(buffer, offset, length, position) {
    const fd = this.#check('write');
    if (buffer?.byteLength === 0) return { bytesWritten: 0, buffer };
    const bytesWritten = await perform(files.write(fd, buffer, offset, length, position));
    return { bytesWritten, buffer };
  }

  async writev(buffers, position) {
    const fd = this.#check('write');
    const work = files.writev(fd, buffers, position);
    return { bytesWritten: buffers.length === 0 ? 0 : await perform(work), buffers };
  }

  async writeFile(data, options) {
    const { writeFile } = require('internal/fs/promises');
    this.#check('writeFile');
    return writeFile(this, data, options);
  }

  readableWebStream(options = {}) {
    if (this.#fd === -1) throw new codes.ERR_INVALID_STATE('The FileHandle is closed');
    if (this.#closing !== undefined) throw new codes.ERR_INVALID_STATE('The FileHandle is closing');
    if (this.#locked) throw new codes.ERR_INVALID_STATE('The FileHandle is locked');
    if (options?.type !== undefined) validateOneOf(options.type, 'options.type', ['bytes']);
    this.#locked = true;
    this[kEnter]();
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this[kLeave]();
    };
    const handle = this;
    const { ReadableStream } = require('stream/web');
    let controller;
    const stream = new ReadableStream({
      type: options?.type,
      start(given) { controller = given; },
      async pull(given) {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(16384), 0, 16384);
        if (bytesRead > 0) {
          given.enqueue(buffer.slice(0, bytesRead));
          return;
        }
        given.close();
        given.byobRequest?.respond(0);
        leave();
        await handle.close();
      },
      async cancel() {
        leave();
        await handle.close();
      },
    });
    this.once('close', () => {
      if (left) return;
      leave();
      try {
        controller.close();
      } catch {
        // It was closed or has failed already.
      }
    });
    return stream;
  }

  createReadStream(options = undefined) {
    const { ReadStream } = require('internal/fs/streams');
    return new ReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options = undefined) {
    const { WriteStream } = require('internal/fs/streams');
    return new WriteStream(undefined, { ...options, fd: this });
  }
}

if (Symbol.asyncDispose !== undefined) {
  Object.defineProperty(FileHandle.prototype, Symbol.asyncDispose, {
    value() { return this.close(); }, writable: true, configurable: true,
  });
}

const makeHandle = (fd) => new FileHandle(kMake, fd);

module.exports = { FileHandle, makeHandle, kEnter, kLeave };
