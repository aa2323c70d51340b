// How `require` finds a file: Node's rules for CommonJS.

const path = require('path');
const { codes } = require('internal/errors');
const files = require('internal/modules/files');
const { readPackage, scopeOf } = require('internal/modules/package');

const requireConditions = new Set(['node', 'require', 'module-sync', 'node-addons']);

const isRelative = (request) => request === '.' || request === '..' || request.startsWith('./') || request.startsWith('../');
const asFolder = (folder) => (folder.endsWith('/') ? folder : `${folder}/`);

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

function tryExtensions(base, extensions) {
  for (const extension of extensions) {
    const found = base + extension;
    if (files.kind(found) === 0) return files.realpath(found);
  }
  return undefined;
}

function tryPackage(folder, extensions, request) {
  const pkg = readPackage(asFolder(folder));
  const index = () => tryExtensions(path.resolve(folder, 'index'), extensions);
  if (!pkg?.main) return index();
  const main = path.resolve(folder, pkg.main);
  const found = (files.kind(main) === 0 ? files.realpath(main) : undefined) ??
    tryExtensions(main, extensions) ?? tryExtensions(path.resolve(main, 'index'), extensions);
  if (found !== undefined) return found;
  const instead = index();
  if (instead === undefined) {
    const error = new Error(`Cannot find module '${main}'. Please verify that the package.json has a valid "main" entry`);
    error.code = 'MODULE_NOT_FOUND';
    error.path = pkg.path;
    error.requestPath = request;
    throw error;
  }
  warnMain(pkg);
  return instead;
}

const warned = new Set();

function warnMain(pkg) {
  if (warned.has(pkg.path)) return;
  warned.add(pkg.path);
  require('process').emitWarning(
    `Invalid 'main' field in '${pkg.path}' of '${pkg.main}'. Please either fix that or report it to the module author`,
    'DeprecationWarning', 'DEP0128');
}

// A target of `exports` or `imports`, which may be escaped as a URL, to the file it names.
function finish(target, base, from) {
  if (target.startsWith('node:')) return target;
  if (/%2f|%5c/i.test(target)) {
    throw new codes.ERR_INVALID_MODULE_SPECIFIER(target, 'must not include encoded "/" or "\\" characters', from);
  }
  const file = target.includes('%') ? decodeURIComponent(target) : target;
  if (files.kind(file) === 0) return files.realpath(file);
  const error = new Error(`Cannot find module '${file}'`);
  error.code = 'MODULE_NOT_FOUND';
  error.path = base;
  throw error;
}

function makeResolver(resolvePackage) {
  const { Resolver } = require('internal/modules/package-exports');
  return new Resolver(requireConditions, undefined, resolvePackage);
}

const packageRequest = /^((?:@[^/\\%]+\/)?[^./\\%][^/\\%]*)(\/.*)?$/;

function byExports(folder, request, resolvePackage) {
  const match = packageRequest.exec(request);
  if (match === null) return undefined;
  const pkg = readPackage(asFolder(path.resolve(folder, match[1])));
  if (pkg?.exports === undefined || pkg.exports === null) return undefined;
  return finish(makeResolver(resolvePackage).exports(pkg, `.${match[2] ?? ''}`), pkg.path);
}

// A package may ask for itself by its name.
function bySelf(from, request, resolvePackage) {
  const pkg = scopeOf(from);
  if (pkg?.exports === undefined || pkg.exports === null || pkg.name === undefined) return undefined;
  if (request !== pkg.name && !request.startsWith(`${pkg.name}/`)) return undefined;
  return finish(makeResolver(resolvePackage).exports(pkg, `.${request.slice(pkg.name.length)}`), pkg.path);
}

function byImports(from, request, resolvePackage) {
  const pkg = scopeOf(from);
  if (pkg?.imports === undefined || pkg.imports === null) return undefined;
  const { Resolver } = require('internal/modules/package-exports');
  const resolver = new Resolver(requireConditions, from, resolvePackage);
  return finish(resolver.imports(request, from), pkg.path, from);
}

// `remembered` is a table of what was found before; `extensions` the registered ones, in their order.
function findPath(request, paths, extensions, remembered, resolvePackage) {
  const absolute = request.startsWith('/');
  if (absolute) paths = [''];
  else if (!paths || paths.length === 0) return false;
  const key = `${request}\0${paths.length === 1 ? paths[0] : paths.join('\0')}`;
  const before = remembered[key];
  if (before) return before;
  const isFolder = /(?:^|\/)\.{0,2}$/.test(request);
  // What lies outside of the folder may be there although the folder is gone.
  const isInside = !isRelative(request) || !path.normalize(request).startsWith('..');
  for (const folder of paths) {
    if (isInside && folder && files.kind(folder) < 1) continue;
    if (!absolute) {
      const found = byExports(folder, request, resolvePackage);
      if (found !== undefined) return found;
    }
    const base = path.resolve(folder, request);
    const kind = files.kind(base);
    let found;
    if (!isFolder) found = kind === 0 ? files.realpath(base) : tryExtensions(base, extensions);
    if (found === undefined && kind === 1) found = tryPackage(base, extensions, request);
    if (found !== undefined) {
      remembered[key] = found;
      return found;
    }
  }
  return false;
}

module.exports = { byImports, bySelf, findPath, globalPaths, isRelative, nodeModulePaths, warnMain };
