// What is done with names. Each function here checks its arguments at once and gives the work as a function without
// arguments: the synchronous form calls it, the others hand it to the event loop. So all three agree in what they accept.

const { codes, systemError } = require('internal/errors');
const { parseFileMode, validateBoolean, validateInteger } = require('internal/validators');
const constants = require('internal/fs/constants');
const { fromPath, toAccessMode, toDescriptor, toOptions, toPath, toSeconds } = require('internal/fs/arguments');
const { makeStats, kindOf } = require('internal/fs/stats');

const system = binding.fs;

// The error of the system call as Node shows it.
function failed(error, syscall, path, dest) {
  if (typeof error?.code !== 'string') return error;
  return systemError({ code: error.code, syscall, path, dest });
}

function call(syscall, work, path, dest) {
  try {
    return work();
  } catch (error) {
    throw failed(error, syscall, path, dest);
  }
}

// WASI has no such call: nothing is changed, and nobody is to believe that it was.
function unsupported(syscall, path) {
  return () => { throw systemError({ code: 'ENOSYS', syscall, path }); };
}

function access(path, mode) {
  path = toPath(path);
  mode = toAccessMode(mode);
  return () => call('access', () => system.access(path, mode), path);
}

function exists(path) {
  try {
    path = toPath(path);
  } catch {
    return () => false;
  }
  return () => {
    try {
      system.access(path, 0);
      return true;
    } catch {
      return false;
    }
  };
}

function statWith(syscall, ask) {
  return (path, options = { bigint: false }) => {
    path = toPath(path);
    return () => {
      let numbers;
      try {
        numbers = ask(path);
      } catch (error) {
        if (options?.throwIfNoEntry === false && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
        throw failed(error, syscall, path);
      }
      return makeStats(numbers, options?.bigint);
    };
  };
}

const stat = statWith('stat', (path) => system.stat(path));
const lstat = statWith('lstat', (path) => system.lstat(path));

function statfs(path) {
  return unsupported('statfs', toPath(path));
}

function rename(from, to) {
  from = toPath(from, 'oldPath');
  to = toPath(to, 'newPath');
  return () => call('rename', () => system.rename(from, to), from, to);
}

function link(from, to) {
  from = toPath(from, 'existingPath');
  to = toPath(to, 'newPath');
  return () => call('link', () => system.link(from, to), from, to);
}

const linkTypes = ['dir', 'file', 'junction'];

function symlink(target, path, type) {
  if (type !== null && type !== undefined && !linkTypes.includes(type)) {
    if (typeof type !== 'string' || !linkTypes.includes(type)) throw new codes.ERR_FS_INVALID_SYMLINK_TYPE(type);
  }
  target = toPath(target, 'target');
  path = toPath(path);
  return () => call('symlink', () => system.symlink(target, path), target, path);
}

function readlink(path, options) {
  options = toOptions(options);
  path = toPath(path, 'oldPath');
  return () => fromPath(call('readlink', () => system.readlink(path), path), options.encoding);
}

function unlink(path) {
  path = toPath(path);
  return () => call('unlink', () => system.unlink(path), path);
}

function realpathWith(syscall) {
  return (path, options) => {
    options = toOptions(options);
    path = toPath(path);
    return () => fromPath(call(syscall, () => system.realpath(path), path), options.encoding);
  };
}

const realpath = realpathWith('lstat');
const realpathNative = realpathWith('realpath');

function mkdir(path, options) {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'number' || typeof options === 'string') {
    path = toPath(path);
    mode = parseFileMode(options, 'mode');
  } else {
    if (options) {
      if (options.recursive !== undefined) recursive = options.recursive;
      if (options.mode !== undefined) mode = parseFileMode(options.mode, 'options.mode');
    }
    path = toPath(path);
    validateBoolean(recursive, 'options.recursive');
  }
  if (recursive) return () => makeAll(path, mode);
  return () => call('mkdir', () => system.mkdir(path, mode), path);
}

// Makes what is missing above as well; gives the first folder that had to be made. The path is taken as it stands: in
// `a/../b` the folder `a` is made too.
function makeAll(path, mode) {
  const { dirname } = require('path');
  const missing = [];
  for (let at = path; ; at = dirname(at)) {
    const error = tryMake(at, mode);
    if (error === undefined) {
      missing.push(at);
      break;
    }
    if (error.code === 'ENOENT' && dirname(at) !== at) {
      missing.push(at);
      continue;
    }
    if (kindAt(at) === constants.S_IFDIR) break;
    if (error.code !== 'EEXIST') throw failed(error, 'mkdir', path);
    throw systemError({ code: at === path ? 'EEXIST' : 'ENOTDIR', syscall: 'mkdir', path });
  }
  for (const each of missing.toReversed()) {
    const error = tryMake(each, mode);
    if (error !== undefined && error.code !== 'EEXIST') throw failed(error, 'mkdir', path);
  }
  return missing.at(-1);
}

function tryMake(path, mode) {
  try {
    system.mkdir(path, mode);
    return undefined;
  } catch (error) {
    return error;
  }
}

function kindAt(path) {
  try {
    return kindOf(system.stat(path));
  } catch {
    return undefined;
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

let warnedOfX = false;

function mkdtemp(prefix, options) {
  options = toOptions(options);
  prefix = toPath(prefix, 'prefix');
  if (prefix.endsWith('X') && !warnedOfX) {
    warnedOfX = true;
    require('process').emitWarning('mkdtemp() templates ending with X are not portable. ' +
                        'For details see: https://nodejs.org/api/fs.html');
  }
  return () => {
    const random = new Uint8Array(6);
    for (let attempt = 0; ; attempt++) {
      binding.random.fill(random);
      const path = prefix + Array.from(random, (byte) => letters[byte % letters.length]).join('');
      try {
        system.mkdir(path, 0o700);
        return fromPath(path, options.encoding);
      } catch (error) {
        if (error.code !== 'EEXIST' || attempt === 100) throw failed(error, 'mkdtemp', `${prefix}XXXXXX`);
      }
    }
  };
}

// What would change nothing is done; the rest WASI cannot do.
function setMode(syscall, ask, mode, path) {
  return () => {
    const numbers = call(syscall, ask, path);
    if ((Number(numbers[1]) & 0o7777) !== (mode & 0o7777)) unsupported(syscall, path)();
  };
}

function chmod(path, mode) {
  path = toPath(path);
  mode = parseFileMode(mode, 'mode');
  return setMode('chmod', () => system.stat(path), mode, path);
}

function fchmod(fd, mode) {
  fd = toDescriptor(fd);
  mode = parseFileMode(mode, 'mode');
  return setMode('fchmod', () => system.fstat(fd), mode);
}

const maxId = 2 ** 32 - 1;

function setOwner(syscall, ask, uid, gid, path) {
  validateInteger(uid, 'uid', -1, maxId);
  validateInteger(gid, 'gid', -1, maxId);
  const same = (wanted, is) => wanted === -1 || wanted === maxId || BigInt(wanted) === is;
  const process = require('process');
  return () => {
    const numbers = call(syscall, ask, path);
    // WASI knows one owner: who runs.
    const isOwn = (uid === process.geteuid() || same(uid, numbers[3])) && (gid === process.getegid() || same(gid, numbers[4]));
    if (!isOwn) unsupported(syscall, path)();
  };
}

function chown(path, uid, gid) {
  path = toPath(path);
  return setOwner('chown', () => system.stat(path), uid, gid, path);
}

function lchown(path, uid, gid) {
  path = toPath(path);
  return setOwner('lchown', () => system.lstat(path), uid, gid, path);
}

function fchown(fd, uid, gid) {
  fd = toDescriptor(fd);
  return setOwner('fchown', () => system.fstat(fd), uid, gid);
}

function utimes(path, atime, mtime) {
  path = toPath(path);
  atime = toSeconds(atime);
  mtime = toSeconds(mtime);
  return () => call('utime', () => system.utimes(path, atime, mtime), path);
}

function lutimes(path, atime, mtime) {
  path = toPath(path);
  atime = toSeconds(atime);
  mtime = toSeconds(mtime);
  return () => call('lutime', () => system.lutimes(path, atime, mtime), path);
}

function futimes(fd, atime, mtime) {
  fd = toDescriptor(fd);
  atime = toSeconds(atime, 'atime');
  mtime = toSeconds(mtime, 'mtime');
  return () => call('futime', () => system.futimes(fd, atime, mtime));
}

module.exports = {
  access, chmod, chown, exists, fchmod, fchown, futimes, lchown, link, lstat, lutimes, mkdir, mkdtemp, readlink,
  realpath, realpathNative, rename, stat, statfs, symlink, unlink, utimes,
  call, failed, kindAt, unsupported,
};
