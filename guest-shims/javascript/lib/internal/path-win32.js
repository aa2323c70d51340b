// Paths with backslashes, drives and shares.

const { validateString } = require('internal/validators');
const { cleanSegments, withoutSuffix, extensionOf, formatter, parsed, checkSuffix, cwd } = require('internal/path');

const isSeparator = (character) => character === '/' || character === '\\';
const separators = /[\\/]/;
const drive = /^[A-Za-z]:/;

// What a path begins with: a device (a drive, or a share as `\\server\share`), where the rest starts, and whether it
// is absolute. `whole` says that there is nothing behind a share.
function splitRoot(path, devices = true) {
  if (isSeparator(path[0])) {
    const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
    if (share === null) return { device: '', rest: 1, absolute: true, share: false };
    // `\\.\name` and `\\?\name` are devices, not shares.
    if (devices && (share[1] === '.' || share[1] === '?')) {
      return { device: `\\\\${share[1]}`, rest: 4, absolute: true, share: false };
    }
    return {
      device: `\\\\${share[1]}\\${share[2]}`, rest: share[0].length, absolute: true, share: true,
    };
  }
  if (drive.test(path)) {
    const absolute = isSeparator(path[2]);
    return { device: path.slice(0, 2), rest: absolute ? 3 : 2, absolute, share: false };
  }
  return { device: '', rest: 0, absolute: false, share: false };
}

const clean = (text, mayGoAbove) => cleanSegments(text.split(separators), mayGoAbove).join('\\');

function resolve(...args) {
  let device = '';
  let tail = '';
  let absolute = false;
  for (let i = args.length - 1; i >= -1; i--) {
    let path;
    if (i >= 0) {
      path = args[i];
      validateString(path, `paths[${i}]`);
      if (path.length === 0) continue;
    } else {
      path = device === '' ? cwd() : currentOf(device);
    }
    const root = splitRoot(path);
    if (root.device !== '') {
      if (device === '') device = root.device;
      else if (device.toLowerCase() !== root.device.toLowerCase()) continue;
    }
    if (!absolute) {
      tail = `${path.slice(root.rest)}\\${tail}`;
      absolute = root.absolute;
    }
    if (absolute && device !== '') break;
  }
  tail = clean(tail, !absolute);
  return (absolute ? `${device}\\${tail}` : device + tail) || '.';
}

// Each drive has a current directory of its own, which Windows keeps in the environment.
function currentOf(device) {
  const path = globalThis.process?.env[`=${device}`] || cwd();
  const other = path.slice(0, 2).toLowerCase() !== device.toLowerCase() && path[2] === '\\';
  return path === undefined || other ? `${device}\\` : path;
}

function normalize(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  if (path.length === 1) return path === '/' ? '\\' : path;
  const root = splitRoot(path);
  if (root.share && root.rest === path.length) return `${root.device}\\`;
  let tail = clean(path.slice(root.rest), !root.absolute);
  if (tail === '' && !root.absolute) tail = '.';
  if (tail !== '' && isSeparator(path[path.length - 1])) tail += '\\';
  // What was relative must not turn into a drive or a device because segments before it fell away.
  if (!root.absolute && root.device === '' && (drive.test(tail) || /:(?:[\\/]|$)/.test(path))) return `.\\${tail}`;
  return root.absolute ? `${root.device}\\${tail}` : root.device + tail;
}

function isAbsolute(path) {
  validateString(path, 'path');
  return isSeparator(path[0]) || (drive.test(path) && isSeparator(path[2]));
}

function join(...args) {
  let first;
  let joined = '';
  for (const path of args) {
    validateString(path, 'path');
    if (path.length === 0) continue;
    if (first === undefined) joined = first = path;
    else joined += `\\${path}`;
  }
  if (first === undefined) return '.';
  // Only what the program itself began as a share is one: `join('/', '/a', 'b')` is not.
  if (!/^[\\/]{2}[^\\/]/.test(first)) joined = joined.replace(/^[\\/]{2,}/, '\\');
  return normalize(joined);
}

function relative(from, to) {
  validateString(from, 'from');
  validateString(to, 'to');
  if (from === to) return '';
  const start = resolve(from);
  const target = resolve(to);
  if (start.toLowerCase() === target.toLowerCase()) return '';
  const a = start.split('\\').filter(Boolean);
  const b = target.split('\\').filter(Boolean);
  let same = 0;
  while (same < a.length && same < b.length && a[same].toLowerCase() === b[same].toLowerCase()) same++;
  if (same === 0 && a.length > 0 && b.length > 0) return target;
  return [...Array(a.length - same).fill('..'), ...b.slice(same)].join('\\');
}

function toNamespacedPath(path) {
  if (typeof path !== 'string' || path.length === 0) return path;
  const resolved = resolve(path);
  if (resolved.length <= 2) return path;
  if (resolved.startsWith('\\\\')) {
    if (resolved[2] !== '?' && resolved[2] !== '.') return `\\\\?\\UNC\\${resolved.slice(2)}`;
  } else if (/^[A-Za-z]:\\/.test(resolved)) {
    return `\\\\?\\${resolved}`;
  }
  return resolved;
}

// How far the root of a path goes, its separator included.
function rootLength(path) {
  const root = splitRoot(path, false);
  if (root.share && isSeparator(path[root.rest])) return root.rest + 1;
  return root.rest;
}

function lastSeparator(path, from) {
  for (let i = from; i >= 0; i--) if (isSeparator(path[i])) return i;
  return -1;
}

// Where the last segment begins and ends. `floor` is where the path may begin at all.
function lastSegment(path, floor) {
  let end = path.length;
  while (end > floor && isSeparator(path[end - 1])) end--;
  let start = end;
  while (start > floor && !isSeparator(path[start - 1])) start--;
  return [start, end];
}

function dirname(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  if (path.length === 1) return isSeparator(path) ? path : '.';
  const root = splitRoot(path, false);
  if (root.share && root.rest === path.length) return path;
  const floor = rootLength(path);
  const [start] = lastSegment(path, floor);
  if (start > floor) {
    const last = lastSeparator(path, start - 1);
    if (last >= floor) return path.slice(0, last);
  }
  return floor === 0 ? '.' : path.slice(0, floor);
}

// The drive is no part of the last segment, a share may be.
const floorOf = (path) => (drive.test(path) ? 2 : 0);

function basename(path, suffix) {
  checkSuffix(suffix);
  validateString(path, 'path');
  const [start, end] = lastSegment(path, floorOf(path));
  return withoutSuffix(path, path.slice(start, end), suffix);
}

function extname(path) {
  validateString(path, 'path');
  const [start, end] = lastSegment(path, floorOf(path));
  return extensionOf(path.slice(start, end));
}

function parse(path) {
  validateString(path, 'path');
  const floor = rootLength(path);
  const root = path.slice(0, floor);
  const [start, end] = lastSegment(path, floor);
  const base = path.slice(start, end);
  const dir = base !== '' && start > floor ? path.slice(0, start - 1) : root;
  return parsed(root, dir, base);
}

module.exports = {
  resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname,
  format: formatter('\\'), parse, sep: '\\', delimiter: ';', win32: null, posix: null,
};
