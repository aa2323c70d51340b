// What a run begins with: the file that the host chose. Gives the promise of its evaluation where it is an ES module.

// At once, so that they are in the snapshot: every program needs these.
const esm = require('internal/modules/esm');
require('internal/modules/imports');
const { Module, setEntry } = require('internal/modules/commonjs');

function start() {
  esm.install();
  const { path, format, source } = binding.modules.entry();
  if (format === 'module') return evaluateModule(path, source);
  evaluate(path, source);
  return undefined;
}

// The evaluation of an ES module is a promise job, and so is what it began of these: they come before its ticks.
function evaluateModule(path, source) {
  const evaluated = esm.importEntry(path, source);
  binding.vm.runMicrotasks();
  return evaluated;
}

function evaluate(path, source) {
  setEntry(path, source);
  const process = require('process');
  const module = new Module(path, null);
  module.id = '.';
  Object.defineProperty(process, 'mainModule', { value: module, writable: true, enumerable: true, configurable: true });
  Module._cache[path] = module;
  module.load(path);
  return module;
}

// What the entry exports, once it is evaluated: the namespace of an ES module, or `module.exports` as its default.
async function load() {
  esm.install();
  const { path, format, source } = binding.modules.entry();
  if (format === 'module') return evaluateModule(path, source);
  return { default: evaluate(path, source).exports };
}

module.exports = { load, start };
