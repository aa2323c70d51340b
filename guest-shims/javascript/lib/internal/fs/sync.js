// The synchronous forms: what was checked is done at once.

const files = require('internal/fs/operations-files');
const names = require('internal/fs/operations');
const trees = require('internal/fs/operations-trees');
const { validateObject } = require('internal/validators');

function readSync(fd, buffer, offset, length, position) {
  if (arguments.length <= 3 || (offset !== null && typeof offset === 'object')) {
    if (offset !== undefined) validateObject(offset, 'options', { nullable: true });
    const { checkBuffer } = require('internal/fs/arguments');
    checkBuffer(buffer);
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset ?? {});
  }
  const work = files.read(fd, buffer, offset, length, position);
  return work === null ? 0 : work();
}

function truncateSync(path, length) {
  if (typeof path === 'number') {
    warnDescriptor();
    return ftruncateSync(path, length);
  }
  files.truncate(path, length)();
}

let warned = false;

function warnDescriptor() {
  if (warned) return;
  warned = true;
  require('process').emitWarning('Using fs.truncate with a file descriptor is deprecated. Please use fs.ftruncate with a ' +
                                 'file descriptor instead.', 'DeprecationWarning', 'DEP0081');
}

function ftruncateSync(fd, length) {
  files.ftruncate(fd, length)();
}

function realpathSync(path, options) {
  return names.realpath(path, options)();
}
realpathSync.native = function(path, options) {
  return names.realpathNative(path, options)();
};

module.exports = { warnDescriptor, sync: {
  accessSync(path, mode) { names.access(path, mode)(); },
  appendFileSync(path, data, options) { files.appendFile(path, data, options)(); },
  chmodSync(path, mode) { names.chmod(path, mode)(); },
  chownSync(path, uid, gid) { names.chown(path, uid, gid)(); },
  closeSync(fd) { files.close(fd)(); },
  copyFileSync(src, dest, mode) { files.copyFile(src, dest, mode)(); },
  cpSync(src, dest, options) { require('internal/fs/copy').cpSync(src, dest, options); },
  existsSync(path) { return names.exists(path)(); },
  fchmodSync(fd, mode) { names.fchmod(fd, mode)(); },
  fchownSync(fd, uid, gid) { names.fchown(fd, uid, gid)(); },
  fdatasyncSync(fd) { files.fdatasync(fd)(); },
  fstatSync(fd, options) { return files.fstat(fd, options)(); },
  fsyncSync(fd) { files.fsync(fd)(); },
  ftruncateSync,
  futimesSync(fd, atime, mtime) { names.futimes(fd, atime, mtime)(); },
  lchownSync(path, uid, gid) { names.lchown(path, uid, gid)(); },
  linkSync(existingPath, newPath) { names.link(existingPath, newPath)(); },
  lstatSync(path, options) { return names.lstat(path, options)(); },
  lutimesSync(path, atime, mtime) { names.lutimes(path, atime, mtime)(); },
  mkdirSync(path, options) { return names.mkdir(path, options)(); },
  mkdtempSync(prefix, options) { return names.mkdtemp(prefix, options)(); },
  openSync(path, flags, mode) { return files.open(path, flags, mode)(); },
  readdirSync(path, options) { return trees.readdir(path, options)(); },
  readFileSync(path, options) { return files.readFile(path, options)(); },
  readlinkSync(path, options) { return names.readlink(path, options)(); },
  readSync,
  readvSync(fd, buffers, position) { return files.readv(fd, buffers, position)(); },
  realpathSync,
  renameSync(oldPath, newPath) { names.rename(oldPath, newPath)(); },
  rmdirSync(path, options) { trees.rmdir(path, options)(); },
  rmSync(path, options) { trees.rm(path, options)(); },
  statfsSync(path, options) { return names.statfs(path, options)(); },
  statSync(path, options) { return names.stat(path, options)(); },
  symlinkSync(target, path, type) { names.symlink(target, path, type)(); },
  truncateSync,
  unlinkSync(path) { names.unlink(path)(); },
  utimesSync(path, atime, mtime) { names.utimes(path, atime, mtime)(); },
  writeFileSync(path, data, options) { files.writeFile(path, data, options)(); },
  writeSync(fd, buffer, offset, length, position) { return files.write(fd, buffer, offset, length, position)(); },
  writevSync(fd, buffers, position) { return files.writev(fd, buffers, position)(); },
} };

