// The call sites that a program's Error.prepareStackTrace gets: the engine's own know fewer questions than those of
// Node, and packages that ask (depd, and with it express) do so while they load.

function toText(site) {
  const name = site.getFunctionName();
  const file = site.getFileName();
  const place = site.isNative() || !file ? 'native' : `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return name ? `${name} (${place})` : place;
}

// What the engine does not keep is answered as Node answers where it does not know.
const missing = {
  getEnclosingColumnNumber() { return this.getColumnNumber(); },
  getEnclosingLineNumber() { return this.getLineNumber(); },
  getEvalOrigin() { return undefined; },
  getMethodName() { return null; },
  getPosition() { return 0; },
  getPromiseIndex() { return null; },
  getScriptHash() { return ''; },
  getScriptNameOrSourceURL() { return this.getFileName(); },
  getThis() { return undefined; },
  getTypeName() { return null; },
  isAsync() { return false; },
  isConstructor() { return false; },
  isEval() { return false; },
  isPromiseAll() { return false; },
  isToplevel() { return true; },
  toString() { return toText(this); },
};

module.exports = function completeCallSites() {
  const before = Error.prepareStackTrace;
  let site;
  try {
    Error.prepareStackTrace = (error, sites) => {
      [site] = sites;
      return '';
    };
    void new Error().stack;
  } finally {
    Error.prepareStackTrace = before;
  }
  const prototype = site && Object.getPrototypeOf(site);
  // The names of the engine's own class only: an object of another kind is left alone.
  if (!prototype || prototype === Object.prototype || typeof prototype.getFileName !== 'function') return;
  for (const name of Object.keys(missing)) {
    if (Object.hasOwn(prototype, name)) continue;
    Object.defineProperty(prototype, name, {
      value: missing[name], configurable: true, enumerable: false, writable: true,
    });
  }
};
