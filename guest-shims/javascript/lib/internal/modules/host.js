// The files of the program, which the host serves without a grant, and its resolution of specifiers. What else `fs` may
// see is found by the library itself (resolve-require and resolve-import), by the same rules.

const { modules } = binding;

// What the host led to: these are read from it, and not through `fs`.
const served = new Set();

let lastError;

// A path, a name with `node:`, or undefined; then `failure()` tells why.
function resolve(specifier, folder, mode) {
  let found;
  try {
    found = modules.resolve(specifier, folder, mode);
  } catch (error) {
    lastError = error;
    return undefined;
  }
  if (found === null || found === undefined) {
    lastError = undefined;
    return undefined;
  }
  if (!/^(?:node|tollgate):/.test(found)) served.add(mode === 'import' ? withoutSuffix(found, specifier) : found);
  return found;
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
const isNotFound = (error) => error === undefined || error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND';

// The host's error as the library makes them: with the class that belongs to the code, and naming who asked.
function refusal(error, folder, from) {
  const { messages } = require('internal/errors/messages');
  const Base = globalThis[messages[error.code]?.[0]] ?? Error;
  const message = error.message.replaceAll(`${folder === '/' ? '' : folder}/[folder]`, from ?? folder);
  if (!error.code.startsWith('ERR_')) return Object.assign(new Base(message), { code: error.code });
  return require('internal/errors').nodeError(Base, error.code, message);
}

// Without a byte order mark, as `files.readText` gives it.
function text(path) {
  const source = modules.load(path);
  return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
}

const add = (path) => { served.add(path); };
const has = (path) => served.has(path) || modules.kind(path) === 0;

module.exports = {
  add, failure, has, isNotFound, refusal, resolve, suffixOf, withoutSuffix,
  format: (path) => modules.format(path) ?? undefined,
  text,
};
