// What the paths of both kinds of systems share.

const { validateObject, validateString } = require('internal/validators');

// The segments of a path without those that say nothing. `..` at the beginning stays only where the path may go above
// where it starts, that is, where it is relative.
function cleanSegments(parts, mayGoAbove) {
  const kept = [];
  // Without an iterator, which a program may have taken away: modules must still be found.
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (mayGoAbove) kept.push(part);
  }
  return kept;
}

function withoutSuffix(path, base, suffix) {
  if (suffix === undefined || suffix.length === 0) return base;
  if (suffix === path) return '';
  return base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
}

function extensionOf(base) {
  if (base === '..') return '';
  const dot = base.lastIndexOf('.');
  return dot <= 0 ? '' : base.slice(dot);
}

function formatter(separator) {
  return function format(pathObject) {
    validateObject(pathObject, 'pathObject');
    const { root, name, ext } = pathObject;
    const dir = pathObject.dir || root;
    let { base } = pathObject;
    if (!base) {
      base = name || '';
      if (ext) base += ext[0] === '.' ? ext : `.${ext}`;
    }
    if (!dir) return base;
    return dir === root ? dir + base : dir + separator + base;
  };
}

// Parts of a path that is split at `start`, where its last segment begins.
function parsed(root, dir, base) {
  const ext = extensionOf(base);
  return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
}

function checkSuffix(suffix) {
  if (suffix !== undefined) validateString(suffix, 'suffix');
}

const cwd = () => globalThis.process?.cwd() ?? binding.process.cwd();

module.exports = { cleanSegments, withoutSuffix, extensionOf, formatter, parsed, checkSuffix, cwd };
