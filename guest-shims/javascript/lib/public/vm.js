// The module `vm`: scripts in the one context that there is. Another context would need globals of its own, which the
// engine does not make here.

const { codes } = require('internal/errors');
const { validateObject, validateString } = require('internal/validators');
const { fill } = require('internal/unavailable');

const unavailable = (feature) => new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(feature);

function nameOf(options) {
  if (typeof options === 'string') return options;
  if (options === undefined) return 'evalmachine.<anonymous>';
  validateObject(options, 'options');
  const { filename = 'evalmachine.<anonymous>' } = options;
  validateString(filename, 'options.filename');
  return filename;
}

class Script {
  #source;
  #name;

  constructor(code, options = undefined) {
    this.#source = `${code}`;
    this.#name = nameOf(options);
  }

  runInThisContext() {
    return binding.vm.script(this.#source, this.#name);
  }

  runInContext() { throw unavailable('vm.Script.prototype.runInContext'); }
  runInNewContext() { throw unavailable('vm.Script.prototype.runInNewContext'); }
  createCachedData() { throw unavailable('vm.Script.prototype.createCachedData'); }
}

exports.Script = Script;

exports.runInThisContext = function runInThisContext(code, options) {
  validateString(code, 'code');
  return binding.vm.script(code, nameOf(options));
};

exports.compileFunction = function compileFunction(code, params = [], options = undefined) {
  validateString(code, 'code');
  require('internal/validators').validateStringArray(params, 'params');
  if (options?.parsingContext !== undefined) throw unavailable('vm.compileFunction with a context');
  const name = options?.filename ?? '';
  return binding.vm.compile(code, name, params);
};

exports.isContext = function isContext(object) {
  validateObject(object, 'object', { allowArray: true, allowFunction: true });
  return false;
};

fill(exports, 'vm', ['createContext', 'createScript', 'measureMemory', 'runInContext', 'runInNewContext'],
     ['Module', 'SourceTextModule', 'SyntheticModule']);
