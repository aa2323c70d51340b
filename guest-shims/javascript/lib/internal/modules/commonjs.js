// Module, the class behind `require`. Much of what begins with an underscore is used by programs that change how modules
// are found and loaded; what they replace is what is called.

const path = require('path');
const { codes } = require('internal/errors');
const { validateString } = require('internal/validators');
const { setOwnProperty } = require('internal/util');
const builtins = require('internal/modules/builtins');
const host = require('internal/modules/host');
const lookup = require('internal/modules/lookup');
const world = require('internal/world/registry');

const kParent = Symbol('parent');

function Module(id = '', parent) {
  this.id = id;
  // Defined, not set: a program may have put setters of these names on Object.prototype.
  setOwnProperty(this, 'path', path.dirname(id));
  setOwnProperty(this, 'exports', {});
  Object.defineProperty(this, kParent, { value: parent, writable: true });
  addChild(parent, this);
  this.filename = null;
  this.loaded = false;
  this.children = [];
}

function addChild(parent, child) {
  const children = parent?.children;
  if (children && !children.includes(child)) children.push(child);
}

function lookupParent(module) {
  return module[kParent];
}

Object.defineProperty(Module.prototype, 'parent', {
  get() { return this[kParent]; },
  set(value) { this[kParent] = value; },
  configurable: true,
});
Object.defineProperty(Module.prototype, 'isPreloading', { get: () => false, configurable: true });

Module._cache = { __proto__: null };
Module._pathCache = { __proto__: null };
Module._extensions = { __proto__: null };
Module.globalPaths = [];
let modulePaths = [];

// 0 a file (or whatever can be read), 1 a folder, negative where there is nothing.
Module._stat = (filename) => {
  const held = binding.modules.kind(filename);
  if (held >= 0) return held;
  try {
    return (Number(binding.fs.stat(filename)[1]) & 0o170000) === 0o040000 ? 1 : 0;
  } catch {
    return -2;
  }
};
Module._debug = () => {};
Module._nodeModulePaths = lookup.nodeModulePaths;
Module._preloadModules = () => {};

Module._initPaths = function() {
  modulePaths = lookup.globalPaths(require('process'));
  Module.globalPaths = modulePaths.slice();
};

Module._readPackage = (folder) => host.readPackage(folder);

let pathsKnown = false;

Module._resolveLookupPaths = function(request, parent) {
  if (builtins.nameOf(request) !== undefined) return null;
  // Not before a run has begun: the environment is not known while the snapshot is made.
  if (!pathsKnown) {
    pathsKnown = true;
    if (modulePaths.length === 0) Module._initPaths();
  }
  if (!lookup.isRelative(request)) {
    const paths = parent?.paths?.length ? parent.paths.concat(modulePaths) : modulePaths;
    return paths.length > 0 ? paths : null;
  }
  if (!parent?.id || !parent.filename) return ['.'].concat(Module._nodeModulePaths('.'), modulePaths);
  return [path.dirname(parent.filename)];
};

Module._findPath = function(request, paths) {
  return lookup.find(request, paths, Object.keys(Module._extensions), Module._pathCache);
};

const ownFindPath = Module._findPath;

function lookupPathsOf(request, parent, options) {
  const given = options !== null && typeof options === 'object' ? options.paths : undefined;
  if (given === undefined) return Module._resolveLookupPaths(request, parent);
  if (!Array.isArray(given)) throw new codes.ERR_INVALID_ARG_VALUE('options.paths', given);
  if (lookup.isRelative(request)) return given;
  const paths = [];
  for (const folder of given) {
    const fake = new Module('', null);
    fake.paths = Module._nodeModulePaths(folder);
    for (const each of Module._resolveLookupPaths(request, fake)) if (!paths.includes(each)) paths.push(each);
  }
  return paths;
}

Module._resolveFilename = function(request, parent, isMain, options) {
  if (builtins.nameOf(request) !== undefined) return request;
  if (/^(?:node|tollgate):/.test(request)) throw notFound(request, parent);
  const from = parent?.filename;
  const folder = from ? path.dirname(from) : '/';
  const isHosts = options?.paths === undefined && (from || request.startsWith('/'));
  let failure;
  if (isHosts) {
    const found = lookup.from(folder, request, Object.keys(Module._extensions));
    if (found !== undefined) {
      lookup.warnMain(request, found);
      return found;
    }
    failure = host.failure();
    if (!host.isNotFound(failure)) throw host.refusal(failure, folder, from);
  }
  let paths = lookupPathsOf(request, parent, options);
  // The host has looked there; a program that looks by itself may know better.
  if (isHosts && Module._findPath === ownFindPath) {
    if (isOfPlace(request)) throw notFound(request, parent, failure);
    const looked = new Set(lookup.nodeModulePaths(folder));
    paths = paths?.filter((each) => !looked.has(each) && (!modulePaths.includes(each) || Module._stat(each) === 1));
  }
  const found = Module._findPath(request, paths, isMain);
  if (found) return found;
  throw notFound(request, parent, failure);
};

// Whether there is one place for it, whatever folders of packages there are.
const isOfPlace = (request) => lookup.isRelative(request) || request.startsWith('/') || request.startsWith('#');

// `failure` is the host's, which may know better what was not there.
function notFound(request, parent, failure) {
  let plain = `Cannot find module '${request}'`;
  // A program that was built is told why nothing else is looked for.
  if (failure?.message.startsWith(`${plain} (`)) plain = failure.message;
  if (failure !== undefined && failure.message !== plain) {
    const error = new Error(failure.message);
    error.code = 'MODULE_NOT_FOUND';
    lookup.aboutMain(error, request, path.dirname(parent?.filename ?? '/'));
    return error;
  }
  const requireStack = [];
  for (let at = parent; at; at = lookupParent(at)) requireStack.push(at.filename || at.id);
  const error = new Error(plain + (requireStack.length > 0 ? `\nRequire stack:\n- ${requireStack.join('\n- ')}` : ''));
  error.code = 'MODULE_NOT_FOUND';
  error.requireStack = requireStack;
  return error;
}

// ---- loading ------------------------------------------------------------------------------------------------------

// While modules require each other in a circle, one of them sees exports that are not complete: a name that is not there
// yet is worth a warning.
let circular;

function circularPrototype() {
  circular ??= new Proxy({}, {
    get(target, key) {
      if (key in target || key === '__esModule') return target[key];
      warnCircular(key);
      return undefined;
    },
    getOwnPropertyDescriptor(target, key) {
      if (Object.hasOwn(target, key) || key === '__esModule') return Object.getOwnPropertyDescriptor(target, key);
      warnCircular(key);
      return undefined;
    },
  });
  return circular;
}

function warnCircular(key) {
  require('process').emitWarning(
    `Accessing non-existent property '${String(key)}' of module exports inside circular dependency`);
}

function incompleteExports(module) {
  const { exports } = module;
  if (exports !== null && typeof exports === 'object' && binding.vm.proxy(exports) === undefined &&
      Object.getPrototypeOf(exports) === Object.prototype && !exports.__esModule) {
    Object.setPrototypeOf(exports, circularPrototype());
  }
  return exports;
}

// Where a request of a folder led to before.
const resolvedBefore = new Map();

Module._load = function(request, parent, isMain) {
  const given = world.find(request, parent?.filename);
  if (given !== undefined) return given.exports.default ?? given.exports;
  let key;
  if (parent) {
    key = `${parent.path}\0${request}`;
    const known = resolvedBefore.get(key);
    if (known !== undefined) {
      const module = Module._cache[known];
      if (module !== undefined) {
        addChild(parent, module);
        return module.loaded ? module.exports : incompleteExports(module);
      }
      resolvedBefore.delete(key);
    }
  }
  if (request.startsWith('node:')) {
    const name = builtins.nameOf(request);
    if (name === undefined) throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(request);
    return builtins.load(name);
  }
  const filename = Module._resolveFilename(request, parent, isMain);
  const cached = Module._cache[filename];
  if (cached !== undefined) {
    addChild(parent, cached);
    return cached.loaded ? cached.exports : incompleteExports(cached);
  }
  const name = builtins.nameOf(filename);
  if (name !== undefined) return builtins.load(name);
  return loadFile(filename, parent, isMain, key);
};

function loadFile(filename, parent, isMain, key) {
  const module = new Module(filename, parent);
  if (isMain) setMain(module);
  Module._cache[filename] = module;
  if (key !== undefined) resolvedBefore.set(key, filename);
  let done = false;
  try {
    module.load(filename);
    done = true;
  } finally {
    if (!done) {
      delete Module._cache[filename];
      if (key !== undefined) {
        resolvedBefore.delete(key);
        const children = parent?.children;
        const at = Array.isArray(children) ? children.indexOf(module) : -1;
        if (at !== -1) children.splice(at, 1);
      }
    } else if (circular !== undefined && module.exports !== null && typeof module.exports === 'object' &&
               binding.vm.proxy(module.exports) === undefined &&
               Object.getPrototypeOf(module.exports) === circular) {
      Object.setPrototypeOf(module.exports, Object.prototype);
    }
  }
  return module.exports;
}

function setMain(module) {
  const process = require('process');
  Object.defineProperty(process, 'mainModule', { value: module, writable: true, enumerable: true, configurable: true });
  module.id = '.';
}

// The longest registered extension that the file has: `.foo.js` before `.js`.
function extensionOf(filename) {
  const name = path.basename(filename);
  for (let at = 0; (at = name.indexOf('.', at)) !== -1; at++) {
    if (at === 0) continue;
    const extension = name.slice(at);
    if (Module._extensions[extension]) return extension;
  }
  return '.js';
}

Module.prototype.load = function(filename) {
  this.filename = filename;
  this.paths = Module._nodeModulePaths(path.dirname(filename));
  if (filename.endsWith('.mjs') && !Module._extensions['.mjs']) {
    this.exports = requireModule(filename, this);
  } else {
    Module._extensions[extensionOf(filename)](this, filename);
  }
  this.loaded = true;
  exportsAtLoad.set(this, this.exports);
};

// What `import` gets of a module: its exports as they were when it had been evaluated.
const exportsAtLoad = new WeakMap();

function importedExports(filename) {
  const module = Module._cache[filename];
  return module !== undefined && exportsAtLoad.has(module) ? exportsAtLoad.get(module) :
    Module._load(filename, undefined, false);
}

Module.prototype.require = function(id) {
  validateString(id, 'id');
  if (id === '') throw new codes.ERR_INVALID_ARG_VALUE('id', id, 'must be a non-empty string');
  return Module._load(id, this, false);
};

const requireModule = (filename, module) => require('internal/modules/esm').requireModule(filename, module);

// ---- compiling ----------------------------------------------------------------------------------------------------

const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
const wrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
const wrap = (script) => Module.wrapper[0] + script + Module.wrapper[1];
let givenWrapper = wrapper;
let givenWrap = wrap;
let isPatched = false;

// Programs that replace these want their text around every module.
Object.defineProperty(Module, 'wrap', {
  get: () => givenWrap,
  set(value) { isPatched = true; givenWrap = value; },
  enumerable: true,
  configurable: true,
});
Object.defineProperty(Module, 'wrapper', {
  get: () => givenWrapper,
  set(value) { isPatched = true; givenWrapper = value; },
  enumerable: true,
  configurable: true,
});

const withoutShebang = (source) => (source.startsWith('#!') ? `//${source.slice(2)}` : source);

function compile(source, filename) {
  const text = withoutShebang(source);
  if (isPatched) return binding.vm.script(Module.wrap(text), filename);
  return binding.vm.compile(text, filename, parameters);
}

// Files that were compiled before the run began.
const compiled = new Map();

function precompile(filename) {
  compiled.set(filename, compile(host.text(filename), filename));
}

Module.prototype._compile = function(content, filename) {
  return evaluate(this, compile(content, filename), filename);
};

const ownCompile = Module.prototype._compile;

const evaluate = (module, body, filename) =>
  Reflect.apply(body, module.exports, [module.exports, makeRequire(module), module, filename, path.dirname(filename)]);

function makeRequire(module) {
  const require = function require(id) { return module.require(id); };
  const resolve = (request, options) => {
    validateString(request, 'request');
    return Module._resolveFilename(request, module, false, options);
  };
  resolve.paths = (request) => {
    validateString(request, 'request');
    return Module._resolveLookupPaths(request, module);
  };
  require.resolve = resolve;
  setOwnProperty(require, 'main', mainModule());
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

const mainModule = () => require('process').mainModule;

// What the host read already when it chose what is to be run.
let entrySource;

function setEntry(filename, source) {
  // What lies in memory is read from there.
  if (source !== undefined) entrySource = { filename, source };
}

function readSource(filename) {
  if (entrySource !== undefined && entrySource.filename === filename) {
    const { source } = entrySource;
    entrySource = undefined;
    return source;
  }
  return host.text(filename);
}

Module._extensions['.js'] = function(module, filename) {
  const body = compiled.get(filename);
  // A program that has its own way to compile gets the text.
  if (body !== undefined && !isPatched && Module.prototype._compile === ownCompile) {
    evaluate(module, body, filename);
    return;
  }
  const isEntry = entrySource?.filename === filename;
  const content = readSource(filename);
  // The host looked into what is to be run already.
  if (!isEntry && !filename.endsWith('.cjs') && host.format(filename) === 'module') {
    module.exports = requireModule(filename, module);
    return;
  }
  module._compile(content, filename);
};

Module._extensions['.json'] = function(module, filename) {
  const content = readSource(filename);
  try {
    module.exports = JSON.parse(content);
  } catch (error) {
    error.message = `${filename}: ${error.message}`;
    throw error;
  }
};

Module._extensions['.node'] = function() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('process.dlopen');
};

// ---- createRequire ------------------------------------------------------------------------------------------------

function createRequire(filename) {
  const refuse = () => new codes.ERR_INVALID_ARG_VALUE(
    'filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  let file;
  const { isURL, fileURLToPath } = require('internal/url');
  if (isURL(filename) || (typeof filename === 'string' && !path.isAbsolute(filename))) {
    try {
      file = fileURLToPath(filename);
    } catch {
      throw refuse();
    }
  } else if (typeof filename !== 'string') {
    throw refuse();
  } else {
    file = filename;
  }
  const module = new Module(file.endsWith('/') ? `${file}noop.js` : file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(module.path);
  return makeRequire(module);
}

Module.createRequire = createRequire;
Module.isBuiltin = builtins.isBuiltin;
Module.Module = Module;
Module.runMain = function(main = require('process').argv[1]) { Module._load(main, null, true); };
Module.syncBuiltinESMExports = () => require('internal/modules/esm').syncBuiltins();
Module.register = function() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('module.register()'); };
// There are no source maps in here, so that none is ever found.
Module.findSourceMap = () => undefined;
Object.defineProperty(Module, 'builtinModules', {
  get: builtins.builtinModules, enumerable: true, configurable: true,
});

module.exports = { Module, importedExports, precompile, setEntry };
