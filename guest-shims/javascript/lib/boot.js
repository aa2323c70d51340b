// Evaluated once, while the engine is built: what it leaves behind is in the snapshot that every run begins with.
// Nothing here may read a clock, a random number, arguments or the environment.
(function boot(binding, factories) {
  'use strict';

  const has = (name) => Object.hasOwn(factories, name);
  const modules = new Map();

  // `errors` of the library, `public/errors` of a program: the same file is found under one name only, so that a module
  // is never evaluated twice.
  function keyOf(name) {
    if (has(name)) return name;
    if (name.startsWith('tollgate:')) {
      const own = `tollgate/${name.slice(9)}`;
      return has(own) ? own : undefined;
    }
    const plain = name.startsWith('node:') ? name.slice(5) : name;
    if (has(`public/${plain}`)) return `public/${plain}`;
    return undefined;
  }

  function load(key) {
    let module = modules.get(key);
    if (module !== undefined) return module.exports;
    module = { id: key, exports: {} };
    modules.set(key, module);
    let done = false;
    try {
      factories[key](module.exports, key.startsWith('vendor/') ? vendorRequire(key) : require, module, binding);
      done = true;
    } finally {
      if (!done) modules.delete(key);
    }
    return module.exports;
  }

  function require(name) {
    const module = modules.get(name);
    if (module !== undefined) return module.exports;
    const key = keyOf(name);
    if (key === undefined) throw new Error(`The library has no module '${name}'`);
    return load(key);
  }

  // Packages are bundled as they are, so their requires are relative paths and the names of packages.
  function vendorRequire(from) {
    const folder = from.slice(0, from.lastIndexOf('/'));
    return (name) => {
      if (!name.startsWith('.')) {
        const plain = name.endsWith('/') ? name.slice(0, -1) : name;
        const key = keyOf(plain) ?? keyOf(`vendor/${plain}`) ?? keyOf(`internal/${plain}`);
        return key === undefined ? require(plain) : load(key);
      }
      const parts = folder.split('/');
      for (const part of name.split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '.' && part !== '') parts.push(part);
      }
      const path = parts.join('/').replace(/\.c?js$/, '');
      return load(has(path) ? path : `${path}/index`);
    };
  }

  // ---- stacks -----------------------------------------------------------------------------------------------------

  // The engine's own stacks lack the first line, name and message, which programs of Node count on. Frames of the library
  // say nothing to the author of a program, so they are left out. As in Node the text is made when it is first looked at:
  // most errors are caught unseen, and many get their name after they were made.
  function headOf(error) {
    try {
      const { name, message } = error;
      const code = modules.get('internal/errors')?.exports.codeInStack?.(error) ?? '';
      const shown = (name === undefined ? 'Error' : String(name)) + code;
      const text = message === undefined ? '' : String(message);
      return shown === '' ? text : text === '' ? shown : `${shown}: ${text}`;
    } catch {
      return '<error>';
    }
  }

  function frameOf(site) {
    const name = site.getFunctionName();
    const file = site.getFileName();
    if (file === null || file === undefined || site.isNative()) return `    at ${name || '<anonymous>'} (<anonymous>)`;
    const place = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    return name && name !== '<anonymous>' ? `    at ${name} (${place})` : `    at ${place}`;
  }

  // A class of errors is not where its errors come from: they come from where it was called.
  function firstFrame(error, sites) {
    let at = 0;
    try {
      const { constructor } = error;
      if (typeof constructor !== 'function') return 0;
      while (at < sites.length) {
        const fn = sites[at].getFunction();
        if (fn !== constructor && !(typeof fn === 'function' && Object.prototype.isPrototypeOf.call(fn, constructor))) break;
        at++;
      }
    } catch {
      return 0;
    }
    return at;
  }

  function makeStack(error, sites, most) {
    let stack = headOf(error);
    let natives = '';
    let shown = 0;
    for (let i = firstFrame(error, sites); i < sites.length && shown < most; i++) {
      const file = sites[i].getFileName();
      if (typeof file === 'string' && file.startsWith('node:')) {
        // What the library calls of the engine is not of the program either.
        natives = '';
        continue;
      }
      const frame = `\n${frameOf(sites[i])}`;
      if (typeof file === 'string') {
        stack += natives + frame;
        natives = '';
        shown++;
      } else {
        natives += frame;
      }
    }
    return stack;
  }

  const asData = (value) => ({ __proto__: null, value, writable: true, enumerable: false, configurable: true });

  function setStack(value) {
    Object.defineProperty(this, 'stack', asData(value));
  }

  // Of the frames that the engine is asked for some are the library's, and left out: it is asked for more than wanted.
  const SPARE = 10;
  let limit = 10;
  const most = () => (typeof limit === 'number' && limit >= 0 ? limit : 0);

  function lazyStack(error, sites) {
    const count = most();
    let stack;
    Object.defineProperty(error, 'stack', {
      __proto__: null,
      configurable: true,
      enumerable: false,
      get() {
        if (sites !== undefined) {
          stack = makeStack(error, sites, count);
          sites = undefined;
          const own = Object.getOwnPropertyDescriptor(error, 'stack');
          if (own?.set === setStack && own.configurable) Object.defineProperty(error, 'stack', asData(stack));
        }
        return stack;
      },
      set: setStack,
    });
  }

  // What the engine gives to captureStackTrace goes onto the object behind our back: it is made lazy afterwards.
  let capturing = false;
  let captured;

  // What it gives is no stack, but the engine takes undefined for none yet: it would ask again at every frame.
  function prepare(error, sites) {
    if (capturing) captured = sites;
    else if (!Object.hasOwn(error, 'stack')) {
      if (!Object.isExtensible(error)) return makeStack(error, sites, most());
      lazyStack(error, sites);
    }
    return '';
  }

  const native = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  if (native?.set !== undefined) {
    const setNative = (fn) => Reflect.apply(native.set, Error, [fn]);
    setNative(prepare);
    let custom;
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      enumerable: false,
      get: () => custom,
      set(fn) {
        custom = fn;
        setNative(typeof fn === 'function' ? (error, sites) => Reflect.apply(fn, Error, [error, sites.slice(0, most())]) : prepare);
      },
    });

    const nativeLimit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
    const setLimit = (value) => {
      limit = value;
      Reflect.apply(nativeLimit.set, Error, [most() > 0 ? most() + SPARE : 0]);
    };
    setLimit(limit);
    Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, enumerable: true, get: () => limit, set: setLimit });

    const nativeCapture = Error.captureStackTrace;
    Error.captureStackTrace = { captureStackTrace(object, from) {
      if (custom !== undefined) return nativeCapture(object, from ?? Error.captureStackTrace);
      capturing = true;
      try {
        nativeCapture(object, from ?? Error.captureStackTrace);
      } finally {
        capturing = false;
      }
      if (captured !== undefined) lazyStack(object, captured);
      captured = undefined;
    } }.captureStackTrace;
    Object.defineProperty(Error, 'captureStackTrace', { enumerable: false });
  }

  require('internal/call-sites')();

  // ---- globals ----------------------------------------------------------------------------------------------------

  const define = (name, descriptor) => Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });

  // The first access makes a plain value of it: later ones cost nothing, and a program may replace it as in Node.
  const lazy = [];

  function lazyGlobal(name, from, key = name, enumerable = false) {
    lazy.push([name, from]);
    const value = (v) => define(name, { value: v, writable: true, enumerable });
    define(name, {
      enumerable,
      get() {
        const found = require(from)[key];
        if (found === undefined) delete globalThis[name];
        else value(found);
        return found;
      },
      set: value,
    });
  }

  // In Node these stay accessors even after they were set.
  function accessorGlobal(name, from, key) {
    let known = false;
    let held;
    define(name, {
      enumerable: false,
      get() {
        if (!known) {
          held = key === undefined ? require(from) : require(from)[key];
          known = true;
        }
        return held;
      },
      set(v) { held = v; known = true; },
    });
  }

  const firstOf = (names) => names.find((name) => keyOf(name) !== undefined);

  function lazyGlobals(candidates, names, enumerable = false) {
    const from = firstOf(candidates);
    if (from === undefined) return;
    for (const name of names) {
      if (Array.isArray(name)) lazyGlobal(name[0], from, name[1], enumerable);
      else lazyGlobal(name, from, name, enumerable);
    }
  }

  // What the engine brings along and a program of Node does not find.
  for (const name of ['print', 'console', 'performance', 'DOMException', 'navigator', 'scriptArgs', 'gc', 'Javy']) {
    delete globalThis[name];
  }

  // Node has them before the language does.
  for (const name of ['dispose', 'asyncDispose']) {
    if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }

  define('global', { value: globalThis, writable: true, enumerable: true });
  define(Symbol.toStringTag, { value: 'global', writable: false, enumerable: false });

  if (firstOf(['process']) !== undefined) accessorGlobal('process', 'process');
  if (firstOf(['buffer']) !== undefined) accessorGlobal('Buffer', 'buffer', 'Buffer');

  lazyGlobals(['timers'], ['clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout'],
              true);
  if (typeof Atomics === 'undefined') lazyGlobals(['internal/atomics'], ['Atomics']);

  // The engine's own gives a negative number where the highest bit that is kept is set.
  const { asUintN: kept } = BigInt;
  const { asUintN } = {
    asUintN(bits, bigint) {
      const value = kept(bits, bigint);
      return value < 0n ? value + (1n << BigInt(bits)) : value;
    },
  };
  if (kept(64, -1n) < 0n) Object.defineProperty(BigInt, 'asUintN', { value: asUintN, writable: true, configurable: true });
  lazyGlobals(['internal/microtasks'], ['queueMicrotask'], true);
  lazyGlobals(['internal/structured-clone'], ['structuredClone'], true);
  lazyGlobals(['buffer'], ['atob', 'btoa'], true);
  lazyGlobals(['internal/performance', 'perf_hooks'], ['performance'], true);
  lazyGlobals(['internal/fetch', 'internal/fetch/index'], ['fetch'], true);
  lazyGlobals(['internal/crypto', 'crypto'], [['crypto', 'webcrypto']], true);

  const consoleFrom = firstOf(['internal/console/global']);
  if (consoleFrom !== undefined) lazyGlobal('console', consoleFrom, 'console');
  lazyGlobals(['internal/url'], ['URL', 'URLSearchParams']);
  // Nearly every program ends up with them, and Node has them as plain values: they are made for the snapshot.
  void [globalThis.URL, globalThis.URLSearchParams];
  lazyGlobals(['internal/domexception'], ['DOMException']);
  lazyGlobals(['internal/abort-controller'], ['AbortController', 'AbortSignal']);
  lazyGlobals(['internal/event-target'], ['Event', 'EventTarget', 'CustomEvent']);
  lazyGlobals(['internal/encoding'], ['TextEncoder', 'TextDecoder']);
  lazyGlobals(['internal/blob'], ['Blob', 'File']);
  lazyGlobals(['internal/crypto', 'crypto'], ['Crypto', 'CryptoKey', 'SubtleCrypto']);
  lazyGlobals(['internal/webstreams', 'stream/web'], [
    'ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest',
    'ReadableByteStreamController', 'ReadableStreamDefaultController', 'TransformStream',
    'TransformStreamDefaultController', 'WritableStream', 'WritableStreamDefaultController',
    'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'TextEncoderStream',
    'TextDecoderStream', 'CompressionStream', 'DecompressionStream',
  ]);
  lazyGlobals(['internal/message-channel'], ['MessageChannel', 'MessagePort', 'MessageEvent', 'BroadcastChannel']);
  lazyGlobals(['perf_hooks'], [
    'Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver',
    'PerformanceObserverEntryList', 'PerformanceResourceTiming',
  ]);
  lazyGlobals(['internal/fetch', 'internal/fetch/index'], ['FormData', 'Headers', 'Request', 'Response']);

  // What the loader of the program's modules asks: which names there are. Node's are listed; ours has `tollgate:` before it.
  const publicKey = (name) => (name.startsWith('tollgate:') ? `tollgate/${name.slice(9)}` : `public/${name}`);
  const builtins = () => Object.keys(factories).filter((key) => key.startsWith('public/')).map((key) => key.slice(7));
  modules.set('internal/library', { id: 'internal/library', exports: { builtins, has: (name) => has(publicKey(name)) } });

  // ---- what the Rust half gets ------------------------------------------------------------------------------------

  return {
    require,
    has: (name) => keyOf(name) !== undefined,
    // The names a program can require, without `node:`.
    builtins,
    // Evaluates these modules now, so that they are in the snapshot and not made anew by each run.
    preload(names) {
      for (const name of names) if (keyOf(name) !== undefined) require(name);
      // Globals of what is there now need not stay lazy.
      const get = (name) => globalThis[name];
      for (const [name, from] of lazy) if (modules.has(keyOf(from))) get(name);
    },
  };
})
