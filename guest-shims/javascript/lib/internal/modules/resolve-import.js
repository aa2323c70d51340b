// How `import` finds a module: Node's rules for ES modules. Modules have URLs, as in Node.

const { codes } = require('internal/errors');
const { URL, fileURLToPath, pathToFileURL } = require('internal/url');
const builtins = require('internal/modules/builtins');
const files = require('internal/modules/files');
const host = require('internal/modules/host');
const { readPackage, scopeOf } = require('internal/modules/package');

const importConditions = new Set(['node', 'import', 'module-sync', 'node-addons']);

const isRelative = (specifier) => /^(?:\.{1,2}(?:\/|$)|\/)/.test(specifier);

// The URL from which a module, a script or a CommonJS file imports.
function baseOf(referrer) {
  if (typeof referrer === 'string') {
    if (/^(?:file|data|node):/.test(referrer)) return referrer;
    if (referrer.startsWith('/')) return pathToFileURL(referrer).href;
  }
  // The engine does not know from which file a text came that was given to `eval`: the program's own is the best guess.
  return pathToFileURL(require('process').argv[1] ?? `${require('process').cwd()}/`).href;
}

const shownBase = (base) => (base.startsWith('file:') ? fileURLToPath(base) : base);

function parse(specifier, base) {
  try {
    return new URL(specifier, base);
  } catch {
    return undefined;
  }
}

// Where a specifier leads, whether or not there is something.
function locate(specifier, base) {
  if (isRelative(specifier)) {
    const url = base.startsWith('data:') ? undefined : parse(specifier, base);
    if (url === undefined) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, base);
    return url;
  }
  if (specifier[0] === '#') {
    if (!base.startsWith('file:')) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, base);
    const from = fileURLToPath(base);
    const found = resolver(from).imports(specifier, from);
    return typeof found === 'string' ? targetUrl(found, from) : found;
  }
  return parse(specifier) ?? locatePackage(specifier, base);
}

function resolver(from) {
  const { Resolver } = require('internal/modules/package-exports');
  return new Resolver(importConditions, from, (request, scope) =>
    locatePackage(request, pathToFileURL(`${scope.folder}package.json`).href));
}

// A target is escaped already, but for what would end the path of a URL.
function targetUrl(target, from) {
  if (/%2f|%5c/i.test(target)) throw encodedSlash(target, from);
  return new URL(`file://${target.replace(/[?#\n\r\t\\]/g, encodeURIComponent)}`);
}

function encodedSlash(path, from) {
  return new codes.ERR_INVALID_MODULE_SPECIFIER(path, 'must not include encoded "/" or "\\" characters', from);
}

function locatePackage(specifier, base) {
  const builtin = builtins.nameOf(specifier);
  if (builtin !== undefined) return new URL(builtin.startsWith('tollgate:') ? builtin : `node:${builtin}`);
  if (!base.startsWith('file:')) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, base);
  const from = fileURLToPath(base);
  const { parsePackageName } = require('internal/modules/package-exports');
  const { name, subpath } = parsePackageName(specifier, from);
  const own = scopeOf(from);
  if (own !== undefined && own.name === name && own.exports !== undefined && own.exports !== null) {
    return asUrl(resolver(from).exports(own, subpath), from);
  }
  for (let folder = from.slice(0, from.lastIndexOf('/') + 1); ;) {
    if (!folder.endsWith('/node_modules/')) {
      const place = `${folder}node_modules/${name}/`;
      if (files.kind(place) === 1) return inPackage(place, subpath, name, from);
    }
    if (folder === '/') break;
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  throw new codes.ERR_MODULE_NOT_FOUND(name, from, 'package');
}

const asUrl = (found, from) => (typeof found === 'string' ? targetUrl(found, from) : found);

function inPackage(folder, subpath, name, from) {
  const pkg = readPackage(folder, `"${name}" from ${from}`);
  if (pkg?.exports !== undefined && pkg.exports !== null) return asUrl(resolver(from).exports(pkg, subpath), from);
  if (subpath !== '.') return new URL(subpath, pathToFileURL(folder));
  return mainOf(folder, pkg, from);
}

function mainOf(folder, pkg, from) {
  const guesses = [];
  if (pkg?.main !== undefined) {
    for (const tail of ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node']) guesses.push(pkg.main + tail);
  }
  guesses.push('index.js', 'index.json', 'index.node');
  for (const guess of guesses) {
    const url = new URL(guess.replace(/[?#%]/g, encodeURIComponent), pathToFileURL(folder));
    if (files.kind(fileURLToPath(url)) !== 0) continue;
    if (guess !== pkg?.main) warnMain(url, folder, pkg?.main, from);
    return url;
  }
  throw new codes.ERR_MODULE_NOT_FOUND(folder + (pkg?.main ?? 'index.js'), from, 'package');
}

function warnMain(url, folder, main, from) {
  if (!require('internal/modules/pending-deprecation')() || formatOf(url) !== 'module') return;
  const path = fileURLToPath(url);
  const file = path.slice(folder.length);
  require('process').emitWarning(main === undefined ?
    `No "main" or "exports" field defined in the package.json for ${folder} resolving the main entry point "${file}", ` +
    `imported from ${from}.\nDefault "index" lookups for the main are deprecated for ES modules.` :
    `Package ${folder} has a "main" field set to "${main}", excluding the full filename and extension to the resolved ` +
    `file at "${file}", imported from ${from}.\n Automatic extension resolution of the "main" field is deprecated for ES ` +
    'modules.', 'DeprecationWarning', 'DEP0151');
}

// ---- what is there ------------------------------------------------------------------------------------------------

const knownProtocols = ['file', 'data', 'node'];

function finish(url, specifier, base) {
  const { protocol } = url;
  if (protocol === 'node:' || protocol === 'tollgate:') {
    const name = builtins.nameOf(url.href);
    if (name === undefined) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(url.href);
    return url;
  }
  if (protocol === 'data:') return url;
  if (protocol !== 'file:') throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(url, knownProtocols);
  const from = shownBase(base);
  if (/%2f|%5c/i.test(url.pathname)) throw encodedSlash(url.pathname, from);
  const path = fileURLToPath(url);
  const kind = files.kind(path.endsWith('/') ? path.slice(0, -1) || '/' : path);
  if (kind === 1) throw folderError(path, url, specifier, from);
  if (kind !== 0 || path.endsWith('/')) throw new codes.ERR_MODULE_NOT_FOUND(path, from, url.href);
  const real = pathToFileURL(files.realpath(path));
  real.search = url.search;
  real.hash = url.hash;
  return real;
}

function folderError(path, url, specifier, from) {
  const error = new codes.ERR_UNSUPPORTED_DIR_IMPORT(path, from, url.href);
  // What `require` would have found in the folder.
  let found;
  try {
    const { Module } = require('internal/modules/commonjs');
    found = Module._findPath(path.replace(/\/$/, ''), [''], false);
  } catch {
    // Nothing to propose.
  }
  if (found) {
    const tail = found.slice(path.length).replace(/^\//, '');
    const shown = `${specifier.replace(/\/$/, '')}/${tail}`;
    error.message += `\nDid you mean to import ${JSON.stringify(isRelative(specifier) ? shown : found)}?`;
  }
  return error;
}

// What was found once stays found, also when the file is gone: that is how Node keeps modules.
const found = new Map();

function resolve(specifier, base) {
  const key = `${base}\0${specifier}`;
  let url = found.get(key);
  if (url === undefined) {
    url = search(specifier, base);
    found.set(key, url);
  }
  return url;
}

function search(specifier, base) {
  const isOfHost = base.startsWith('file:') &&
    (isRelative(specifier) || specifier.startsWith('file:') || parse(specifier) === undefined);
  if (!isOfHost) return finish(locate(specifier, base), specifier, base);
  const from = fileURLToPath(base);
  const folder = require('path').dirname(from);
  const served = fromHost(specifier, folder);
  // The host gives no warnings; who wants to see all of them gets the library's own resolution where that can do it.
  if (served !== undefined && !require('internal/modules/pending-deprecation')()) return served;
  const refused = host.failure();
  try {
    return finish(locate(specifier, base), specifier, base);
  } catch (error) {
    if (served !== undefined) return served;
    throw host.isNotFound(refused) || refused.code === error.code ? error : host.refusal(refused, folder, from);
  }
}

function fromHost(specifier, folder) {
  const served = host.resolve(specifier, folder, 'import');
  if (served === undefined) return undefined;
  if (/^(?:node|tollgate):/.test(served)) return new URL(served);
  const url = pathToFileURL(host.withoutSuffix(served, specifier));
  const suffix = host.suffixOf(specifier);
  return suffix === '' ? url : new URL(url.href + suffix);
}

// ---- formats ------------------------------------------------------------------------------------------------------

const dataFormats = {
  __proto__: null,
  'text/javascript': 'module',
  'application/json': 'json',
};

const dataType = (url) => /^([^/,;]+\/[^,;]+)(?:[^,]*?)(;base64)?,/.exec(url.pathname)?.[1];

const formats = new Map();

// 'module', 'commonjs', 'json', 'builtin', or undefined where Node knows none.
function formatOf(url) {
  const { href } = url;
  let format = formats.get(href);
  if (format === undefined) {
    format = findFormat(url);
    formats.set(href, format);
  }
  return format;
}

function findFormat(url) {
  if (url.protocol === 'node:' || url.protocol === 'tollgate:') return 'builtin';
  if (url.protocol === 'data:') return dataFormats[dataType(url)];
  const path = fileURLToPath(url);
  if (host.has(path)) {
    const format = host.format(path);
    if (format !== undefined) return format;
  }
  const extension = /\.[^./]*$/.exec(path.slice(path.lastIndexOf('/') + 2))?.[0] ?? '';
  switch (extension) {
    case '.mjs': return 'module';
    case '.cjs': return 'commonjs';
    case '.json': return 'json';
    case '.js':
    case '': return ofPackage(path);
    default: throw unknownExtension(extension, path);
  }
}

function unknownExtension(extension, path) {
  return new codes.ERR_UNKNOWN_FILE_EXTENSION(extension, path);
}

function ofPackage(path) {
  const type = scopeOf(path)?.type ?? 'none';
  if (type !== 'none') return type;
  const { looksLikeModule, maybeModule } = require('internal/modules/detect');
  const source = files.readText(path);
  if (!maybeModule(source)) return 'commonjs';
  try {
    binding.vm.compile(source.replace(/^#!/, '//'), path, ['exports', 'require', 'module', '__filename', '__dirname']);
  } catch (error) {
    if (looksLikeModule(source, error)) return 'module';
  }
  return 'commonjs';
}

// Whether a module of this format may be imported with these attributes.
function checkAttributes(url, format, attributes) {
  const type = attributes && Object.hasOwn(attributes, 'type') ? attributes.type : undefined;
  if (format === 'json') {
    if (type === undefined) throw new codes.ERR_IMPORT_ASSERTION_TYPE_MISSING(url.href, 'json');
    if (type !== 'json') throw new codes.ERR_IMPORT_ASSERTION_TYPE_UNSUPPORTED(type);
  } else if (format !== undefined && type !== undefined) {
    if (type !== 'json') throw new codes.ERR_IMPORT_ASSERTION_TYPE_UNSUPPORTED(type);
    throw new codes.ERR_IMPORT_ASSERTION_TYPE_FAILED(url.href, type);
  }
  if (attributes !== undefined && attributes !== null) {
    for (const key of Object.keys(attributes)) {
      if (key !== 'type') throw new codes.ERR_IMPORT_ATTRIBUTE_UNSUPPORTED(key, attributes[key]);
    }
  }
  if (format === undefined) throw new codes.ERR_UNKNOWN_MODULE_FORMAT(dataType(url) ?? null, url.href);
}

// As `import.meta.resolve` does it: a file need not be there.
function point(specifier, base) {
  if (!isRelative(specifier) && base.startsWith('file:') && parse(specifier) === undefined) {
    return fromHost(specifier, require('path').dirname(fileURLToPath(base))) ?? locate(specifier, base);
  }
  return locate(specifier, base);
}

module.exports = { baseOf, checkAttributes, formatOf, point, resolve };
