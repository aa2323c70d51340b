// What a Python inside the JavaScript engine asks its shim for: a request with a method, for files. Python here is a
// component by itself, which reaches files by WASI; the name serves shims that were written for the other arrangement.

const { nodeError } = require('internal/errors');
const { validateBoolean, validateObject, validateString } = require('internal/validators');
const { asBase64 } = require('internal/bridge/values');

const files = () => require('internal/bridge/files').files;
const pathOf = ({ path }) => {
  validateString(path, 'request.path');
  return path;
};
const of = (name) => (request, ...rest) => files()[name](pathOf(request), ...rest)();
const empty = (name) => (request) => {
  of(name)(request);
  return {};
};

const methods = {
  __proto__: null,
  fsRead: (request) => ({ contentBase64: asBase64(of('_fsReadFileBinary')(request)) }),
  fsWrite(request) {
    validateString(request.contentBase64, 'request.contentBase64');
    of('_fsWriteFileBinary')(request, request.contentBase64);
    return {};
  },
  fsStat: (request) => ({ stat: of('_fsStat')(request) }),
  fsLstat: (request) => ({ stat: of('_fsLstat')(request) }),
  fsReaddir: (request) => ({ entries: of('_fsReadDir')(request).map((each) => each.name) }),
  fsMkdir(request) {
    const { recursive = false } = request;
    validateBoolean(recursive, 'request.recursive');
    of('_fsMkdir')(request, recursive);
    return {};
  },
  fsUnlink: empty('_fsUnlink'),
  fsRmdir: empty('_fsRmdir'),
  fsRename(request) {
    validateString(request.destination, 'request.destination');
    of('_fsRename')(request, request.destination);
    return {};
  },
};

function rpc(request) {
  validateObject(request, 'request');
  const { method } = request;
  validateString(method, 'request.method');
  const work = methods[method];
  if (work !== undefined) return work(request);
  const name = `_pythonRpc(${method})`;
  throw nodeError(Error, 'ERR_BRIDGE_NOT_SERVED', `The bridge does not serve '${name}'`, { bridgeName: name });
}

module.exports = {
  _pythonRpc: rpc,
};
