// What is done with folders: reading them, and removing and copying all that is in them.

const { codes } = require('internal/errors');
const { validateBoolean } = require('internal/validators');
const constants = require('internal/fs/constants');
const { fromPath, toOptions, toPath, toRmOptions, toRmdirOptions } = require('internal/fs/arguments');
const { call, failed } = require('internal/fs/operations');
const { kindOf } = require('internal/fs/stats');

const system = binding.fs;
const join = (folder, name) => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);

const typeByKind = {
  __proto__: null,
  [constants.S_IFREG]: constants.UV_DIRENT_FILE,
  [constants.S_IFDIR]: constants.UV_DIRENT_DIR,
  [constants.S_IFLNK]: constants.UV_DIRENT_LINK,
  [constants.S_IFIFO]: constants.UV_DIRENT_FIFO,
  [constants.S_IFSOCK]: constants.UV_DIRENT_SOCKET,
  [constants.S_IFCHR]: constants.UV_DIRENT_CHAR,
  [constants.S_IFBLK]: constants.UV_DIRENT_BLOCK,
};

// Names and types in the order of the names, as libuv gives them.
function entriesOf(path, syscall = 'scandir', shown = path) {
  const flat = call(syscall, () => system.readdir(path), shown);
  const entries = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i];
    let type = flat[i + 1];
    if (type === constants.UV_DIRENT_UNKNOWN) {
      try {
        type = typeByKind[kindOf(system.lstat(join(path, name)))] ?? type;
      } catch {
        // Gone since: the name is given as it was, without a type.
      }
    }
    entries.push({ name, type });
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readdir(path, options) {
  options = toOptions(options);
  path = toPath(path);
  const { recursive, encoding, withFileTypes } = options;
  if (recursive !== undefined && recursive !== null) validateBoolean(recursive, 'options.recursive');
  return () => {
    const found = [];
    const add = (folder, below) => {
      const folders = [];
      for (const { name, type } of entriesOf(folder)) {
        if (withFileTypes) {
          const { Dirent } = require('internal/fs/dirent');
          const parent = encoding === 'buffer' ? fromPath(folder, 'buffer') : folder;
          found.push(new Dirent(fromPath(name, encoding), type, parent));
        } else {
          found.push(fromPath(below + name, encoding));
        }
        if (recursive && type === constants.UV_DIRENT_DIR) folders.push(name);
      }
      for (const name of folders) add(require('path').join(folder, name), `${below}${name}/`);
    };
    add(path, '');
    return found;
  };
}

// ---- removing -----------------------------------------------------------------------------------------------------

// Nobody else uses the files of an instance, so that trying again would find the same: `maxRetries` and `retryDelay` are
// accepted and not needed.
function removeTree(path) {
  for (const { name, type } of entriesOf(path)) {
    const below = join(path, name);
    if (type === constants.UV_DIRENT_DIR) removeTree(below);
    else call('unlink', () => system.unlink(below), below);
  }
  call('rmdir', () => system.rmdir(path), path);
}

function rm(path, options) {
  path = toPath(path);
  const { force, recursive } = toRmOptions(options);
  return () => {
    let kind;
    try {
      kind = kindOf(system.lstat(path));
    } catch (error) {
      if (force && error.code === 'ENOENT') return;
      throw failed(error, 'lstat', path);
    }
    if (kind !== constants.S_IFDIR) {
      call('unlink', () => system.unlink(path), path);
    } else if (recursive) {
      removeTree(path);
    } else {
      throw new codes.ERR_FS_EISDIR({ code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 });
    }
  };
}

let warned = false;

function warnRecursive() {
  if (warned) return;
  warned = true;
  require('process').emitWarning(
    'In future versions of Node.js, fs.rmdir(path, { recursive: true }) will be removed. ' +
    'Use fs.rm(path, { recursive: true }) instead', 'DeprecationWarning', 'DEP0147');
}

function rmdir(path, options) {
  path = toPath(path);
  if (options?.recursive) warnRecursive();
  const { recursive } = toRmdirOptions(options);
  return () => {
    if (recursive) {
      const kind = kindOf(call('lstat', () => system.lstat(path), path));
      if (kind === constants.S_IFDIR) return removeTree(path);
    }
    call('rmdir', () => system.rmdir(path), path);
  };
}

module.exports = { readdir, rm, rmdir, entriesOf, join };
