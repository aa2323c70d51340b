// DOMException: an error by its prototype, but with `name`, `message` and `code` as accessors, as Web IDL asks.

const names = [
  // The position is the legacy code; the holes are codes that the standard gave up.
  undefined, 'IndexSizeError', undefined, 'HierarchyRequestError', 'WrongDocumentError', 'InvalidCharacterError',
  undefined, 'NoModificationAllowedError', 'NotFoundError', 'NotSupportedError', 'InUseAttributeError',
  'InvalidStateError', 'SyntaxError', 'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', undefined,
  'TypeMismatchError', 'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError', 'QuotaExceededError',
  'TimeoutError', 'InvalidNodeTypeError', 'DataCloneError',
];

const constants = [
  'INDEX_SIZE_ERR', 'DOMSTRING_SIZE_ERR', 'HIERARCHY_REQUEST_ERR', 'WRONG_DOCUMENT_ERR', 'INVALID_CHARACTER_ERR',
  'NO_DATA_ALLOWED_ERR', 'NO_MODIFICATION_ALLOWED_ERR', 'NOT_FOUND_ERR', 'NOT_SUPPORTED_ERR', 'INUSE_ATTRIBUTE_ERR',
  'INVALID_STATE_ERR', 'SYNTAX_ERR', 'INVALID_MODIFICATION_ERR', 'NAMESPACE_ERR', 'INVALID_ACCESS_ERR',
  'VALIDATION_ERR', 'TYPE_MISMATCH_ERR', 'SECURITY_ERR', 'NETWORK_ERR', 'ABORT_ERR', 'URL_MISMATCH_ERR',
  'QUOTA_EXCEEDED_ERR', 'TIMEOUT_ERR', 'INVALID_NODE_TYPE_ERR', 'DATA_CLONE_ERR',
];

class DOMException {
  #name;
  #message;

  constructor(message = '', options = 'Error') {
    // An error made beside this object lends it a stack; the object itself cannot come out of Error(), which would
    // give it a `message` of its own.
    this.#message = `${message}`;
    if (options !== null && typeof options === 'object') {
      this.#name = 'name' in options ? `${options.name}` : 'Error';
      if ('cause' in options) {
        Object.defineProperty(this, 'cause', {
          value: options.cause, configurable: true, enumerable: false, writable: true,
        });
      }
    } else {
      this.#name = `${options}`;
    }
    const head = this.#message === '' ? this.#name : `${this.#name}: ${this.#message}`;
    if (typeof Error.captureStackTrace === 'function') {
      const holder = {};
      Error.captureStackTrace(holder, new.target);
      const frames = String(holder.stack);
      // V8 puts a head line in front, QuickJS only has the frames.
      const first = /^\s*at /.test(frames) ? frames : frames.split('\n').slice(1).join('\n');
      Object.defineProperty(this, 'stack', {
        value: first === '' ? head : `${head}\n${first}`, configurable: true, enumerable: false, writable: true,
      });
    }
  }

  get name() { return this.#name; }
  get message() { return this.#message; }
  get code() {
    const code = names.indexOf(this.#name);
    return code > 0 ? code : 0;
  }

  static isDOMException(value) { return value !== null && typeof value === 'object' && #name in value; }
}

const isDOMException = DOMException.isDOMException;
delete DOMException.isDOMException;

Object.setPrototypeOf(DOMException.prototype, Error.prototype);
Object.defineProperties(DOMException.prototype, {
  [Symbol.toStringTag]: { configurable: true, value: 'DOMException' },
  name: { enumerable: true },
  message: { enumerable: true },
  code: { enumerable: true },
});
for (let i = 0; i < constants.length; i++) {
  const constant = { enumerable: true, value: i + 1 };
  Object.defineProperty(DOMException, constants[i], constant);
  Object.defineProperty(DOMException.prototype, constants[i], constant);
}

exports.DOMException = DOMException;
exports.isDOMException = isDOMException;
