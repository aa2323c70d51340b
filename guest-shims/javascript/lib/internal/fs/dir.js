// fs.Dir: a folder that is read entry by entry. WASI gives the whole listing, so it is taken when the folder is opened.

const { codes } = require('internal/errors');
const { validateFunction, validateUint32 } = require('internal/validators');
const constants = require('internal/fs/constants');
const { fromPath, toOptions, toPath } = require('internal/fs/arguments');
const { pend } = require('internal/loop');

const kMake = Symbol('make');

class Dir {
  #path;
  #options;
  #entries;
  #at = 0;
  #closed = false;
  // What was begun and is not done yet; a `close` waits for it.
  #running = 0;
  #after = [];

  constructor(made, path, options, entries) {
    if (made !== kMake) throw new codes.ERR_MISSING_ARGS('handle');
    this.#path = path;
    this.#options = options;
    this.#entries = entries.map((entry) => ({ ...entry, folder: path }));
  }

  get path() { return this.#path; }

  #next() {
    if (this.#at >= this.#entries.length) return null;
    const { name, type, folder } = this.#entries[this.#at++];
    if (this.#options.recursive && type === constants.UV_DIRENT_DIR) {
      const { entriesOf, join } = require('internal/fs/operations-trees');
      const below = join(folder, name);
      this.#entries.push(...entriesOf(below, 'opendir').map((entry) => ({ ...entry, folder: below })));
    }
    const { Dirent } = require('internal/fs/dirent');
    return new Dirent(fromPath(name, this.#options.encoding), type, folder);
  }

  #begin(work, done) {
    this.#running++;
    pend(() => {
      let result;
      let failure = null;
      try {
        result = work();
      } catch (error) {
        failure = error;
      }
      this.#running--;
      if (this.#running === 0) for (const next of this.#after.splice(0)) next();
      if (failure !== null) done(failure);
      else done(null, result);
    });
  }

  read(callback) {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.read((error, entry) => (error ? reject(error) : resolve(entry)));
      });
    }
    validateFunction(callback, 'callback');
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    this.#begin(() => this.#next(), callback);
  }

  readSync() {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    if (this.#running > 0) throw new codes.ERR_DIR_CONCURRENT_OPERATION();
    return this.#next();
  }

  close(callback) {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.close((error) => (error ? reject(error) : resolve()));
      });
    }
    validateFunction(callback, 'callback');
    if (this.#closed) {
      require('process').nextTick(callback, new codes.ERR_DIR_CLOSED());
      return;
    }
    if (this.#running > 0) {
      this.#after.push(() => this.close(callback));
      return;
    }
    this.#closed = true;
    pend(() => callback(null));
  }

  closeSync() {
    if (this.#closed) throw new codes.ERR_DIR_CLOSED();
    if (this.#running > 0) throw new codes.ERR_DIR_CONCURRENT_OPERATION();
    this.#closed = true;
  }

  async *entries() {
    try {
      for (let entry; (entry = await this.read()) !== null;) yield entry;
    } finally {
      await this.close();
    }
  }
}

Object.defineProperty(Dir.prototype, Symbol.asyncIterator, {
  value: Dir.prototype.entries, writable: true, configurable: true,
});

if (Symbol.asyncDispose !== undefined) {
  Object.defineProperty(Dir.prototype, Symbol.asyncDispose, {
    async value() { await this.close(); }, writable: true, configurable: true,
  });
}

// As in internal/fs/operations: checks first, the work later.
function opendir(path, options) {
  path = toPath(path);
  options = toOptions(options, { encoding: 'utf8' });
  if (options.bufferSize !== undefined) validateUint32(options.bufferSize, 'options.bufferSize', true);
  return () => new Dir(kMake, path, options, require('internal/fs/operations-trees').entriesOf(path, 'opendir'));
}

module.exports = { Dir, opendir };
