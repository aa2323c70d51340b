// Errors as Node makes them: with a code, which also stands in the first line of the stack.

function toStringWithCode() {
  return `${this.name} [${this.code}]: ${this.message}`;
}

// Without a prototype: a program may have put a `get` on Object.prototype.
const hidden = (value) => ({ __proto__: null, value, enumerable: false, writable: true, configurable: true });

// A stack that was written before the code was known; one that is made when it is looked at asks `codeInStack`.
function nameInStack(error, from, to) {
  const descriptor = Object.getOwnPropertyDescriptor(error, 'stack');
  if (descriptor === undefined || descriptor.get !== undefined) return;
  const { value: stack } = descriptor;
  if (typeof stack !== 'string' || !stack.startsWith(from)) return;
  Object.defineProperty(error, 'stack', hidden(to + stack.slice(from.length)));
}

function finish(error, code) {
  Object.defineProperty(error, 'toString', hidden(toStringWithCode));
  nameInStack(error, error.name, `${error.name} [${code}]`);
  error.code = code;
  return error;
}

const codeInStack = (error) =>
  Object.hasOwn(error, 'toString') && error.toString === toStringWithCode ? ` [${error.code}]` : '';

// `fields` are set before the code, as their order is seen by `Object.keys`.
function nodeError(Base, code, message, fields) {
  const error = new Base(message);
  finish(error, code);
  // Defined, not set: a program may have put setters on the prototypes of errors.
  for (const key in fields) {
    Object.defineProperty(error, key, { value: fields[key], enumerable: true, writable: true, configurable: true });
  }
  return error;
}

// ---- errors of the system -----------------------------------------------------------------------------------------

const UNKNOWN_SYSTEM = [-4094, 'unknown error'];
const systemEntry = (code) => require('internal/errors/system').byCode[code] ?? UNKNOWN_SYSTEM;

function systemError({ code, syscall, path, dest, message }) {
  const [errno, text] = systemEntry(code);
  let shown = `${code}: ${message ?? text}, ${syscall}`;
  if (path !== undefined) shown += ` '${path}'`;
  if (dest !== undefined) shown += ` -> '${dest}'`;
  const error = new Error(shown);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

// Whose context `info` can be read, and partly set, through the error.
function systemKind(code, prefix) {
  return class NodeError extends Error {
    constructor(context) {
      let message = `${prefix}: ${context.syscall} returned ${context.code} (${context.message})`;
      if (context.path !== undefined) message += ` ${context.path}`;
      if (context.dest !== undefined) message += ` => ${context.dest}`;
      super(message);
      Object.defineProperty(this, 'name', hidden('SystemError'));
      this.code = code;
      Object.defineProperty(this, 'info', { __proto__: null, value: context, enumerable: true, configurable: true, writable: false });
      for (const key of ['errno', 'syscall', 'path', 'dest']) {
        if ((key === 'path' || key === 'dest') && context[key] === undefined) continue;
        Object.defineProperty(this, key, {
          __proto__: null,
          enumerable: true,
          configurable: true,
          get: () => context[key],
          set: (value) => { context[key] = value; },
        });
      }
      Object.defineProperty(this, 'toString', hidden(toStringWithCode));
      nameInStack(this, 'Error', 'SystemError');
      nameInStack(this, 'SystemError', `SystemError [${code}]`);
    }
  };
}

// ---- errors with a code of Node ------------------------------------------------------------------------------------

// An entry is [base, message] or [base, (…args) => message, (…args) => further properties].
function kindOf(code) {
  const { messages } = require('internal/errors/messages');
  const entry = messages[code];
  if (entry === undefined) return undefined;
  const [base, text, fields] = entry;
  if (base === 'SystemError') return systemKind(code, text);
  const kind = (Base) => function NodeError(...args) {
    const message = typeof text === 'string' ? text : Reflect.apply(text, undefined, args);
    return nodeError(Base, code, message, fields === undefined ? undefined : Reflect.apply(fields, undefined, args));
  };
  const made = kind(globalThis[base]);
  if (code === 'ERR_INVALID_ARG_VALUE') made.RangeError = kind(RangeError);
  return made;
}

const codes = new Proxy({}, {
  get(made, code) {
    if (typeof code !== 'string') return undefined;
    if (made[code] === undefined) made[code] = kindOf(code);
    if (made[code] === undefined) throw new Error(`No message is known for the error code ${code}`);
    return made[code];
  },
  has: (made, code) => code in require('internal/errors/messages').messages,
});

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    super(message, options);
    nameInStack(this, 'Error', 'AbortError');
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

// Node hides the frames of its checks; ours are left out of every stack by their file name.
const hideStackFrames = (fn) => fn;

// What is thrown when, while one error is handled, another one happens.
function aggregateErrors(inner, outer) {
  if (inner && outer && inner !== outer) {
    if (Array.isArray(outer.errors)) {
      outer.errors.push(inner);
      return outer;
    }
    const both = new AggregateError([outer, inner], outer.message);
    both.code = outer.code;
    return both;
  }
  return inner || outer;
}

exports.codes = codes;
exports.codeInStack = codeInStack;
exports.AbortError = AbortError;
exports.systemError = systemError;
exports.hideStackFrames = hideStackFrames;
exports.aggregateErrors = aggregateErrors;
exports.aggregateTwoErrors = aggregateErrors;
exports.nodeError = nodeError;
exports.determineSpecificType = (value) => require('internal/errors/messages').received(value);
