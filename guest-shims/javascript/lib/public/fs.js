// `fs`. What a program seldom uses (promises, streams, Dir) is loaded when it asks for it.

const { codes } = require('internal/errors');
const constants = require('internal/fs/constants');
const { callbacks } = require('internal/fs/callbacks');
const { sync } = require('internal/fs/sync');
const { toSeconds } = require('internal/fs/arguments');

// WASI tells nobody of changes.
function watch(filename, options, listener) {
  const { toOptions, toPath } = require('internal/fs/arguments');
  toPath(filename);
  toOptions(options);
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('watch');
}

function watchFile(filename, options, listener) {
  require('internal/fs/arguments').toPath(filename);
  require('internal/validators').validateFunction(typeof options === 'function' ? options : listener, 'listener');
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('watchFile');
}

// There never are watchers, so that there is nothing to take away.
function unwatchFile(filename) {
  require('internal/fs/arguments').toPath(filename);
}

function createReadStream(path, options) {
  const { ReadStream } = fs;
  return new ReadStream(path, options);
}

function createWriteStream(path, options) {
  const { WriteStream } = fs;
  return new WriteStream(path, options);
}

function opendir(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  require('internal/fs/arguments').toCallback(callback);
  require('internal/fs/callbacks').later(require('internal/fs/dir').opendir(path, options), callback);
}

function opendirSync(path, options) {
  return require('internal/fs/dir').opendir(path, options)();
}

function openAsBlob(path, options = {}) {
  require('internal/validators').validateObject(options, 'options');
  const { type = '' } = options;
  require('internal/validators').validateString(type, 'options.type');
  const work = require('internal/fs/operations-files').readFile(path);
  return require('internal/fs/perform')(() => new (require('internal/blob').Blob)([work()], { type }));
}

// The order is that in which Node lists them: each callback form with its synchronous one.
const order = [
  'appendFile', 'access', 'chown', 'chmod', 'close', 'copyFile', 'cp', 'createReadStream', 'createWriteStream', 'exists',
  'fchown', 'fchmod', 'fdatasync', 'fstat', 'fsync', 'ftruncate', 'futimes', 'lchown', 'lchmod', 'link', 'lstat', 'lutimes',
  'mkdir', 'mkdtemp', 'open', 'openAsBlob', 'readdir', 'read', 'readv', 'readFile', 'readlink', 'realpath', 'rename', 'rm',
  'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unwatchFile', 'unlink', 'utimes', 'watch', 'watchFile', 'writeFile',
  'write', 'writev',
];

const others = {
  createReadStream, createWriteStream, openAsBlob,
  unwatchFile, watch, watchFile,
  lchmod: undefined,
  lchmodSync: undefined,
};

const fs = module.exports;
for (const name of order) {
  fs[name] = callbacks[name] ?? others[name];
  const twin = `${name}Sync`;
  if (twin in sync || twin in others) fs[twin] = sync[twin];
}

function lazy(name, load, writable = true) {
  Object.defineProperty(fs, name, {
    enumerable: true,
    configurable: true,
    get: { [name]() { return load(); } }[name],
    set: writable ? (value) => Object.defineProperty(fs, name, { value, writable: true, enumerable: true, configurable: true }) :
      undefined,
  });
}

lazy('Dirent', () => require('internal/fs/dirent').Dirent);
fs.Stats = require('internal/fs/stats').Stats;
lazy('ReadStream', () => require('internal/fs/streams').ReadStream);
lazy('WriteStream', () => require('internal/fs/streams').WriteStream);
// Old names for the same.
lazy('FileReadStream', () => fs.ReadStream);
lazy('FileWriteStream', () => fs.WriteStream);
fs._toUnixTimestamp = toSeconds;
lazy('Dir', () => require('internal/fs/dir').Dir);
fs.opendir = opendir;
fs.opendirSync = opendirSync;

for (const name of ['F_OK', 'R_OK', 'W_OK', 'X_OK']) {
  Object.defineProperty(fs, name, { value: constants[name], enumerable: true });
}
Object.defineProperty(fs, 'constants', { value: constants, enumerable: true });
lazy('promises', () => require('internal/fs/promises'), false);

// What `util.promisify` makes of functions whose callbacks get more than one value, or no error.
const promisified = Symbol.for('nodejs.util.promisify.custom');

function promisesOf(name, key, what) {
  const value = (...args) => new Promise((resolve, reject) => {
    callbacks[name](...args, (error, count, buffer) => {
      if (error) reject(error);
      else resolve({ [key]: count, [what]: buffer });
    });
  });
  Object.defineProperty(fs[name], promisified, { value });
}

promisesOf('read', 'bytesRead', 'buffer');
promisesOf('write', 'bytesWritten', 'buffer');
promisesOf('readv', 'bytesRead', 'buffers');
promisesOf('writev', 'bytesWritten', 'buffers');
Object.defineProperty(fs.exists, promisified, {
  value: { exists: (path) => new Promise((resolve) => { fs.exists(path, resolve); }) }.exists,
});
