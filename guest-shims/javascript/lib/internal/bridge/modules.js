// How modules are found and loaded, by the host alone: what the program was granted besides is not looked at.

const { codes } = require('internal/errors');
const { validateArray, validateOneOf, validateString } = require('internal/validators');

const { modules } = binding;

// The host takes UTF-8, and half a character is none.
function validateText(value, name) {
  validateString(value, name);
  if (!value.isWellFormed()) throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be well-formed Unicode');
}

// What the host bounds by ending the guest.
const mostRequests = 4096;

// Null where there is nothing; everything else that goes wrong is told.
function orNull(work) {
  try {
    return work();
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function resolve(specifier, fromDir, mode = 'require') {
  validateText(specifier, 'specifier');
  validateText(fromDir, 'fromDir');
  validateOneOf(mode, 'mode', ['require', 'import']);
  return orNull(() => modules.resolve(specifier, fromDir, mode));
}

function load(path) {
  validateText(path, 'path');
  return orNull(() => modules.load(path));
}

module.exports = {
  _resolveModule: resolve,
  _resolveModuleSync: resolve,
  _loadFile: load,
  _loadFileSync: load,
  _moduleFormat(filename) {
    validateText(filename, 'filename');
    return modules.format(filename) ?? null;
  },
  _batchResolveModules(requests) {
    validateArray(requests, 'requests');
    if (requests.length > mostRequests) {
      throw new codes.ERR_OUT_OF_RANGE('requests.length', `<= ${mostRequests}`, requests.length);
    }
    const flat = [];
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i];
      validateArray(request, `requests[${i}]`);
      validateText(request[0], `requests[${i}][0]`);
      validateText(request[1], `requests[${i}][1]`);
      flat.push(request[0], request[1]);
    }
    const answers = binding.bridge.batchResolve(flat);
    return requests.map((_, i) => (answers[2 * i] === null || answers[2 * i] === undefined ? null :
      { resolved: answers[2 * i], source: answers[2 * i + 1] }));
  },
};
