// What a run begins with: the file that the host chose. Gives the promise of its evaluation where it is an ES module.

function start() {
  require('internal/modules/esm').install();
  const { path, format, source } = binding.modules.entry();
  if (format === 'module') {
    require('internal/modules/host').add(path);
    return require('internal/modules/esm').importEntry(path, source);
  }
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

module.exports = { start };
