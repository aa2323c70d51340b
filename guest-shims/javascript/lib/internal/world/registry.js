// The modules that stand for what the world imports, by the specifiers that lead to them. Empty in every program but
// one that was built for a world of the user's own: `internal/world/imports` fills it.

const modules = new Map();

const prefix = 'tollgate:world/';

// What a specifier leads to. A name that could be a package's is only the program's own to use: what lies in
// node_modules was written for no world.
function find(specifier, from) {
  if (modules.size === 0) return undefined;
  const module = modules.get(specifier);
  if (module === undefined || (!specifier.includes(':') && `${from}`.includes('/node_modules/'))) return undefined;
  return module;
}

module.exports = { find, modules, prefix };
