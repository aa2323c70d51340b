// Between URLs, paths and what http takes.

const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const { URL, isURL } = require('internal/url');

const wantsWindows = (options) => options?.windows ?? globalThis.process?.platform === 'win32';

function posixPath(url) {
  if (url.hostname !== '') {
    throw new codes.ERR_INVALID_FILE_URL_HOST(globalThis.process?.platform ?? 'linux');
  }
  if (/%2f/i.test(url.pathname)) throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded / characters');
  return decodeURIComponent(url.pathname);
}

function windowsPath(url) {
  const { hostname, pathname } = url;
  if (/%2f|%5c/i.test(pathname)) {
    throw new codes.ERR_INVALID_FILE_URL_PATH('must not include encoded \\ or / characters');
  }
  const path = decodeURIComponent(pathname.replaceAll('/', '\\'));
  if (hostname !== '') return `\\\\${binding.url.domainToUnicode(hostname)}${path}`;
  if (!/^\\[A-Za-z]:/.test(path)) throw new codes.ERR_INVALID_FILE_URL_PATH('must be absolute');
  return path.slice(1);
}

function fileURLToPath(path, options = undefined) {
  if (typeof path === 'string') path = new URL(path);
  else if (!isURL(path)) throw new codes.ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], path);
  if (path.protocol !== 'file:') throw new codes.ERR_INVALID_URL_SCHEME('file');
  return wantsWindows(options) ? windowsPath(path) : posixPath(path);
}

// What a URL would take for something else than a character of a file name.
const escapes = { '%': '%25', '\\': '%5C', '\n': '%0A', '\r': '%0D', '\t': '%09', '?': '%3F', '#': '%23' };

const escapePath = (path, which) => path.replace(which, (character) => escapes[character]);

function pathToFileURL(filepath, options = undefined) {
  validateString(filepath, 'path');
  if (wantsWindows(options)) return windowsURL(filepath);
  let path = require('path').posix.resolve(filepath);
  // `resolve` takes the last slash away, which says that it is a directory.
  if (filepath.endsWith('/') && !path.endsWith('/')) path += '/';
  return new URL(`file://${escapePath(path, /[%\\\n\r\t?#]/g)}`);
}

function windowsURL(filepath) {
  const { win32 } = require('path');
  if (filepath.startsWith('\\\\')) {
    const prefix = filepath.startsWith('\\\\?\\UNC\\') ? 8 : 2;
    const hostEnd = filepath.indexOf('\\', prefix);
    if (hostEnd < 0) {
      throw new codes.ERR_INVALID_ARG_VALUE('path', filepath, 'Missing UNC resource path');
    }
    if (hostEnd === prefix) throw new codes.ERR_INVALID_ARG_VALUE('path', filepath, 'Empty UNC servername');
    const host = filepath.slice(prefix, hostEnd);
    const path = escapePath(filepath.slice(hostEnd).replaceAll('\\', '/'), /[%\n\r\t?#]/g);
    return new URL(`file://${binding.url.domainToASCII(host)}${path}`);
  }
  let path = win32.resolve(filepath);
  if (/[\\/]$/.test(filepath) && !path.endsWith('\\')) path += '\\';
  return new URL(`file:///${escapePath(path.replaceAll('\\', '/'), /[%\n\r\t?#]/g)}`);
}

function urlToHttpOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    // What the program hung on the URL comes along.
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === '[' ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

module.exports = { fileURLToPath, pathToFileURL, urlToHttpOptions };
