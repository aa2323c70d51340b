// The names of files. Each is a function that checks its arguments and gives the work: the synchronous form does it, the
// one with `Async` behind it hands it to the event loop. They stand on the same functions as `fs`, and so on
// `wasi:filesystem`: the gate, the limits and the log are there, and a path means what it means to `fs`.

const { codes } = require('internal/errors');
const { Buffer } = require('internal/buffer/core');
const { validateInteger, validateString } = require('internal/validators');
const { fromBytes, toDescriptor, toPath } = require('internal/fs/arguments');
const names = require('internal/fs/operations');
const open = require('internal/fs/operations-files');
const trees = require('internal/fs/operations-trees');
const values = require('internal/bridge/values');

const system = binding.fs;

// What a read of something without a size gives at most.
const someBytes = 65536;

const then = (work, after) => () => after(work());
const nothing = (work) => () => { work(); };

// The record that a stat goes as: facts, and no methods.
function record(stats) {
  const { mode, size, blocks, dev, rdev, ino, nlink, uid, gid, atimeMs, mtimeMs, ctimeMs, birthtimeMs } = stats;
  return {
    mode, size, blocks, dev, rdev, isDirectory: stats.isDirectory(), isSymbolicLink: stats.isSymbolicLink(),
    atimeMs, mtimeMs, ctimeMs, birthtimeMs, ino, nlink, uid, gid,
  };
}

function encodingOf(options) {
  const encoding = options !== null && typeof options === 'object' ? options.encoding : options;
  if (encoding === undefined || encoding === null) return 'utf8';
  validateString(encoding, 'encoding');
  if (!Buffer.isEncoding(encoding)) throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
  return encoding;
}

function readFile(path, options) {
  const encoding = encodingOf(options);
  return then(open.readFile(toPath(path), {}), (bytes) => fromBytes(bytes, encoding));
}

// A mode alone stands for options of it.
const asOptions = (options) => (typeof options === 'number' ? { mode: options } : options);

function mkdir(path, options) {
  if (typeof options === 'boolean') options = { recursive: options };
  else if (options === null) options = undefined;
  return nothing(names.mkdir(path, options));
}

function exists(path) {
  return names.exists(toPath(path));
}

const entry = (each) => ({ name: each.name, isDirectory: each.isDirectory(), isSymbolicLink: each.isSymbolicLink() });

// No more is asked for than the file has: a number alone must not cost a guest its memory.
function readDescriptor(fd, length, position) {
  fd = toDescriptor(fd);
  validateInteger(length, 'length', 0);
  if (position === undefined || position === null) position = -1;
  else validateInteger(position, 'position', 0);
  return () => {
    const numbers = names.call('read', () => system.fstat(fd));
    const size = Math.max(Number(numbers[8]), someBytes);
    const buffer = Buffer.alloc(Math.min(length, size));
    if (buffer.length === 0) return buffer;
    const count = names.call('read', () => system.read(fd, buffer, 0, buffer.length, position));
    return buffer.subarray(0, count);
  };
}

function writeDescriptor(fd, data, position) {
  fd = toDescriptor(fd);
  const bytes = values.text(data, 'data');
  if (position !== undefined && position !== null) validateInteger(position, 'position', 0);
  return open.write(fd, bytes, 0, bytes.length, position ?? null);
}

function openDescriptor(path, flags, mode) {
  return open.open(path, flags, mode ?? undefined);
}

const files = {
  '__proto__': null,
  '_fsReadFile': readFile,
  '_fsWriteFile': (path, data, options) => open.writeFile(toPath(path), data, asOptions(options)),
  '_fsReadFileBinary': (path) => open.readFile(toPath(path), {}),
  '_fsWriteFileBinary': (path, data, options) => open.writeFile(toPath(path), values.binary(data, 'data'), asOptions(options)),
  '_fsReadDir': (path) => then(trees.readdir(path, { withFileTypes: true }), (found) => found.map(entry)),
  '_fsMkdir': mkdir,
  '_fsRmdir': (path) => trees.rmdir(path),
  '_fsExists': exists,
  '_fsAccess': (path, mode) => nothing(names.access(path, mode)),
  '_fsStat': (path) => then(names.stat(path), record),
  '_fsLstat': (path) => then(names.lstat(path), record),
  '_fsUnlink': (path) => names.unlink(path),
  '_fsRename': (from, to) => names.rename(from, to),
  '_fsChmod': (path, mode) => names.chmod(path, mode),
  '_fsChown': (path, uid, gid) => names.chown(path, uid, gid),
  '_fsLink': (from, to) => names.link(from, to),
  '_fsSymlink': (target, path) => names.symlink(target, path),
  '_fsReadlink': (path) => names.readlink(path),
  '_fsTruncate': (path, length) => open.truncate(path, length ?? undefined),
  '_fsUtimes': (path, atime, mtime) => names.utimes(path, atime, mtime),
  'fs.openSync': openDescriptor,
  'fs.closeSync': (fd) => open.close(fd),
  'fs.readSync': readDescriptor,
  'fs.writeSync': writeDescriptor,
  'fs.fstatSync': (fd) => then(open.fstat(fd), record),
};

module.exports = { files, record };
