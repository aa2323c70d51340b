// The callback forms: arguments are checked at once, the work is done when the event loop comes to it, in the order in
// which it was begun.

const files = require('internal/fs/operations-files');
const names = require('internal/fs/operations');
const trees = require('internal/fs/operations-trees');
const { codes } = require('internal/errors');
const { validateFunction, validateObject } = require('internal/validators');
const { checkBuffer, toCallback, toDescriptor } = require('internal/fs/arguments');
const { pend } = require('internal/loop');

function later(work, callback) {
  toCallback(callback);
  pend(() => {
    let result;
    try {
      result = work();
    } catch (error) {
      callback(error);
      return;
    }
    if (result === undefined) callback(null);
    else callback(null, result);
  });
}

// For `read`, `write` and their like, whose callback gets the buffer too.
function laterWith(work, buffer, callback) {
  pend(() => {
    let count;
    try {
      count = work();
    } catch (error) {
      callback(error, 0, buffer);
      return;
    }
    callback(null, count, buffer);
  });
}

// Options may be left out: then the callback stands in their place.
const last = (options, callback) => (typeof options === 'function' ? [undefined, options] : [options, callback]);

function access(path, mode, callback) {
  [mode, callback] = last(mode, callback);
  later(names.access(path, mode), callback);
}

function appendFile(path, data, options, callback) {
  callback ||= options;
  toCallback(callback);
  later(files.appendFile(path, data, options), callback);
}

const thrown = (error) => { if (error) throw error; };

function close(fd, callback = thrown) {
  later(files.close(fd), callback);
}

function copyFile(src, dest, mode, callback) {
  [mode, callback] = last(mode, callback);
  later(files.copyFile(src, dest, mode), callback);
}

function cp(src, dest, options, callback) {
  [options, callback] = last(options, callback);
  toCallback(callback);
  const work = require('internal/fs/copy').cp(src, dest, options);
  pend(() => { work().then(() => callback(null), callback); });
}

function exists(path, callback) {
  validateFunction(callback, 'cb');
  const work = names.exists(path);
  pend(() => callback(work()));
}

function ftruncate(fd, length, callback) {
  [length, callback] = last(length, callback);
  later(files.ftruncate(fd, length), callback);
}

function truncate(path, length, callback) {
  if (typeof path === 'number') {
    require('internal/fs/sync').warnDescriptor();
    return ftruncate(path, length, callback);
  }
  [length, callback] = last(length, callback);
  later(files.truncate(path, length), callback);
}

function statWith(operation) {
  return (target, options, callback) => {
    [options, callback] = last(options, callback);
    toCallback(callback);
    const work = operation(target, options);
    // A callback of `stat` always gets a second argument, also with `throwIfNoEntry`, which only the synchronous form has.
    later(work, callback);
  };
}

function mkdir(path, options, callback) {
  [options, callback] = last(options, callback);
  later(names.mkdir(path, options), callback);
}

function mkdtemp(prefix, options, callback) {
  [options, callback] = last(options, callback);
  toCallback(callback);
  later(names.mkdtemp(prefix, options), callback);
}

function open(path, flags, mode, callback) {
  if (arguments.length < 3) {
    callback = flags;
    flags = 'r';
    mode = 0o666;
  } else if (typeof mode === 'function') {
    callback = mode;
    mode = 0o666;
  }
  later(files.open(path, flags, mode), callback);
}

const freshBuffer = () => require('buffer').Buffer.alloc(16384);

// (fd, callback), (fd, options, callback), (fd, buffer, callback), (fd, buffer, options, callback) and the long form.
function read(fd, buffer, offset, length, position, callback) {
  fd = toDescriptor(fd);
  if (arguments.length <= 4) {
    let options;
    if (arguments.length === 4) {
      options = offset;
      callback = length;
    } else if (arguments.length === 3) {
      callback = offset;
      if (!ArrayBuffer.isView(buffer)) {
        options = buffer;
        buffer = options?.buffer === undefined ? freshBuffer() : options.buffer;
      }
    } else {
      callback = buffer;
      buffer = freshBuffer();
    }
    if (options !== undefined) validateObject(options, 'options', { nullable: true });
    checkBuffer(buffer);
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = options ?? {});
  }
  checkBuffer(buffer);
  toCallback(callback);
  const work = files.read(fd, buffer, offset, length, position);
  if (work === null) require('process').nextTick(callback, null, 0, buffer);
  else laterWith(work, buffer, callback);
}

function readdir(path, options, callback) {
  [options, callback] = last(options, callback);
  toCallback(callback);
  later(trees.readdir(path, options), callback);
}

function readFile(path, options, callback) {
  callback ||= options;
  toCallback(callback);
  later(files.readFile(path, options), callback);
}

function readlink(path, options, callback) {
  [options, callback] = last(options, callback);
  toCallback(callback);
  later(names.readlink(path, options), callback);
}

function vectored(operation) {
  return (fd, buffers, position, callback) => {
    toDescriptor(fd);
    callback ||= position;
    const work = operation(fd, buffers, typeof position === 'function' ? undefined : position);
    toCallback(callback);
    if (buffers.length === 0) require('process').nextTick(callback, null, 0, buffers);
    else laterWith(work, buffers, callback);
  };
}

function realpathWith(operation) {
  return (path, options, callback) => {
    [options, callback] = last(options, callback);
    toCallback(callback);
    later(operation(path, options), callback);
  };
}

const realpath = realpathWith(names.realpath);
realpath.native = realpathWith(names.realpathNative);

function rm(path, options, callback) {
  [options, callback] = last(options, callback);
  later(trees.rm(path, options), callback);
}

function rmdir(path, options, callback) {
  [options, callback] = last(options, callback);
  later(trees.rmdir(path, options), callback);
}

function statfs(path, options, callback) {
  [options, callback] = last(options, callback);
  toCallback(callback);
  later(names.statfs(path, options), callback);
}

function symlink(target, path, type, callback) {
  if (callback === undefined) {
    callback = type;
    type = undefined;
  }
  toCallback(callback);
  later(names.symlink(target, path, type), callback);
}

function write(fd, buffer, offset, length, position, callback) {
  fd = toDescriptor(fd);
  if (ArrayBuffer.isView(buffer)) {
    callback ||= position || length || offset;
    toCallback(callback);
    const place = typeof position === 'function' ? undefined : position;
    const size = typeof length === 'function' ? undefined : length;
    return laterWith(files.write(fd, buffer, offset, size, place), buffer, callback);
  }
  if (typeof buffer !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
  }
  // (fd, text, position, encoding, callback)
  let place = offset;
  let encoding = length;
  if (typeof position !== 'function') {
    if (typeof offset === 'function') {
      position = offset;
      place = null;
      encoding = 'utf8';
    } else {
      position = length;
      encoding = 'utf8';
    }
  }
  toCallback(position);
  laterWith(files.write(fd, buffer, place, encoding), buffer, position);
}

function writeFile(path, data, options, callback) {
  callback ||= options;
  toCallback(callback);
  later(files.writeFile(path, data, options), callback);
}

const callbacks = {
  access, appendFile, close, copyFile, cp, exists, ftruncate, truncate, mkdir, mkdtemp, open, read, readdir, readFile,
  readlink, realpath, rm, rmdir, statfs, symlink, write, writeFile,
  chmod(path, mode, callback) { later(names.chmod(path, mode), callback); },
  chown(path, uid, gid, callback) {
    toCallback(callback);
    later(names.chown(path, uid, gid), callback);
  },
  fchmod(fd, mode, callback) { later(names.fchmod(fd, mode), callback); },
  fchown(fd, uid, gid, callback) { later(names.fchown(fd, uid, gid), callback); },
  fdatasync(fd, callback) { later(files.fdatasync(fd), callback); },
  fstat: statWith(files.fstat),
  fsync(fd, callback) { later(files.fsync(fd), callback); },
  futimes(fd, atime, mtime, callback) { later(names.futimes(fd, atime, mtime), callback); },
  lchown(path, uid, gid, callback) {
    toCallback(callback);
    later(names.lchown(path, uid, gid), callback);
  },
  link(existingPath, newPath, callback) {
    toCallback(callback);
    later(names.link(existingPath, newPath), callback);
  },
  lstat: statWith(names.lstat),
  lutimes(path, atime, mtime, callback) {
    toCallback(callback);
    later(names.lutimes(path, atime, mtime), callback);
  },
  readv: vectored(files.readv),
  rename(oldPath, newPath, callback) {
    toCallback(callback);
    later(names.rename(oldPath, newPath), callback);
  },
  stat: statWith((path, options) => names.stat(path, { bigint: options?.bigint })),
  unlink(path, callback) { later(names.unlink(path), callback); },
  utimes(path, atime, mtime, callback) {
    toCallback(callback);
    later(names.utimes(path, atime, mtime), callback);
  },
  writev: vectored(files.writev),
};

// Names that `statWith` and its like could not give.
for (const name of ['fstat', 'lstat', 'stat', 'readv', 'writev']) {
  Object.defineProperty(callbacks[name], 'name', { value: name, configurable: true });
}

module.exports = { callbacks, later };
