// What a run begins with: the file that the host chose. Gives the promise of its evaluation where it is an ES module.

// At once, so that they are in the snapshot: every program needs these.
const esm = require('internal/modules/esm');
require('internal/modules/resolve-import');
const { Module, setEntry } = require('internal/modules/commonjs');

function start() {
  esm.install();
  const { path, format, source } = binding.modules.entry();
  if (format === 'module') {
    require('internal/modules/host').add(path);
    return esm.importEntry(path, source);
  }
  setEntry(path, source);
  const process = require('process');
  const module = new Module(path, null);
  module.id = '.';
  Object.defineProperty(process, 'mainModule', { value: module, writable: true, enumerable: true, configurable: true });
  Module._cache[path] = module;
  module.load(path);
  return undefined;
}

module.exports = { start };
