// fs.cp: copies files, folders and links. One walk for all three forms; where the program's filter gives a promise (which
// only the asynchronous forms allow), the walk waits for it.

const { codes, systemError } = require('internal/errors');
const { validateBoolean, validateFunction, validateObject } = require('internal/validators');
const constants = require('internal/fs/constants');
const { toCopyMode, toPath } = require('internal/fs/arguments');
const { call, failed } = require('internal/fs/operations');
const { copyContents } = require('internal/fs/operations-files');
const { entriesOf, join } = require('internal/fs/operations-trees');
const { kindOf } = require('internal/fs/stats');

const system = binding.fs;
const booleans = { dereference: false, errorOnExist: false, force: true, preserveTimestamps: false, recursive: false,
                   verbatimSymlinks: false };

function toCpOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
  const all = { ...booleans, filter: undefined, mode: 0, ...options };
  for (const key of Object.keys(booleans)) validateBoolean(all[key], `options.${key}`);
  all.mode = toCopyMode(all.mode);
  if (all.dereference && all.verbatimSymlinks) {
    throw new codes.ERR_INCOMPATIBLE_OPTION_PAIR('dereference', 'verbatimSymlinks');
  }
  if (all.filter !== undefined) validateFunction(all.filter, 'options.filter');
  return all;
}

function prepare(from, to, options) {
  options = toCpOptions(options);
  from = toPath(from, 'src');
  to = toPath(to, 'dest');
  return { from, to, options };
}

// Which kind of entry is there, and which file it is; undefined where nothing is.
function look(path, options) {
  const ask = options.dereference ? system.stat : system.lstat;
  let numbers;
  try {
    numbers = ask(path);
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw failed(error, options.dereference ? 'stat' : 'lstat', path);
  }
  return { kind: kindOf(numbers), numbers };
}

const isSame = (a, b) => a.numbers[7] !== 0n && a.numbers[7] === b.numbers[7] && a.numbers[0] === b.numbers[0];

function refuse(Code, message, path, errno, code) {
  return new Code({ message, path, syscall: 'cp', errno, code });
}

function isBelow(folder, path) {
  const { resolve } = require('path');
  const above = resolve(folder);
  return `${resolve(path)}/`.startsWith(above === '/' ? above : `${above}/`);
}

function check(from, to, options) {
  const source = look(from, options);
  if (source === undefined) {
    throw systemError({ code: 'ENOENT', syscall: options.dereference ? 'stat' : 'lstat', path: from });
  }
  const target = look(to, options);
  const isFolder = source.kind === constants.S_IFDIR;
  if (target !== undefined) {
    if (isSame(source, target)) {
      throw refuse(codes.ERR_FS_CP_EINVAL, 'src and dest cannot be the same', to, 22, 'EINVAL');
    }
    const targetIsFolder = target.kind === constants.S_IFDIR;
    if (isFolder && !targetIsFolder) {
      throw refuse(codes.ERR_FS_CP_DIR_TO_NON_DIR, `cannot overwrite non-directory ${to} with directory ${from}`, to,
                   21, 'EISDIR');
    }
    if (!isFolder && targetIsFolder) {
      throw refuse(codes.ERR_FS_CP_NON_DIR_TO_DIR, `cannot overwrite directory ${to} with non-directory ${from}`, to,
                   20, 'ENOTDIR');
    }
  }
  if (isFolder && isBelow(from, to)) {
    throw refuse(codes.ERR_FS_CP_EINVAL, `cannot copy ${from} to a subdirectory of self ${to}`, to, 22, 'EINVAL');
  }
  return { source, target };
}

// A generator, so that one walk serves with and without waiting: it yields what the filter gave.
function* walk(from, to, options) {
  if (options.filter !== undefined && !(yield options.filter(from, to))) return;
  const { source, target } = check(from, to, options);
  if (source.kind === constants.S_IFDIR) checkAbove(from, to, source);
  makeAbove(to);
  yield* copyEntry(from, to, source, target, options);
}

// A folder above the target may be the source under another name.
function checkAbove(from, to, source) {
  const { dirname, resolve } = require('path');
  for (let at = dirname(resolve(to)); at !== '/'; at = dirname(at)) {
    const above = look(at, { dereference: true });
    if (above !== undefined && isSame(source, above)) {
      throw refuse(codes.ERR_FS_CP_EINVAL, `cannot copy ${from} to a subdirectory of self ${to}`, to, 22, 'EINVAL');
    }
  }
}

function makeAbove(path) {
  require('internal/fs/operations').mkdir(require('path').dirname(require('path').resolve(path)), { recursive: true })();
}

function* copyEntry(from, to, source, target, options) {
  if (source.kind === constants.S_IFDIR) {
    if (!options.recursive) {
      throw refuse(codes.ERR_FS_EISDIR, `${from} is a directory (not copied)`, from, 21, 'EISDIR');
    }
    yield* copyFolder(from, to, target, options);
  } else if (source.kind === constants.S_IFLNK) {
    copyLink(from, to, target, options);
  } else if (source.kind === constants.S_IFSOCK) {
    throw refuse(codes.ERR_FS_CP_SOCKET, `cannot copy a socket file: ${to}`, to, 22, 'EINVAL');
  } else if (source.kind === constants.S_IFIFO) {
    throw refuse(codes.ERR_FS_CP_FIFO_PIPE, `cannot copy a FIFO pipe: ${to}`, to, 22, 'EINVAL');
  } else {
    copyFile(from, to, source, target, options);
  }
}

function* copyFolder(from, to, target, options) {
  if (target === undefined) call('mkdir', () => system.mkdir(to, 0o777), to);
  for (const { name } of entriesOf(from)) {
    const source = join(from, name);
    const place = join(to, name);
    if (options.filter !== undefined && !(yield options.filter(source, place))) continue;
    const found = check(source, place, options);
    yield* copyEntry(source, place, found.source, found.target, options);
  }
}

function copyFile(from, to, source, target, options) {
  if (target !== undefined) {
    if (!options.force) {
      if (!options.errorOnExist) return;
      throw refuse(codes.ERR_FS_CP_EEXIST, `${to} already exists`, to, 17, 'EEXIST');
    }
    call('unlink', () => system.unlink(to), to);
  }
  copyContents(from, to, options.mode);
  if (options.preserveTimestamps) {
    const seconds = (at) => Number(source.numbers[at]) / 1e9;
    call('utime', () => system.utimes(to, seconds(10), seconds(11)), to);
  }
}

function copyLink(from, to, target, options) {
  const { resolve, dirname, isAbsolute } = require('path');
  let text = call('readlink', () => system.readlink(from), from);
  const isMoved = !options.verbatimSymlinks && !isAbsolute(text);
  if (isMoved) text = resolve(dirname(from), text);
  if (target !== undefined) {
    let there;
    try {
      there = system.readlink(to);
    } catch (error) {
      if (error.code !== 'EINVAL') throw failed(error, 'readlink', to);
    }
    if (there !== undefined) {
      if (!isAbsolute(there)) there = resolve(dirname(to), there);
      const pointsToFolder = require('internal/fs/operations').kindAt(from) === constants.S_IFDIR;
      if (pointsToFolder && isBelow(text, there)) {
        throw refuse(codes.ERR_FS_CP_EINVAL, `cannot copy ${text} to a subdirectory of self ${there}`, to, 22, 'EINVAL');
      }
      if (pointsToFolder && isBelow(there, text)) {
        throw refuse(codes.ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY, `cannot overwrite ${there} with ${text}`, to, 22, 'EINVAL');
      }
      call('unlink', () => system.unlink(to), to);
    }
    // What is no link stays, and the link fails.
  }
  call('symlink', () => (isMoved ? linkAcross(text, to) : system.symlink(text, to)), text, to);
}

// WASI has no links to absolute paths: there the link names the same file from where it stands.
function linkAcross(target, place) {
  try {
    system.symlink(target, place);
  } catch (error) {
    if (error.code !== 'EPERM') throw error;
    const { relative, resolve, dirname } = require('path');
    system.symlink(relative(dirname(resolve(place)), target), place);
  }
}

function cpSync(from, to, options) {
  const given = prepare(from, to, options);
  const steps = walk(given.from, given.to, given.options);
  for (let step = steps.next(); !step.done;) {
    if (typeof step.value?.then === 'function') {
      throw new codes.ERR_INVALID_RETURN_VALUE('boolean', 'filter', step.value);
    }
    step = steps.next(step.value);
  }
}

function cp(from, to, options) {
  const given = prepare(from, to, options);
  return async () => {
    const steps = walk(given.from, given.to, given.options);
    for (let step = steps.next(); !step.done;) step = steps.next(await step.value);
  };
}

module.exports = { cp, cpSync };
