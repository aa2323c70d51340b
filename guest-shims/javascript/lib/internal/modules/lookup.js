// Where `require` looks beside where the host does: in folders that a program names by itself, and for extensions that it
// registered. By which rules something is found in a folder is the host's to know.

const path = require('path');
const host = require('internal/modules/host');

const isRelative = (request) => request === '.' || request === '..' || request.startsWith('./') || request.startsWith('../');

function nodeModulePaths(from) {
  from = path.resolve(from);
  if (from === '/') return ['/node_modules'];
  const parts = from.split('/');
  const paths = [];
  for (let i = parts.length; i > 0; i--) {
    if (parts[i - 1] === 'node_modules') continue;
    paths.push(`${parts.slice(0, i).join('/')}/node_modules`);
  }
  return paths;
}

// The folders that NODE_PATH names, and those that Node has always looked into.
function globalPaths({ env, execPath }) {
  const paths = [path.resolve(execPath, '..', '..', 'lib', 'node')];
  if (env.HOME) paths.unshift(path.resolve(env.HOME, '.node_modules'), path.resolve(env.HOME, '.node_libraries'));
  const given = env.NODE_PATH;
  return given ? [...given.split(path.delimiter).filter(Boolean), ...paths] : paths;
}

// The host knows Node's own extensions, which come first in the table of the registered ones.
const usualExtensions = 3;

// What `request` leads to, seen from a folder; undefined where there is nothing, and then `host.failure()` tells why.
function from(folder, request, extensions) {
  const found = host.resolve(request, folder, 'require');
  if (found !== undefined || extensions.length <= usualExtensions || !host.isNotFound(host.failure())) return found;
  const names = /(?:^|\/)\.{0,2}$/.test(request) ? [] : [request];
  names.push(`${request.replace(/\/$/, '')}/index`);
  for (const name of names) {
    for (const extension of extensions.slice(usualExtensions)) {
      const other = host.resolve(name + extension, folder, 'require');
      if (other !== undefined) return other;
    }
  }
  host.resolve(request, folder, 'require');
  return undefined;
}

const packageRequest = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

// In a folder that has packages in it, whatever it is called. A package with `exports` knows itself by its name.
function among(folder, request, extensions) {
  const match = packageRequest.exec(request);
  if (match !== null) {
    const place = path.resolve(folder, match[1]);
    const pkg = host.readPackage(`${place}/`);
    if (pkg?.name !== undefined && pkg.exports !== undefined && pkg.exports !== null) {
      return from(place, pkg.name + (match[2] ?? ''), extensions);
    }
  }
  return from(folder, `./${request}`, extensions);
}

// The first of these folders that has it; false where none does. `remembered` is a table of what was found before.
function find(request, folders, extensions, remembered) {
  const isAbsolute = request.startsWith('/');
  if (isAbsolute) folders = [''];
  else if (!folders || folders.length === 0) return false;
  const key = `${request}\0${folders.length === 1 ? folders[0] : folders.join('\0')}`;
  const before = remembered[key];
  if (before) return before;
  for (const each of folders) {
    const folder = path.resolve('/', each === '' ? '/' : path.resolve(each));
    const found = isAbsolute || isRelative(request) ? from(folder, request, extensions) : among(folder, request, extensions);
    if (found !== undefined) {
      remembered[key] = found;
      return found;
    }
    if (!host.isNotFound(host.failure())) throw host.refusal(host.failure(), folder);
  }
  return false;
}

// ---- what the host does not say -----------------------------------------------------------------------------------

const seen = new Set();

// A `main` that leads nowhere, behind which an index file was found.
function warnMain(request, found) {
  const name = path.basename(found);
  if (!/^index\.(?:js|json|node)$/.test(name) || /(?:^|\/)index(?:\.[a-z]+)?$/.test(request)) return;
  const folder = path.dirname(found);
  if (seen.has(folder)) return;
  seen.add(folder);
  const pkg = host.readPackage(`${folder}/`);
  if (!pkg?.main || (pkg.exports !== undefined && pkg.exports !== null)) return;
  const main = path.resolve(folder, pkg.main);
  if (found === main || found.startsWith(`${main}.`) || path.dirname(found) === main) return;
  require('process').emitWarning(
    `Invalid 'main' field in '${pkg.path}' of '${pkg.main}'. Please either fix that or report it to the module author`,
    'DeprecationWarning', 'DEP0128');
}

// What is wrong with a package where its `main` is what was not found.
function aboutMain(error, request, folder) {
  const main = /^Cannot find module '(.*)'\. Please verify that the package\.json/s.exec(error.message)?.[1];
  if (main === undefined) return;
  const match = packageRequest.exec(request);
  const end = match === null ? -1 : main.indexOf(`/node_modules/${match[1]}/`);
  if (match !== null && end === -1) return;
  const place = match === null ? path.resolve(folder, request) : `${main.slice(0, end)}/node_modules/${match[1]}`;
  error.path = path.join(place, 'package.json');
  error.requestPath = request;
}

module.exports = { aboutMain, find, from, globalPaths, isRelative, nodeModulePaths, warnMain };
