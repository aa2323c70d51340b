// How `import` finds a module: the host does, from files; what is no file's business stands here. Modules have URLs, as in
// Node.

const { codes } = require('internal/errors');
const { URL, fileURLToPath, pathToFileURL } = require('internal/url');
const builtins = require('internal/modules/builtins');
const host = require('internal/modules/host');

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

function parse(specifier, base) {
  try {
    return new URL(specifier, base);
  } catch {
    return undefined;
  }
}

// Whether a specifier leads from file to file, or from a file to a package.
const isOfFiles = (specifier, base) =>
  base.startsWith('file:') && (isRelative(specifier) || specifier.startsWith('file:') || parse(specifier) === undefined);

// Where a specifier leads that is a URL, or stands in what is no file.
function locate(specifier, base) {
  const isPath = isRelative(specifier);
  const url = isPath && base.startsWith('data:') ? undefined : parse(specifier, isPath ? base : undefined);
  if (url !== undefined) return url;
  const builtin = builtins.nameOf(specifier);
  if (builtin === undefined) throw new codes.ERR_UNSUPPORTED_RESOLVE_REQUEST(specifier, base);
  return new URL(builtin.startsWith('tollgate:') ? builtin : `node:${builtin}`);
}

const knownProtocols = ['file', 'data', 'node'];

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
  if (isOfFiles(specifier, base)) return fromHost(specifier, fileURLToPath(base));
  const url = locate(specifier, base);
  switch (url.protocol) {
    case 'data:': return url;
    case 'file:': return fromHost(url.href, base.startsWith('file:') ? fileURLToPath(base) : '/');
    case 'node:':
    case 'tollgate:':
      if (builtins.nameOf(url.href) === undefined) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(url.href);
      return url;
    default: throw new codes.ERR_UNSUPPORTED_ESM_URL_SCHEME(url, knownProtocols);
  }
}

// Seen from the file `from`.
function fromHost(specifier, from) {
  const folder = require('path').dirname(from);
  const served = host.resolve(specifier, folder, 'import');
  if (served === undefined) throw host.refusal(host.failure(), folder, from);
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
  return host.format(fileURLToPath(url));
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
  if (!isOfFiles(specifier, base) || isRelative(specifier) || specifier.startsWith('file:')) return locate(specifier, base);
  try {
    return fromHost(specifier, fileURLToPath(base));
  } catch (error) {
    if (error.url === undefined) throw error;
    return new URL(error.url);
  }
}

module.exports = { baseOf, checkAttributes, formatOf, point, resolve };
