// Modules of which nothing can work here. They can be loaded, because packages load them without using them; each of
// their functions says that it is not there, and so does each of their classes when an instance is made.

const { codes } = require('internal/errors');

function unavailableFunction(name, feature) {
  const fn = { [name]() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature); } }[name];
  return fn;
}

// A class may be extended by a package at load time, so it has a prototype.
function unavailableClass(name, feature, Base) {
  const holder = Base === undefined ? {
    [name]: class { constructor() { throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature); } },
  } : {
    [name]: class extends Base {
      constructor() {
        super();
        throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature);
      }
    },
  };
  return holder[name];
}

function fill(target, moduleName, functions, classes = [], base = undefined) {
  for (const name of functions) target[name] = unavailableFunction(name, `${moduleName}.${name}`);
  for (const name of classes) {
    let made;
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: true,
      get() { return made ??= unavailableClass(name, `${moduleName}.${name}`, base?.(name)); },
      set(value) { made = value; },
    });
  }
  return target;
}

module.exports = { fill, unavailableFunction, unavailableClass };
