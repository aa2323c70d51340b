// package.json files: the fields that say how the modules of a package are found.

const { codes } = require('internal/errors');
const files = require('internal/modules/files');

const known = new Map();

const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);
const text = (value) => (typeof value === 'string' ? value : undefined);

// The package.json of a folder (which ends with a slash), or undefined. `importing` is what an error names.
function readPackage(folder, importing) {
  let found = known.get(folder);
  if (found === undefined && !known.has(folder)) {
    found = parse(folder, importing);
    known.set(folder, found);
  }
  return found;
}

// Of the program's folder, or of what `fs` sees.
function read(path) {
  for (const from of [require('internal/modules/host').text, files.readText]) {
    try {
      return from(path);
    } catch {
      // Not there: the other one may have it.
    }
  }
  return undefined;
}

function parse(folder, importing) {
  const path = `${folder}package.json`;
  const source = read(path);
  if (source === undefined) return undefined;
  let json;
  try {
    json = JSON.parse(source);
  } catch (error) {
    throw new codes.ERR_INVALID_PACKAGE_CONFIG(path, importing, error.message);
  }
  if (json === null || typeof json !== 'object') json = {};
  const type = own(json, 'type');
  return {
    __proto__: null,
    folder,
    path,
    name: text(own(json, 'name')),
    main: text(own(json, 'main')),
    type: type === 'module' || type === 'commonjs' ? type : 'none',
    exports: own(json, 'exports'),
    imports: own(json, 'imports'),
  };
}

// The package a file belongs to: the nearest package.json above it, but not beyond a node_modules folder.
function scopeOf(path) {
  let folder = path.slice(0, path.lastIndexOf('/') + 1);
  for (;;) {
    if (folder.endsWith('/node_modules/')) return undefined;
    const found = readPackage(folder);
    if (found !== undefined) return found;
    if (folder === '/' || folder === '') return undefined;
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
}

module.exports = { readPackage, scopeOf };
