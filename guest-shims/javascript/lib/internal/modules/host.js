// The host's resolution of modules, and their texts: of the program's own files, and of what was granted to it. What a
// program that is built into a component has in memory is found there.

const { codes, nodeError } = require('internal/errors');

const { modules } = binding;

let lastError;

// A path, a name with `node:` or `tollgate:`, or undefined; then `failure()` tells why.
function resolve(specifier, folder, mode) {
  try {
    return modules.resolve(specifier, folder, mode);
  } catch (error) {
    lastError = error;
    return undefined;
  }
}

// The query and the fragment of a specifier come back with the path.
function suffixOf(specifier) {
  if (!/^(?:\.|\/|file:)/.test(specifier)) return '';
  return /[?#].*$/s.exec(specifier)?.[0] ?? '';
}

function withoutSuffix(found, specifier) {
  const suffix = suffixOf(specifier);
  return suffix !== '' && found.endsWith(suffix) ? found.slice(0, -suffix.length) : found;
}

const failure = () => lastError;
const isNotFound = (error) => error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND';

// The host's error as the library makes them: with the class that belongs to the code, naming who asked, and with the URL
// of what is not there.
function refusal(error, folder, from) {
  const { messages } = require('internal/errors/messages');
  const Base = globalThis[messages[error.code]?.[0]] ?? Error;
  const message = error.message.replaceAll(`${folder === '/' ? '' : folder}/[folder]`, from ?? folder);
  if (!error.code.startsWith('ERR_')) return Object.assign(new Base(message), { code: error.code });
  const isMissing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'ERR_UNSUPPORTED_DIR_IMPORT';
  const path = isMissing ? /^(?:Cannot find module|Directory import) '(\/.*?)' (?:imported|is not)/s.exec(message)?.[1] : undefined;
  const fields = path === undefined ? undefined : { url: require('internal/url').pathToFileURL(path).href };
  return nodeError(Base, error.code, message, fields);
}

// Without a byte order mark, as a script or a JSON text begins.
function text(path) {
  const source = modules.load(path);
  return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
}

// What a package.json says, of a folder that ends with a slash; undefined where there is none. What decides by which file a
// package is found is the host's to read.
function readPackage(folder) {
  const path = `${folder}package.json`;
  let source;
  try {
    source = text(path);
  } catch {
    return undefined;
  }
  let json;
  try {
    json = JSON.parse(source);
  } catch (error) {
    throw new codes.ERR_INVALID_PACKAGE_CONFIG(path, undefined, error.message);
  }
  if (json === null || typeof json !== 'object') json = {};
  const own = (key) => (Object.hasOwn(json, key) ? json[key] : undefined);
  const word = (key) => (typeof own(key) === 'string' ? own(key) : undefined);
  const type = own('type');
  return {
    __proto__: null,
    folder,
    path,
    name: word('name'),
    main: word('main'),
    type: type === 'module' || type === 'commonjs' ? type : 'none',
    exports: own('exports'),
    imports: own('imports'),
  };
}

const format = (path) => modules.format(path) ?? undefined;

module.exports = { failure, format, isNotFound, readPackage, refusal, resolve, suffixOf, text, withoutSuffix };
