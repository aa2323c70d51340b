// A program that is built into a component of its own: compiled before any run, with all that it asks of the library.

const { modules } = binding;

function prepare(names) {
  const esm = require('internal/modules/esm');
  const commonjs = require('internal/modules/commonjs');
  const builtins = require('internal/modules/builtins');
  esm.install();
  for (const name of names) require(name);
  for (const target of modules.targets(false)) {
    if (/^(?:node|tollgate):/.test(target) && builtins.nameOf(target) !== undefined) builtins.load(builtins.nameOf(target));
  }
  const list = modules.files();
  const formats = new Map();
  for (let at = 0; at < list.length; at += 2) formats.set(list[at], list[at + 1]);
  const { path: entry } = modules.entry();
  for (const [path, format] of formats) {
    try {
      if (format === 'module') esm.declare(path);
      else if (format === 'commonjs') commonjs.precompile(path);
    } catch (error) {
      // It may never be loaded, and where it is the error comes then.
      if (path === entry) throw error;
    }
  }
  // The entry first, as in a run.
  for (const [path, format] of [[entry, formats.get(entry)], ...formats]) if (format === 'module') esm.link(path);
  const { exportedNames } = require('internal/modules/exported-names');
  for (const path of modules.targets(true)) if (formats.get(path) === 'commonjs') exportedNames(path);
}

module.exports = { prepare };
