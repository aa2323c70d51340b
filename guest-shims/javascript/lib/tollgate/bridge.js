// `tollgate:bridge`: the names of the bridge contract, as functions. Which there are, how each is called and which are
// served stands in `bridge-contract.json` alone, of which the build makes `internal/bridge/contract`.

const { groups, served } = require('internal/bridge/contract');
const { nodeError } = require('internal/errors');

// A function for each name that is served. Those of files are checks that give the work, see `internal/bridge/files`.
const works = () => ({
  __proto__: null,
  ...require('internal/bridge/crypto'),
  ...require('internal/bridge/facts'),
  ...require('internal/bridge/modules'),
  ...require('internal/bridge/python'),
  ...require('internal/bridge/stdio'),
});

let found;

function workOf(name, convention) {
  found ??= works();
  if (found[name] !== undefined) return found[name];
  const { files } = require('internal/bridge/files');
  if (convention === 'sync') return files[name] && ((...args) => files[name](...args)());
  const begin = files[name.replace(/Async$/, '')];
  return begin && ((...args) => require('internal/fs/perform')(begin(...args)));
}

// What a name that is not served answers at once, however it would be called: it is about the program, and not about an
// operation that failed.
function notServed(name) {
  return () => {
    throw nodeError(Error, 'ERR_BRIDGE_NOT_SERVED', `The bridge does not serve '${name}'`, { bridgeName: name });
  };
}

// What is asynchronous never throws: what is wrong with its arguments rejects its promise.
const promising = (work) => (...args) => {
  try {
    return Promise.resolve(work(...args));
  } catch (error) {
    return Promise.reject(error);
  }
};

// The work is looked for at the first call, so that a run that uses one name loads one file.
function serve(name, convention) {
  const wrapped = convention === 'async' ? promising : (work) => work;
  let work;
  return (...args) => {
    work ??= wrapped(workOf(name, convention));
    return work(...args);
  };
}

// Existing shims call references of their host's by these.
const applied = (fn) => ({ value: (self, args = []) => Reflect.apply(fn, self, args), writable: true, configurable: true });

function make(name, convention) {
  const answer = served.includes(name) ? serve(name, convention) : notServed(name);
  const fn = { [name](...args) { return answer(...args); } }[name];
  if (convention !== 'async') Object.defineProperties(fn, { applySync: applied(fn), applySyncPromise: applied(fn) });
  return fn;
}

for (const { convention, names } of groups) {
  for (const name of names) exports[name] = make(name, convention);
}
