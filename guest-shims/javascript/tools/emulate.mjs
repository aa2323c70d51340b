// Runs a program with the library of lib/ on Node, with the binding emulated: for working on the library without the
// engine. `node tools/emulate.mjs FILE [ARGS…]`, or `-e SOURCE` instead of a file. The library is read from the disk each
// time. EMULATE_PRELOAD=1 evaluates every module before the program runs, as a snapshot would.

import { spawnSync } from 'node:child_process';
import { readFileSync, existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { makeBinding } from './emulate-binding.mjs';

const self = fileURLToPath(import.meta.url);
const flags = ['--experimental-vm-modules', '--experimental-import-meta-resolve', '--expose-internals', '--no-warnings'];
if (!flags.every((flag) => process.execArgv.includes(flag))) {
  const inherited = process.execArgv.filter((flag) => !flags.includes(flag));
  const child = spawnSync(process.execPath, [...flags, ...inherited, self, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (child.signal) process.kill(process.pid, child.signal);
  process.exit(child.status ?? 1);
}

const root = resolvePath(dirname(self), '..');
const context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
const evaluate = (source, filename = 'emulate') => vm.runInContext(source, context, { filename });
for (const name of ['Intl', 'WebAssembly', 'console']) delete context[name];

// QuickJS has it, Node 20 not yet.
evaluate(`(move) => {
  ArrayBuffer.prototype.transfer ??= function transfer() {
    return Object.setPrototypeOf(move(this), ArrayBuffer.prototype);
  };
}`)((buffer) => structuredClone(buffer, { transfer: [buffer] }));

// ---- the library -------------------------------------------------------------------------------------------------

function sources() {
  const found = new Map();
  const walk = (folder, base, prefix) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(path, base, prefix);
      } else if (/\.c?js$/.test(entry.name)) {
        const name = relative(base, path).replace(/\.c?js$/, '').replaceAll('\\', '/');
        if (name !== 'boot' || prefix !== '') found.set(prefix + name, path);
      }
    }
  };
  walk(join(root, 'lib'), join(root, 'lib'), '');
  // The packages that are bundled: an array, or an object that holds one, of `{ name, files }`.
  const list = join(root, 'third-party.json');
  if (existsSync(list)) {
    const read = JSON.parse(readFileSync(list, 'utf8'));
    const packages = Array.isArray(read) ? read : Object.values(read).find(Array.isArray) ?? [];
    for (const { name, files, file } of packages) {
      const home = join(root, 'node_modules', name);
      const wanted = files ?? (file === undefined ? undefined : [file]);
      if (wanted === undefined) walk(home, home, `vendor/${name}/`);
      else {
        for (const each of wanted.flat()) {
          const path = join(home, each);
          if (existsSync(path) && !/\.[cm]?js$/.test(each)) walk(path, home, `vendor/${name}/`);
          else if (existsSync(path)) found.set(`vendor/${name}/${each.replace(/\.[cm]?js$/, '')}`, path);
        }
      }
    }
  }
  return found;
}

const factories = evaluate('({})');
for (const [name, path] of sources()) {
  Object.defineProperty(factories, name, {
    enumerable: true,
    get: () => {
      const strict = name.startsWith('vendor/') ? '' : '"use strict";';
      return vm.compileFunction(strict + readFileSync(path, 'utf8'), ['exports', 'require', 'module', 'binding'],
                                { filename: `node:${name}`, parsingContext: context });
    },
  });
}

// What the build makes of the contract.
function contract() {
  const { groups, served } = JSON.parse(readFileSync(join(root, '../../bridge-contract.json'), 'utf8'));
  return { groups: groups.map(({ convention, names }) => ({ convention, names })), served: Object.keys(served) };
}
factories['internal/bridge/contract'] = (exports, require, module) => {
  module.exports = evaluate(`(${JSON.stringify(contract())})`);
};

// ---- the program -------------------------------------------------------------------------------------------------

let [program, ...args] = process.argv.slice(2);
let inline;
if (program === '-e') {
  inline = args.shift();
  program = join(process.cwd(), '[eval]');
} else if (program === undefined) {
  console.error('usage: node tools/emulate.mjs FILE [ARGS…]');
  process.exit(2);
} else {
  program = realpathSync(resolvePath(program));
}

const emulation = {
  vm, context, evaluate, program, args, inline,
  require: createRequire(import.meta.url),
  isBuiltin: (name) =>
    Object.hasOwn(factories, name.startsWith('tollgate:') ? `tollgate/${name.slice(9)}` : `public/${name}`),
  resolveImport: (specifier, from) => import.meta.resolve(specifier, from),
};
const binding = makeBinding(emulation);

// Out of the promise job in which this module is evaluated: in there no other job could be run.
setImmediate(() => {
  const boot = vm.runInContext(readFileSync(join(root, 'lib/boot.js'), 'utf8'), context, { filename: 'node:boot' });
  const library = boot(binding, factories);
  if (process.env.EMULATE_PRELOAD) library.preload(library.builtins());
  if (!library.has('internal/modules/entry') && library.has('main')) {
    factories['internal/modules/entry'] = (exports) => { exports.start = () => { runBare(library); }; };
  }
  if (library.has('main')) {
    const main = library.require('main');
    const run = typeof main === 'function' ? main : main.main ?? main.run ?? main.start;
    const result = run();
    if (typeof result === 'number') process.exit(result);
    return;
  }
  runBare(library);
});

// While there is no lib/main.js: a CommonJS program, promise jobs, and the `exit` event, no event loop.
function runBare(library) {
  const known = new Map();
  const load = (path) => {
    if (known.has(path)) return known.get(path).exports;
    const module = evaluate('({ exports: {} })');
    module.filename = module.id = path;
    known.set(path, module);
    const source = path === program && inline !== undefined ? inline : readFileSync(path, 'utf8');
    if (path.endsWith('.json')) {
      module.exports = evaluate(`(${source})`);
      return module.exports;
    }
    const from = createRequire(path);
    const require = (name) => {
      const plain = name.startsWith('node:') ? name.slice(5) : name;
      return library.has(plain) && !plain.startsWith('.') ? library.require(plain) : load(from.resolve(name));
    };
    const body = vm.compileFunction(source.replace(/^#!/, '//'), ['exports', 'require', 'module', '__filename', '__dirname'],
                                    { filename: path, parsingContext: context });
    Reflect.apply(body, module.exports, [module.exports, require, module, path, dirname(path)]);
    return module.exports;
  };
  if (!library.has('process')) {
    const listeners = [];
    context.process = Object.assign(evaluate('({})'), {
      argv: ['node', program, ...args], env: { ...process.env }, platform: 'linux', arch: 'wasm32', pid: 1, version: 'v20.20.2',
      versions: { node: '20.20.2' }, execArgv: [], execPath: '/tollgate', umask: () => 0o022, cwd: () => process.cwd(),
      exit: (code) => { finish(code); }, exitCode: undefined, nextTick: (f, ...a) => queueMicrotask(() => f(...a)),
      on: (name, listener) => { if (name === 'exit') listeners.push(listener); },
      emitWarning: (text) => process.emitWarning(text), once() {}, removeListener() {}, emit() {},
      stdout: process.stdout, stderr: process.stderr,
    });
    function finish(code) {
      const { process: own } = context;
      own._exiting = true;
      const status = code ?? own.exitCode ?? 0;
      for (const listener of listeners) listener(status);
      process.exit(code ?? own.exitCode ?? 0);
    }
    process.on('beforeExit', () => finish());
  }
  for (const name of ['setTimeout', 'setImmediate', 'clearTimeout', 'setInterval', 'clearInterval', 'queueMicrotask']) {
    if (!(name in context)) context[name] = globalThis[name];
  }
  try {
    load(program);
  } catch (error) {
    process._rawDebug(error?.stack ?? error);
    process.exit(1);
  }
}
