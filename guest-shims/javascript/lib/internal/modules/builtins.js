// The modules of the library as the program names them.

const library = require('internal/library');

// These were added to Node after every short name could be taken by a package.
const onlyWithPrefix = new Set(['test', 'test/reporters', 'sea', 'sqlite']);

const exists = (name) => typeof name === 'string' && library.has(name);

// The name of a module of the library without `node:`, or undefined. Ours have `tollgate:` always.
function nameOf(request) {
  if (request.startsWith('node:')) {
    const name = request.slice(5);
    return !name.includes(':') && exists(name) ? name : undefined;
  }
  return exists(request) && !onlyWithPrefix.has(request) ? request : undefined;
}

const isBuiltin = (request) => typeof request === 'string' && nameOf(request) !== undefined;

let list;

function builtinModules() {
  list ??= library.builtins().filter((name) => !onlyWithPrefix.has(name)).sort();
  return list;
}

function load(name) {
  if (name === 'process') return require('process');
  return require(name);
}

module.exports = { builtinModules, isBuiltin, load, nameOf };
