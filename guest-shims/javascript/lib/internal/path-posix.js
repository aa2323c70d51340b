// Paths with slashes.

const { validateString } = require('internal/validators');
const { cleanSegments, withoutSuffix, extensionOf, formatter, parsed, checkSuffix, cwd } = require('internal/path');

// Where the path ends when the slashes behind it do not count; the first slash always does.
function endOf(path) {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return end;
}

function resolve(...args) {
  let joined = '';
  let absolute = false;
  for (let i = args.length - 1; i >= 0 && !absolute; i--) {
    const path = args[i];
    validateString(path, `paths[${i}]`);
    if (path.length === 0) continue;
    joined = `${path}/${joined}`;
    absolute = path[0] === '/';
  }
  if (!absolute) {
    const path = cwd();
    joined = `${path}/${joined}`;
    absolute = path[0] === '/';
  }
  const clean = cleanSegments(joined.split('/'), !absolute).join('/');
  return absolute ? `/${clean}` : clean || '.';
}

function normalize(path) {
  validateString(path, 'path');
  if (path.length === 0) return '.';
  const absolute = path[0] === '/';
  const clean = cleanSegments(path.split('/'), !absolute).join('/');
  const tail = path.endsWith('/') ? '/' : '';
  if (clean === '') return absolute ? '/' : `.${tail}`;
  return (absolute ? '/' : '') + clean + tail;
}

function isAbsolute(path) {
  validateString(path, 'path');
  return path[0] === '/';
}

function join(...args) {
  let joined = '';
  for (let i = 0; i < args.length; i++) {
    const path = args[i];
    validateString(path, 'path');
    if (path.length > 0) joined = joined === '' ? path : `${joined}/${path}`;
  }
  return normalize(joined);
}

function relative(from, to) {
  validateString(from, 'from');
  validateString(to, 'to');
  if (from === to) return '';
  const start = resolve(from).split('/').filter(Boolean);
  const target = resolve(to).split('/').filter(Boolean);
  let same = 0;
  while (same < start.length && same < target.length && start[same] === target[same]) same++;
  return [...Array(start.length - same).fill('..'), ...target.slice(same)].join('/');
}

function toNamespacedPath(path) {
  return path;
}

function dirname(path) {
  validateString(path, 'path');
  const last = path.lastIndexOf('/', endOf(path) - 1);
  if (last === 1 && path[0] === '/') return '//';
  if (last > 0) return path.slice(0, last);
  return path[0] === '/' ? '/' : '.';
}

function baseOf(path) {
  const end = endOf(path);
  if (end === 1 && path[0] === '/') return '';
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

function basename(path, suffix) {
  checkSuffix(suffix);
  validateString(path, 'path');
  return withoutSuffix(path, baseOf(path), suffix);
}

function extname(path) {
  validateString(path, 'path');
  return extensionOf(baseOf(path));
}

function parse(path) {
  validateString(path, 'path');
  const root = path[0] === '/' ? '/' : '';
  const base = baseOf(path);
  const last = base === '' ? -1 : path.lastIndexOf('/', endOf(path) - 1);
  return parsed(root, last > 0 ? path.slice(0, last) : root, base);
}

module.exports = {
  resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname,
  format: formatter('/'), parse, sep: '/', delimiter: ':', win32: null, posix: null,
};
