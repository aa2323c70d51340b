// The `exports` and `imports` of a package.json: from what is asked for to a file of the package.
//
// Folders end with a slash and stand for file URLs: targets may carry percent escapes, which are undone at the end.

const { codes } = require('internal/errors');
const { scopeOf } = require('internal/modules/package');

// What may not be in a path within a package: `.`, `..` and node_modules, also where they are escaped.
const forbidden = new Set(['.', '..', 'node_modules']);
const unescape = (text) => text.replace(/%([\da-f]{2})/gi, (all, hex) => String.fromCharCode(parseInt(hex, 16)));
const hasBadSegment = (path) => path.split(/[/\\]/).some((part) => forbidden.has(unescape(part).toLowerCase()));

const hasEmptySegment = (path) => path.split(/[/\\]/).includes('');

const isArrayIndex = (key) => /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1;
const isPlainObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

const warnedOfSlash = new Set();

class Resolver {
  // `conditions` is a Set; `base` is the path that an error names; `fail` gets no `base` for `require`.
  constructor(conditions, base, resolvePackage) {
    this.conditions = conditions;
    this.base = base;
    this.resolvePackage = resolvePackage;
  }

  // ---- exports ------------------------------------------------------------------------------------------------------

  exports(scope, subpath) {
    let { exports } = scope;
    if (this.#isSugar(exports, scope)) exports = { '.': exports };
    if (Object.hasOwn(exports, subpath) && !subpath.includes('*') && !subpath.endsWith('/')) {
      const found = this.#target(scope, exports[subpath], '', subpath, { isImports: false });
      if (found === null || found === undefined) throw this.#notExported(scope, subpath);
      return found;
    }
    const match = bestPattern(Object.keys(exports), subpath);
    if (match !== undefined) {
      const [key, part] = match;
      const found = this.#target(scope, exports[key], part, key, { isImports: false, isPattern: true,
                                                                   isSlash: subpath.endsWith('/') });
      if (found === null || found === undefined) throw this.#notExported(scope, subpath);
      if (subpath.endsWith('/')) this.#warnSlash(scope, key, subpath);
      return found;
    }
    throw this.#notExported(scope, subpath);
  }

  #isSugar(exports, scope) {
    if (typeof exports === 'string' || Array.isArray(exports)) return true;
    if (!isPlainObject(exports)) return false;
    let isSugar = false;
    Object.keys(exports).forEach((key, i) => {
      const plain = key === '' || key[0] !== '.';
      if (i === 0) {
        isSugar = plain;
      } else if (isSugar !== plain) {
        throw new codes.ERR_INVALID_PACKAGE_CONFIG(
          scope.path, this.base,
          '"exports" cannot contain some keys starting with \'.\' and some not. The exports object must either be an ' +
          'object of package subpath keys or an object of main entry condition name keys only.');
      }
    });
    return isSugar;
  }

  #notExported(scope, subpath) {
    return new codes.ERR_PACKAGE_PATH_NOT_EXPORTED(scope.folder, subpath, this.base);
  }

  // ---- imports ------------------------------------------------------------------------------------------------------

  imports(request, from) {
    if (request === '#' || request.startsWith('#/') || request.endsWith('/')) {
      throw new codes.ERR_INVALID_MODULE_SPECIFIER(request, 'is not a valid internal imports specifier name', this.base);
    }
    const scope = scopeOf(from);
    const imports = scope?.imports;
    if (isPlainObject(imports)) {
      if (Object.hasOwn(imports, request) && !request.includes('*')) {
        const found = this.#target(scope, imports[request], '', request, { isImports: true });
        if (found !== null && found !== undefined) return found;
      } else {
        const match = bestPattern(Object.keys(imports), request);
        if (match !== undefined) {
          const found = this.#target(scope, imports[match[0]], match[1], match[0], { isImports: true, isPattern: true });
          if (found !== null && found !== undefined) return found;
        }
      }
    }
    throw new codes.ERR_PACKAGE_IMPORT_NOT_DEFINED(request, scope?.folder, this.base);
  }

  // ---- targets ------------------------------------------------------------------------------------------------------

  #target(scope, target, part, key, how) {
    if (typeof target === 'string') return this.#textTarget(scope, target, part, key, how);
    if (Array.isArray(target)) {
      // The first one that is valid counts, whether or not its file is there.
      let failure = null;
      for (const each of target) {
        let found;
        try {
          found = this.#target(scope, each, part, key, how);
        } catch (error) {
          failure = error;
          if (error.code !== 'ERR_INVALID_PACKAGE_TARGET') throw error;
          continue;
        }
        if (found === undefined) continue;
        if (found === null) {
          failure = null;
          continue;
        }
        return found;
      }
      if (failure !== null) throw failure;
      return target.length === 0 ? null : failure;
    }
    if (target !== null && typeof target === 'object') {
      const keys = Object.getOwnPropertyNames(target);
      if (keys.some(isArrayIndex)) {
        throw new codes.ERR_INVALID_PACKAGE_CONFIG(scope.path, this.base, '"exports" cannot contain numeric property keys.');
      }
      for (const condition of keys) {
        if (condition !== 'default' && !this.conditions.has(condition)) continue;
        const found = this.#target(scope, target[condition], part, key, how);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (target === null) return null;
    throw this.#badTarget(scope, key, target, how);
  }

  #badTarget(scope, key, target, { isImports }) {
    if (isPlainObject(target)) target = JSON.stringify(target, null, '');
    return new codes.ERR_INVALID_PACKAGE_TARGET(scope.folder, key, target, isImports, this.base);
  }

  #textTarget(scope, target, part, key, how) {
    const { isImports, isPattern = false } = how;
    if (part !== '' && !isPattern && !target.endsWith('/')) throw this.#badTarget(scope, key, target, how);
    if (!target.startsWith('./')) {
      // Only `imports` may point out of the package: to another one, or to a module of the library.
      if (isImports && !target.startsWith('../') && !target.startsWith('/') && !isUrl(target)) {
        return this.resolvePackage(isPattern ? target.replaceAll('*', () => part) : target + part, scope);
      }
      throw this.#badTarget(scope, key, target, how);
    }
    if (hasBadSegment(target.slice(2))) throw this.#badTarget(scope, key, target, how);
    if (hasEmptySegment(target.slice(2))) this.#warnSegment(scope, target, part, key, how, true);
    const path = join(scope.folder, target);
    if (!path.startsWith(scope.folder)) throw this.#badTarget(scope, key, target, how);
    if (part === '') return path;
    if (hasBadSegment(part)) {
      const request = isPattern ? key.replace('*', () => part) : key + part;
      throw new codes.ERR_INVALID_MODULE_SPECIFIER(
        request,
        `request is not a valid match in pattern "${key}" for the "${isImports ? 'imports' : 'exports'}" resolution of ` +
        scope.path, this.base);
    }
    if (hasEmptySegment(part)) this.#warnSegment(scope, target, part, key, how, false);
    return join(scope.folder, isPattern ? target.replaceAll('*', () => part) : target + part);
  }

  // ---- warnings -----------------------------------------------------------------------------------------------------

  #warnSegment(scope, target, part, key, { isImports, isPattern, isSlash }, isTarget) {
    if (isSlash || !require('internal/modules/pending-deprecation')()) return;
    const request = isPattern ? key.replace('*', () => part) : key + part;
    const resolved = isPattern ? target.replaceAll('*', () => part) : target;
    const double = /\/\/|\\\\/.test(isTarget ? resolved : request);
    require('process').emitWarning(
      `Use of deprecated ${double ? 'double slash' : 'leading or trailing slash matching'} resolving "${resolved}" for module ` +
      `request "${request}" ${request === key ? '' : `matched to "${key}" `}in the ` +
      `"${isImports ? 'imports' : 'exports'}" field module resolution of the package at ${scope.path}` +
      `${this.base ? ` imported from ${this.base}` : ''}.`, 'DeprecationWarning', 'DEP0166');
  }

  #warnSlash(scope, key, subpath) {
    const once = `${scope.path}\0${key}`;
    if (warnedOfSlash.has(once) || !require('internal/modules/pending-deprecation')()) return;
    warnedOfSlash.add(once);
    require('process').emitWarning(
      `Use of deprecated trailing slash pattern mapping "${subpath}" in the "exports" field module resolution of the ` +
      `package at ${scope.path}${this.base ? ` imported from ${this.base}` : ''}. Mapping specifiers ending in "/" is no ` +
      'longer supported.', 'DeprecationWarning', 'DEP0155');
  }
}

function isUrl(target) {
  return /^[a-z][a-z\d+.-]*:/i.test(target) && !target.startsWith('node:') &&
    require('internal/url').URL.canParse(target);
}

function join(folder, target) {
  const parts = folder.slice(0, -1).split('/');
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

// Of the keys with a star that match, the one that says most before it; then the longest.
function bestPattern(keys, subpath) {
  let best;
  let bestPart;
  for (const key of keys) {
    const star = key.indexOf('*');
    if (star === -1 || !subpath.startsWith(key.slice(0, star))) continue;
    const tail = key.slice(star + 1);
    if (subpath.length < key.length || !subpath.endsWith(tail) || key.lastIndexOf('*') !== star) continue;
    if (best !== undefined && comparePatterns(best, key) !== 1) continue;
    best = key;
    bestPart = subpath.slice(star, subpath.length - tail.length);
  }
  return best === undefined ? undefined : [best, bestPart];
}

function comparePatterns(a, b) {
  const byBase = b.indexOf('*') - a.indexOf('*');
  if (byBase !== 0) return byBase > 0 ? 1 : -1;
  return b.length > a.length ? 1 : -1;
}

// The parts of a specifier that begins with the name of a package: [name, './rest' or '.', hasScope].
function parsePackageName(specifier, base) {
  let end = specifier.indexOf('/');
  let valid = specifier !== '';
  if (specifier[0] === '@') {
    if (end === -1) valid = false;
    else end = specifier.indexOf('/', end + 1);
  }
  const name = end === -1 ? specifier : specifier.slice(0, end);
  if (!valid || name[0] === '.' || /[%\\]/.test(name)) {
    throw new codes.ERR_INVALID_MODULE_SPECIFIER(specifier, 'is not a valid package name', base);
  }
  return { name, subpath: `.${end === -1 ? '' : specifier.slice(end)}` };
}

module.exports = { Resolver, parsePackageName };
