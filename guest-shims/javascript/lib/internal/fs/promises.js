// The promise forms, which are `fs/promises`.

const { AbortError, codes } = require('internal/errors');
const { parseFileMode, validateBoolean } = require('internal/validators');
const constants = require('internal/fs/constants');
const files = require('internal/fs/operations-files');
const names = require('internal/fs/operations');
const trees = require('internal/fs/operations-trees');
const perform = require('internal/fs/perform');
const { toBytes, toFlags, toOptions, viewBytes } = require('internal/fs/arguments');
const { FileHandle, makeHandle } = require('internal/fs/file-handle');

async function open(path, flags, mode) {
  return makeHandle(await perform(files.open(path, flags, mode)));
}

async function readFile(path, options) {
  return perform(files.readFile(path instanceof FileHandle ? path.fd : path, options));
}

const isPieces = (data) => typeof data !== 'string' && !ArrayBuffer.isView(data) && data !== null && data !== undefined &&
  (typeof data[Symbol.asyncIterator] === 'function' || typeof data[Symbol.iterator] === 'function');

async function writeFile(path, data, options, flag = 'w') {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag, flush: false });
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  if (path instanceof FileHandle) {
    if (isPieces(data)) return writePieces(path.fd, data, options);
    return perform(files.writeFile(path.fd, data, options));
  }
  if (!isPieces(data)) return perform(files.writeFile(path, data, options, flag));
  files.checkAborted(options.signal);
  const mode = parseFileMode(options.mode, 'mode', 0o666);
  toFlags(options.flag || flag);
  const fd = await perform(files.open(path, options.flag || flag, mode));
  try {
    await writePieces(fd, data, options);
    if (flush) await perform(files.fsync(fd));
  } finally {
    await perform(files.close(fd));
  }
}

async function writePieces(fd, pieces, { signal, encoding }) {
  files.checkAborted(signal);
  for await (const piece of pieces) {
    files.checkAborted(signal);
    const bytes = viewBytes(toBytes(piece, encoding || 'utf8', 'data'));
    for (let at = 0; at < bytes.length;) {
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
      at += await perform(files.write(fd, bytes, at, bytes.length - at, null));
    }
  }
}

async function appendFile(path, data, options) {
  return writeFile(path, data, options, 'a');
}

async function access(path, mode) { return perform(names.access(path, mode)); }
async function copyFile(src, dest, mode) { return perform(files.copyFile(src, dest, mode)); }

async function cp(src, dest, options) {
  const work = require('internal/fs/copy').cp(src, dest, options);
  return perform(work);
}

async function opendir(path, options) { return perform(require('internal/fs/dir').opendir(path, options)); }
async function rename(oldPath, newPath) { return perform(names.rename(oldPath, newPath)); }
async function truncate(path, len = 0) { return perform(files.truncate(path, len)); }
async function rm(path, options) { return perform(trees.rm(path, options)); }
async function rmdir(path, options) { return perform(trees.rmdir(path, options)); }
async function mkdir(path, options) { return perform(names.mkdir(path, options)); }
async function readdir(path, options) { return perform(trees.readdir(path, options)); }
async function readlink(path, options) { return perform(names.readlink(path, options)); }
async function symlink(target, path, type) { return perform(names.symlink(target, path, type)); }
async function lstat(path, options) { return perform(names.lstat(path, { bigint: options?.bigint })); }
async function stat(path, options) { return perform(names.stat(path, { bigint: options?.bigint })); }
async function statfs(path, options) { return perform(names.statfs(path, options)); }
async function link(existingPath, newPath) { return perform(names.link(existingPath, newPath)); }
async function unlink(path) { return perform(names.unlink(path)); }
async function chmod(path, mode) { return perform(names.chmod(path, mode)); }
async function lchmod() { throw new codes.ERR_METHOD_NOT_IMPLEMENTED('lchmod()'); }
async function lchown(path, uid, gid) { return perform(names.lchown(path, uid, gid)); }
async function chown(path, uid, gid) { return perform(names.chown(path, uid, gid)); }
async function utimes(path, atime, mtime) { return perform(names.utimes(path, atime, mtime)); }
async function lutimes(path, atime, mtime) { return perform(names.lutimes(path, atime, mtime)); }
async function realpath(path, options) { return perform(names.realpathNative(path, options)); }
async function mkdtemp(prefix, options) { return perform(names.mkdtemp(prefix, options)); }

// eslint-disable-next-line require-yield
async function* watch() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('fs.promises.watch()');
}

module.exports = {
  access, copyFile, cp, open, opendir, rename, truncate, rm, rmdir, mkdir, readdir, readlink, symlink, lstat, stat, statfs,
  link, unlink, chmod, lchmod, lchown, chown, utimes, lutimes, realpath, mkdtemp, writeFile, appendFile, readFile, watch,
  constants,
};
