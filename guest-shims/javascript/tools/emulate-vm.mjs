// `binding.vm`: scripts, functions, ES modules, promise jobs and a look into objects, by node:vm.

import util from 'node:util';

const kinds = [
  ['isMap', 'Map'], ['isSet', 'Set'], ['isDate', 'Date'], ['isRegExp', 'RegExp'], ['isNativeError', 'Error'],
  ['isPromise', 'Promise'], ['isMapIterator', 'Map Iterator'], ['isSetIterator', 'Set Iterator'],
  ['isArgumentsObject', 'Arguments'], ['isModuleNamespaceObject', 'Module'], ['isGeneratorObject', 'Generator'],
  ['isArrayBuffer', 'ArrayBuffer'], ['isSharedArrayBuffer', 'SharedArrayBuffer'], ['isDataView', 'DataView'],
  ['isWeakMap', 'WeakMap'], ['isWeakSet', 'WeakSet'], ['isNumberObject', 'Number'], ['isStringObject', 'String'],
  ['isBooleanObject', 'Boolean'], ['isSymbolObject', 'Symbol'], ['isBigIntObject', 'BigInt'],
];
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const typedArrayName = (value) => Reflect.apply(typedArrayTag, value, []);

export function makeVm({ vm, context, evaluate, require, program, inline }, { failure }) {
  const { internalBinding } = require('internal/test/binding');
  const { getPromiseDetails, getProxyDetails, previewEntries } = internalBinding('util');
  const plainPrototype = evaluate('Object.prototype');
  const hooks = {};
  const modules = new Map();

  // Node tells about rejections only from its own queue, which _tickCallback works off: a promise that gets a handler
  // in between is never told of.
  process.on('unhandledRejection', (reason, promise) => {
    hooks.rejection?.(promise, reason, false);
  });
  process.on('rejectionHandled', (promise) => hooks.rejection?.(promise, undefined, true));
  // Else Node would end the process for an error of the emulation itself without a word.
  process.on('uncaughtException', (error) => {
    process._rawDebug('emulation:', error?.stack ?? error);
    process.reallyExit(70);
  });

  const makePromise = evaluate('(start) => new Promise((resolve, reject) => start(resolve, reject))');
  const promiseOf = (ours) => makePromise((resolve, reject) => { ours.then(resolve, (e) => reject(failure(e))); });

  // The attributes come as an object of Node's.
  const plain = (attributes) => (attributes === undefined ? undefined : evaluate(`(${JSON.stringify({ ...attributes })})`));

  const importDynamically = (specifier, referrer, attributes) => {
    const from = referrer?.filename ?? referrer?.identifier ?? program;
    return promiseOf((async () => importKey(hooks.resolve(String(specifier), from, plain(attributes))))());
  };

  function moduleOf(key) {
    let module = modules.get(key);
    if (module !== undefined) return module;
    const source = hooks.load(key);
    try {
      module = new vm.SourceTextModule(source, {
        context,
        identifier: key,
        initializeImportMeta: (meta) => hooks.importMeta(meta, key),
        importModuleDynamically: importDynamically,
      });
    } catch (error) {
      hooks.failed(key, error);
      throw error;
    }
    modules.set(key, module);
    return module;
  }

  // What is being linked: a module that is imported twice at once is linked once.
  const linked = new Map();

  async function importKey(key) {
    const module = moduleOf(key);
    if (module.status === 'unlinked') {
      linked.set(module, module.link((specifier, referencing, { attributes }) =>
        moduleOf(hooks.resolve(specifier, referencing.identifier, plain(attributes)))));
    }
    await linked.get(module);
    while (module.status === 'linking') await new Promise(setImmediate);
    if (module.status === 'errored') throw module.error;
    await module.evaluate();
    return module.namespace;
  }

  return {
    script: (source, name) => vm.runInContext(source, context, { filename: name, importModuleDynamically: (s, _, a) =>
      importDynamically(s, { filename: name }, a) }),
    compile: (source, name, parameters) => vm.compileFunction(source, [...parameters], {
      filename: name, parsingContext: context,
      importModuleDynamically: (s, _, a) => importDynamically(s, { filename: name }, a),
    }),
    importModule: (key) => promiseOf(importKey(key)),
    hooks: (given) => { Object.assign(hooks, given); },
    runMicrotasks: () => { process._tickCallback(); return false; },
    promise: (promise) => {
      const [state, value] = getPromiseDetails(promise) ?? [];
      return [state, value];
    },
    proxy: (value) => getProxyDetails(value, true),
    entries(value) {
      const [list, isKeyValue] = previewEntries(value, true);
      return [list, isKeyValue];
    },
    kind(value) {
      if (value === null || typeof value !== 'object' && typeof value !== 'function') return undefined;
      const { types } = util;
      if (types.isProxy(value)) return 'Proxy';
      // Most are plain objects: these need not go through the whole list.
      if (Object.getPrototypeOf(value) === plainPrototype && !types.isArgumentsObject(value)) return 'Object';
      for (const [check, name] of kinds) if (types[check](value)) return name;
      if (types.isTypedArray(value)) return typedArrayName(value);
      if (typeof value === 'function') {
        return types.isGeneratorFunction(value) ? (types.isAsyncFunction(value) ? 'AsyncGeneratorFunction' : 'GeneratorFunction') :
          types.isAsyncFunction(value) ? 'AsyncFunction' : 'Function';
      }
      return Array.isArray(value) ? 'Array' : 'Object';
    },
    gc: () => {},
  };
}
