// What a run begins with: the file that the host chose. Gives the promise of its evaluation where it is an ES module.

function start() {
  require('internal/modules/esm').install();
  const { path, format, source } = binding.modules.entry();
  if (format === 'module') return importEntry(path);
  const { Module, setEntry } = require('internal/modules/commonjs');
  setEntry(path, source);
  const process = require('process');
  const module = new Module(path, null);
  module.id = '.';
  Object.defineProperty(process, 'mainModule', { value: module, writable: true, enumerable: true, configurable: true });
  Module._cache[path] = module;
  module.load(path);
  return undefined;
}

function importEntry(path) {
  return binding.vm.importModule(require('internal/url').pathToFileURL(path).href);
}

module.exports = { start };
