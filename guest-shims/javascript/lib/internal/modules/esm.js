// ES modules: what the engine asks while it links them. Its name for a module, the key, is a URL; what is no ES module gets
// a made-up one, whose key begins with `node:` and so stays out of stack traces.

const { codes } = require('internal/errors');
const builtins = require('internal/modules/builtins');
const { placed } = require('internal/modules/places');

const kCommonJS = 'node:commonjs:';
const kJson = 'node:json:';
const kCapture = 'node:capture:';
const kTranspiled = 'node:transpiled:';

const world = require('internal/world/registry');

const imports = () => require('internal/modules/imports');

// ---- hooks ----------------------------------------------------------------------------------------------------------

function resolve(specifier, referrer, attributes) {
  const { baseOf, checkAttributes, formatOf, resolve: find } = imports();
  // A made-up module asks for another one by its key.
  if (referrer?.startsWith('node:') || specifier.startsWith(kCapture)) return specifier;
  const given = world.find(specifier, referrer);
  if (given !== undefined) {
    asked.set(askedBy(referrer, given.key), specifier);
    return given.key;
  }
  const base = baseOf(referrer);
  try {
    const url = find(specifier, base);
    const format = formatOf(url);
    checkAttributes(url, format, attributes);
    const key = (format === 'commonjs' ? kCommonJS : format === 'json' ? kJson : '') + url.href;
    asked.set(askedBy(referrer, key), specifier);
    return key;
  } catch (error) {
    throw placed(error, base, specifier);
  }
}

// What the host read already when it chose what is to be run.
let entry;

function importEntry(path, source) {
  const key = require('internal/url').pathToFileURL(path).href;
  // What lies in memory is compiled already, or read from there.
  if (source !== undefined) entry = { key, source };
  return binding.vm.importModule(key);
}

// By which name a module asked for another one last: what an error of linking is to say.
const asked = new Map();
const askedBy = (referrer, key) => `${referrer}\0${key}`;

// The engine says which module has no such export; Node how it was asked for and, of CommonJS, what to do.
function unlinked(error, importer, key, name) {
  if (error?.name !== 'SyntaxError') return error;
  const specifier = asked.get(askedBy(importer, key)) ?? key;
  if (error.message.startsWith('Could not find export ')) {
    error.message = key.startsWith(kCommonJS) ?
      `Named export '${name}' not found. The requested module '${specifier}' is a CommonJS module, which may not support all ` +
      'module.exports as named exports.\nCommonJS modules can always be imported via the default export, for example using:' +
      `\n\nimport pkg from '${specifier}';\nconst { ${name} } = pkg;\n` :
      `The requested module '${specifier}' does not provide an export named '${name}'`;
  }
  return placed(error, importer, specifier, name);
}

// What the engine has, so that nothing is given to it twice.
const loaded = new Set();

function load(key) {
  loaded.add(key);
  if (entry?.key === key) return entry.source;
  const before = failures.get(key);
  if (before !== undefined) throw before.error;
  if (key.startsWith(kCommonJS)) return loadCommonJS(key, key.slice(kCommonJS.length));
  if (key.startsWith(kJson)) return loadJson(key, key.slice(kJson.length));
  if (key.startsWith(kCapture)) return loadCapture(key);
  if (key.startsWith(kTranspiled)) return loadTranspiled(key);
  if (key.startsWith('node:')) return loadBuiltin(key, key.slice(5));
  if (key.startsWith(world.prefix)) return loadWorld(key);
  if (key.startsWith('tollgate:')) return loadBuiltin(key, key);
  if (key.startsWith('data:')) return dataOf(key);
  return require('internal/modules/host').text(pathOf(key));
}

const failures = new Map();

function failed(key, error) {
  failures.set(key, { error });
}

// How the values come into a made-up module.
const sources = new Map();

function importMeta(meta, key) {
  const evaluate = sources.get(key);
  if (evaluate !== undefined) {
    meta.evaluate = evaluate;
    return;
  }
  if (key.startsWith('node:')) return;
  if (key.startsWith('file:')) {
    meta.dirname = require('path').dirname(pathOf(key));
    meta.filename = pathOf(key);
  }
  meta.resolve = resolverOf(key);
  meta.url = key;
}

function resolverOf(base) {
  return function resolve(specifier) {
    specifier = `${specifier}`;
    const url = imports().point(specifier, base);
    if (/^(?:node|tollgate):$/.test(url.protocol) && builtins.nameOf(url.href) === undefined) {
      throw new codes.ERR_UNKNOWN_BUILTIN_MODULE(url.href);
    }
    return url.href;
  };
}

const pathOf = (href) => require('internal/url').fileURLToPath(href);

// ---- made-up modules ------------------------------------------------------------------------------------------------

const isIdentifier = /^[A-Za-z_$][\w$]*$/;

// A module with these names, whose values `give` hands over when the module is evaluated, and may hand over again.
function makeUp(key, names, give) {
  sources.set(key, give);
  let variables = '';
  let exported = '';
  let assignments = '';
  names.forEach((name, i) => {
    const separator = i === 0 ? '' : ',';
    variables += `${separator}_${i}`;
    exported += `${separator}_${i} as ${isIdentifier.test(name) ? name : JSON.stringify(name)}`;
    assignments += `_${i}=v[${i}];`;
  });
  return `let ${variables};export{${exported}};import.meta.evaluate(v=>{${assignments}})`;
}

function valuesOf(names, exports) {
  const isOpen = exports !== null && (typeof exports === 'object' || typeof exports === 'function');
  return names.map((name) => {
    if (name === 'default') return exports;
    if (!isOpen) return undefined;
    try {
      return exports[name];
    } catch {
      return undefined;
    }
  });
}

const withDefault = (names) => [...[...names].filter((name) => name !== 'default' && name.isWellFormed()), 'default'];

function loadCommonJS(key, href) {
  const filename = pathOf(href);
  const names = withDefault(require('internal/modules/exported-names').exportedNames(filename));
  return makeUp(key, names, (set) => {
    const { importedExports } = require('internal/modules/commonjs');
    set(valuesOf(names, importedExports(filename)));
  });
}

function loadJson(key, href) {
  return makeUp(key, ['default'], (set) => {
    if (href.startsWith('data:')) {
      set([JSON.parse(dataOf(href))]);
      return;
    }
    const { Module } = require('internal/modules/commonjs');
    const filename = pathOf(href);
    let module = Module._cache[filename];
    if (!module?.loaded) {
      module = new Module(filename);
      module.filename = filename;
      Module._extensions['.json'](module, filename);
      module.loaded = true;
      // With a query it is another module, of which `require` knows nothing.
      if (!/[?#]/.test(href)) Module._cache[filename] = module;
    }
    set([module.exports]);
  });
}

// Every builtin that was imported, with the way to give it new values.
const live = [];

function loadBuiltin(key, name) {
  const exports = builtins.load(name);
  const names = withDefault(Object.keys(exports));
  return makeUp(key, names, (set) => {
    const update = () => set(valuesOf(names, exports));
    update();
    live.push(update);
  });
}

function loadWorld(key) {
  const { exports } = [...world.modules.values()].find((module) => module.key === key);
  const names = withDefault(Object.keys(exports));
  return makeUp(key, names, (set) => set(names.map((name) => (name === 'default' ? exports.default ?? exports : exports[name]))));
}

function syncBuiltins() {
  for (const update of live) update();
}

function dataOf(href) {
  const comma = href.indexOf(',');
  const body = decodeURIComponent(href.slice(comma + 1).replace(/#.*$/s, ''));
  if (!href.slice(0, comma).endsWith(';base64')) return body;
  return require('buffer').Buffer.from(body, 'base64').toString();
}

// ---- require of an ES module ------------------------------------------------------------------------------------------

// Without top-level await a graph is evaluated at once, but the promise tells so only later. A made-up module on top of it
// is evaluated last, and hands the namespace over.
const captured = new Map();

function loadCapture(key) {
  const target = key.slice(kCapture.length);
  sources.set(key, (namespace) => { captured.set(target, namespace); });
  return `import*as n from${JSON.stringify(target)};import.meta.evaluate(n)`;
}

// Babel and its like look at `__esModule` to find out whether `default` is meant.
function loadTranspiled(key) {
  const target = JSON.stringify(key.slice(kTranspiled.length));
  return `export*from${target};export{default}from${target};export const __esModule=true`;
}

function namespaceOf(key, filename, parent) {
  if (captured.has(key)) return captured.get(key);
  const promise = binding.vm.importModule(kCapture + key);
  if (captured.has(key)) return captured.get(key);
  promise.then(undefined, () => {});
  // It failed, or waits: only its jobs tell which.
  binding.vm.runMicrotasks();
  if (captured.has(key)) return captured.get(key);
  const [state, value] = binding.vm.promise(promise);
  if (state === 2) throw value;
  const error = new codes.ERR_REQUIRE_ASYNC_MODULE();
  error.message += `\n  From ${parent ?? '(unknown)'} \n  Requiring ${filename} `;
  throw error;
}

function requireModule(filename, module) {
  const { href } = require('internal/url').pathToFileURL(filename);
  const parent = module?.parent?.filename;
  const namespace = namespaceOf(href, filename, parent);
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  if (!Object.hasOwn(namespace, 'default') || Object.hasOwn(namespace, '__esModule')) return namespace;
  return namespaceOf(kTranspiled + href, filename, parent);
}

// Compiles a file and what it imports, so that no run has to.
function declare(path) {
  const key = require('internal/url').pathToFileURL(path).href;
  if (loaded.has(key)) return;
  loaded.add(key);
  binding.modules.declare(key, require('internal/modules/host').text(path));
}

// Links what was compiled, before any run: that runs nothing of it.
function link(path) {
  binding.modules.link(require('internal/url').pathToFileURL(path).href);
}

function install() {
  binding.vm.hooks({ resolve, load, failed, importMeta, unlinked });
}

module.exports = { declare, importEntry, install, link, requireModule, syncBuiltins };
