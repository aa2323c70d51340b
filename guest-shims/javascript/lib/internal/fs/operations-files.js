// What is done with open files, and with files as a whole. As in internal/fs/operations: checks first, the work later.

const { codes, systemError, AbortError } = require('internal/errors');
const { parseFileMode, validateBoolean, validateInteger } = require('internal/validators');
const constants = require('internal/fs/constants');
const { checkBuffer, checkBuffers, checkReadRange, checkWriteRange, fromBytes, isDescriptor, maxRead, toBytes,
        toCopyMode, toDescriptor, toFlags, toOptions, toPath, toReadPosition, toWritePosition,
        viewBytes } = require('internal/fs/arguments');
const { call, failed } = require('internal/fs/operations');
const { kindOf, makeStats } = require('internal/fs/stats');

const system = binding.fs;

function open(path, flags, mode) {
  path = toPath(path);
  flags = toFlags(flags);
  mode = parseFileMode(mode, 'mode', 0o666);
  return () => call('open', () => system.open(path, flags, mode), path);
}

function close(fd) {
  fd = toDescriptor(fd);
  return () => call('close', () => system.close(fd));
}

function fstat(fd, options = { bigint: false }) {
  fd = toDescriptor(fd);
  return () => makeStats(call('fstat', () => system.fstat(fd)), options?.bigint);
}

function fsync(fd) {
  fd = toDescriptor(fd);
  return () => call('fsync', () => system.fsync(fd));
}

function fdatasync(fd) {
  fd = toDescriptor(fd);
  return () => call('fdatasync', () => system.fdatasync(fd));
}

function ftruncate(fd, length = 0) {
  fd = toDescriptor(fd);
  validateInteger(length, 'len');
  length = Math.max(0, length);
  return () => call('ftruncate', () => system.ftruncate(fd, length));
}

function truncate(path, length = 0) {
  path = toPath(path);
  validateInteger(length, 'len');
  length = Math.max(0, length);
  return () => {
    const fd = call('open', () => system.open(path, constants.O_RDWR, 0o666), path);
    try {
      call('ftruncate', () => system.ftruncate(fd, length));
    } finally {
      system.close(fd);
    }
  };
}

// Nothing to read is no system call: `null` says so.
function read(fd, buffer, offset, length, position) {
  fd = toDescriptor(fd);
  checkBuffer(buffer);
  if (offset === null || offset === undefined) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (length === 0) return null;
  if (buffer.byteLength === 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  checkReadRange(offset, length, buffer.byteLength);
  position = toReadPosition(position, length);
  const bytes = viewBytes(buffer);
  // Such a place cannot be said in a number, and no file reaches it.
  if (position > Number.MAX_SAFE_INTEGER) return () => { throw systemError({ code: 'EOVERFLOW', syscall: 'read' }); };
  return () => call('read', () => system.read(fd, bytes, offset, length, position));
}

// Both forms: (fd, view, offset, length, position) and (fd, text, position, encoding).
function write(fd, buffer, offset, length, position) {
  fd = toDescriptor(fd);
  if (ArrayBuffer.isView(buffer)) {
    if (position === undefined) position = null;
    if (offset !== null && typeof offset === 'object') {
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
    }
    if (offset === null || offset === undefined || typeof offset === 'function') offset = 0;
    else validateInteger(offset, 'offset', 0);
    if (typeof length !== 'number') length = buffer.byteLength - offset;
    checkWriteRange(offset, length, buffer.byteLength);
    const bytes = viewBytes(buffer);
    position = toWritePosition(position);
    return () => call('write', () => system.write(fd, bytes, offset, length, position));
  }
  if (typeof buffer !== 'string') {
    throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
  }
  checkTextEncoding(buffer, length);
  const bytes = toBytes(buffer, length);
  position = toWritePosition(offset);
  return () => call('write', () => system.write(fd, bytes, 0, bytes.length, position));
}

function checkTextEncoding(text, encoding) {
  if (typeof encoding === 'string' && encoding.toLowerCase() === 'hex' && text.length % 2 !== 0) {
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${text.length}`);
  }
}

function eachView(fd, buffers, position, syscall, one) {
  fd = toDescriptor(fd);
  checkBuffers(buffers);
  let at = typeof position === 'number' ? position : -1;
  return () => {
    let total = 0;
    for (const view of buffers) {
      const bytes = viewBytes(view);
      if (bytes.length === 0) continue;
      const count = call(syscall, () => one(fd, bytes, 0, bytes.length, at));
      total += count;
      if (at !== -1) at += count;
      if (count < bytes.length) break;
    }
    return total;
  };
}

const readv = (fd, buffers, position) => eachView(fd, buffers, position, 'read', system.read);
const writev = (fd, buffers, position) => eachView(fd, buffers, position, 'write', system.write);

// All that is in an open file from where it stands. The size is only a hint: some files say 0 and are not empty.
function readToEnd(fd, signal) {
  const numbers = call('fstat', () => system.fstat(fd));
  const size = kindOf(numbers) === constants.S_IFREG ? Number(numbers[8]) : 0;
  if (size > maxRead) throw new codes.ERR_FS_FILE_TOO_LARGE(size);
  let bytes = new Uint8Array(size > 0 ? size : 8192);
  let length = 0;
  for (;;) {
    if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    if (length === bytes.length) {
      if (size > 0 && length === size) return bytes;
      const longer = new Uint8Array(bytes.length * 2);
      longer.set(bytes);
      bytes = longer;
    }
    const at = length;
    const count = call('read', () => system.read(fd, bytes, at, bytes.length - at, -1));
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
}

function checkAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

function readFile(path, options) {
  options = toOptions(options, { flag: 'r' });
  const { signal, encoding } = options;
  if (isDescriptor(path)) {
    return () => {
      checkAborted(signal);
      return fromBytes(readToEnd(path, signal), encoding);
    };
  }
  path = toPath(path);
  const flags = toFlags(options.flag ?? 'r');
  return () => {
    checkAborted(signal);
    return withFile(path, flags, 0o666, (fd) => fromBytes(readToEnd(fd, signal), encoding));
  };
}

// WASI has no folder of devices, but these are there all the same, and programs know them by these names.
const standard = { '__proto__': null, '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 };

function withFile(path, flags, mode, work) {
  let fd;
  try {
    fd = system.open(path, flags, mode);
  } catch (error) {
    if (path in standard && error.code === 'ENOENT') return work(standard[path]);
    throw failed(error, 'open', path);
  }
  try {
    return work(fd);
  } finally {
    system.close(fd);
  }
}

function writeAll(fd, bytes, signal) {
  let at = 0;
  while (at < bytes.length) {
    checkAborted(signal);
    const from = at;
    at += call('write', () => system.write(fd, bytes, from, bytes.length - from, -1));
  }
}

function writeFile(path, data, options, flag = 'w') {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag, flush: false });
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  const { signal } = options;
  const bytes = toBytes(data, options.encoding);
  const put = (fd) => {
    writeAll(fd, bytes, signal);
    if (flush) call('fsync', () => system.fsync(fd));
  };
  if (isDescriptor(path)) {
    return () => {
      checkAborted(signal);
      put(path);
    };
  }
  path = toPath(path);
  const flags = toFlags(options.flag || flag);
  const mode = parseFileMode(options.mode, 'mode', 0o666);
  return () => {
    checkAborted(signal);
    withFile(path, flags, mode, put);
  };
}

const appendFile = (path, data, options) => writeFile(path, data, options, 'a');

function copyFile(from, to, mode) {
  from = toPath(from, 'src');
  to = toPath(to, 'dest');
  mode = toCopyMode(mode);
  return () => copyContents(from, to, mode);
}

function copyContents(from, to, mode) {
  const refuse = (code) => systemError({ code, syscall: 'copyfile', path: from, dest: to });
  if (mode & constants.COPYFILE_FICLONE_FORCE) throw refuse('ENOSYS');
  const flags = constants.O_WRONLY | constants.O_CREAT |
                (mode & constants.COPYFILE_EXCL ? constants.O_EXCL : 0);
  let source;
  let target;
  try {
    source = system.open(from, constants.O_RDONLY, 0);
    const numbers = system.fstat(source);
    if (kindOf(numbers) === constants.S_IFDIR) throw refuse('EISDIR');
    target = system.open(to, flags, Number(numbers[1]) & 0o777);
    const there = system.fstat(target);
    if (there[0] === numbers[0] && there[7] === numbers[7] && numbers[7] !== 0n) return;
    system.ftruncate(target, 0);
    const bytes = new Uint8Array(Math.min(Math.max(Number(numbers[8]), 4096), 1 << 20));
    for (let count; (count = system.read(source, bytes, 0, bytes.length, -1)) > 0;) {
      for (let at = 0; at < count;) at += system.write(target, bytes, at, count - at, -1);
    }
  } catch (error) {
    throw error.syscall === undefined ? failed(error, 'copyfile', from, to) : error;
  } finally {
    if (source !== undefined) system.close(source);
    if (target !== undefined) system.close(target);
  }
}

module.exports = {
  appendFile, close, copyFile, fdatasync, fstat, fsync, ftruncate, open, read, readFile, readv, truncate, write, writeFile,
  writev,
  checkAborted, copyContents,
};
