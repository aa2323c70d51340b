// The names that a CommonJS file seems to export, found without running it: what `import { name } from` can ask for.

const path = require('path');
const builtins = require('internal/modules/builtins');
const host = require('internal/modules/host');

const known = new Map();

function exportedNames(filename, source) {
  let names = known.get(filename);
  if (names === undefined) {
    names = new Set();
    // Before it is filled: files may export each other's names in a circle.
    known.set(filename, names);
    collect(filename, source ?? host.text(filename), names);
  }
  return names;
}

function collect(filename, source, names) {
  let found;
  try {
    found = require('vendor/cjs-module-lexer/lexer').parse(source);
  } catch {
    return;             // What is no CommonJS shows when it is evaluated.
  }
  for (const name of found.exports) names.add(name);
  for (const request of found.reexports) {
    for (const name of namesOf(request, filename)) names.add(name);
  }
}

function namesOf(request, filename) {
  const builtin = builtins.nameOf(request);
  if (builtin !== undefined) return Object.keys(builtins.load(builtin));
  const { Module } = require('internal/modules/commonjs');
  let target;
  try {
    const parent = { id: filename, filename, path: path.dirname(filename), paths: Module._nodeModulePaths(path.dirname(filename)) };
    target = Module._resolveFilename(request, parent, false);
  } catch {
    return [];
  }
  return host.format(target) === 'commonjs' ? exportedNames(target) : [];
}

module.exports = { exportedNames };
