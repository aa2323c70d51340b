// The messages of Node's error codes. Here are those of arguments and of what nearly every program may meet, the others
// are in the files beside.

const inspect = (value, options) => require('internal/util/inspect').inspect(value, options);

// "a", "a or b", "a, b, or c"
function list(words, last = 'or') {
  if (words.length < 3) return words.join(` ${last} `);
  return `${words.slice(0, -1).join(', ')}, ${last} ${words.at(-1)}`;
}

function received(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  let shown = inspect(value, { colors: false });
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return `type ${typeof value} (${shown})`;
}

const PRIMITIVES = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);

function argumentOrProperty(name) {
  if (name.endsWith(' argument')) return `The ${name}`;
  return `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
}

// `expected` mixes names of types, names of classes and free text: each of them is said in its own way.
function mustBe(expected) {
  const types = [];
  const classes = [];
  const others = [];
  for (const word of [expected].flat()) {
    if (PRIMITIVES.has(word)) types.push(word.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(word)) classes.push(word);
    else others.push(word);
  }
  if (classes.length > 0 && types.includes('object')) {
    types.splice(types.indexOf('object'), 1);
    classes.push('Object');
  }
  const parts = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types)}`);
  if (classes.length > 0) parts.push(`an instance of ${list(classes)}`);
  if (others.length > 1) parts.push(`one of ${list(others)}`);
  else if (others.length === 1) parts.push(/^[A-Z]/.test(others[0]) ? `an ${others[0]}` : others[0]);
  return parts.join(' or ');
}

// 1234567 → 1_234_567
const withUnderscores = (digits) => digits.replace(/\B(?=(?:\d{3})+(?!\d))/g, '_');

function outOfRange(name, range, input, replaced = false) {
  if (!range) throw new TypeError('ERR_OUT_OF_RANGE needs a range');
  let shown;
  if (Number.isInteger(input) && Math.abs(input) > 2 ** 32) shown = withUnderscores(String(input));
  else if (typeof input === 'bigint') {
    shown = String(input);
    if (input > 2n ** 32n || input < -(2n ** 32n)) shown = withUnderscores(shown);
    shown += 'n';
  } else shown = inspect(input);
  return `${replaced ? name : `The value of "${name}" is out of range.`} It must be ${range}. Received ${shown}`;
}

function invalidValue(name, value, reason = 'is invalid') {
  let shown = inspect(value);
  if (shown.length > 128) shown = `${shown.slice(0, 128)}...`;
  return `The ${name.includes('.') ? 'property' : 'argument'} '${name}' ${reason}. Received ${shown}`;
}

function missingArguments(...names) {
  const words = names.map((name) => Array.isArray(name) ? name.map((each) => `"${each}"`).join(' or ') : `"${name}"`);
  return `The ${list(words, 'and')} argument${words.length > 1 ? 's' : ''} must be specified`;
}

const returned = (value) => received(value);

const common = {
  __proto__: null,
  ABORT_ERR: ['Error', (message) => message],
  ERR_AMBIGUOUS_ARGUMENT: ['TypeError', (name, text) => `The "${name}" argument is ambiguous. ${text}`],
  ERR_ARG_NOT_ITERABLE: ['TypeError', (name) => `${name} must be iterable`],
  ERR_ASSERTION: ['Error', (message) => message],
  ERR_ASYNC_CALLBACK: ['TypeError', (name) => `${name} must be a function`],
  ERR_ASYNC_TYPE: ['TypeError', (name) => `Invalid name for async "type": ${name}`],
  ERR_BUFFER_OUT_OF_BOUNDS: ['RangeError',
    (name) => name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds'],
  ERR_BUFFER_TOO_LARGE: ['RangeError', (size) => `Cannot create a Buffer larger than ${size} bytes`],
  ERR_CONSOLE_WRITABLE_STREAM: ['TypeError', (name) => `Console expects a writable stream instance for ${name}`],
  ERR_CONTEXT_NOT_INITIALIZED: ['Error', 'context used is not initialized'],
  ERR_CONSTRUCT_CALL_REQUIRED: ['TypeError', (name) => `Class constructor ${name} cannot be invoked without \`new\``],
  ERR_ENCODING_INVALID_ENCODED_DATA: ['TypeError',
    (encoding) => `The encoded data was not valid for encoding ${encoding}`,
    (encoding, result) => ({ errno: result?.errno ?? result })],
  ERR_ENCODING_NOT_SUPPORTED: ['RangeError', (encoding) => `The "${encoding}" encoding is not supported`],
  ERR_EVENT_RECURSION: ['Error', (type) => `The event "${type}" is already being dispatched`],
  ERR_FALSY_VALUE_REJECTION: ['Error', 'Promise was rejected with falsy value', (reason) => ({ reason })],
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: ['TypeError', (name) =>
    `The feature ${name} is unavailable on the current platform, which is being used to run Node.js`],
  ERR_ILLEGAL_CONSTRUCTOR: ['TypeError', 'Illegal constructor'],
  ERR_INCOMPATIBLE_OPTION_PAIR: ['TypeError', (a, b) => `Option "${a}" cannot be used in combination with option "${b}"`],
  ERR_INTERNAL_ASSERTION: ['Error', (message) => message ?? 'The library contradicts itself'],
  ERR_INVALID_ARG_TYPE: ['TypeError',
    (name, expected, actual) => `${argumentOrProperty(name)} must be ${mustBe(expected)}. Received ${received(actual)}`],
  ERR_INVALID_ARG_VALUE: ['TypeError', invalidValue],
  ERR_INVALID_ARG_VALUE_RANGE: ['RangeError', invalidValue],
  ERR_INVALID_ASYNC_ID: ['RangeError', (type, id) => `Invalid ${type} value: ${id}`],
  ERR_INVALID_BUFFER_SIZE: ['RangeError', (bits) => `Buffer size must be a multiple of ${bits}`],
  ERR_INVALID_CHAR: ['TypeError',
    (name, field) => `Invalid character in ${name}${field === undefined ? '' : ` ["${field}"]`}`],
  ERR_INVALID_FD: ['RangeError', (fd) => `"fd" must be a positive integer: ${fd}`],
  ERR_INVALID_FD_TYPE: ['TypeError', (type) => `Unsupported fd type: ${type}`],
  ERR_INVALID_MIME_SYNTAX: ['TypeError', (part, text, at) =>
    `The MIME syntax for a ${part} in "${text}" is invalid${at === -1 ? '' : ` at ${at}`}`],
  ERR_INVALID_OBJECT_DEFINE_PROPERTY: ['TypeError', (message) => message],
  ERR_INVALID_RETURN_PROPERTY: ['TypeError', (expected, fn, property, value) =>
    `Expected a valid ${expected} to be returned for the "${property}" from the "${fn}" hook but got ${returned(value)}.`],
  ERR_INVALID_RETURN_PROPERTY_VALUE: ['TypeError', (expected, fn, property, value) =>
    `Expected ${expected} to be returned for the "${property}" from the "${fn}" hook but got ${returned(value)}.`],
  ERR_INVALID_RETURN_VALUE: ['TypeError', (expected, fn, value) =>
    `Expected ${expected} to be returned from the "${fn}" function but got ${returned(value)}.`],
  ERR_INVALID_STATE: ['Error', (text) => `Invalid state: ${text}`],
  ERR_INVALID_STATE_TYPE: ['TypeError', (text) => `Invalid state: ${text}`],
  ERR_INVALID_STATE_RANGE: ['RangeError', (text) => `Invalid state: ${text}`],
  ERR_INVALID_THIS: ['TypeError', (type) => `Value of "this" must be of type ${type}`],
  ERR_INVALID_TUPLE: ['TypeError', (name, kind) => `${name} must be an iterable ${kind} tuple`],
  ERR_INVALID_URI: ['URIError', 'URI malformed'],
  ERR_METHOD_NOT_IMPLEMENTED: ['Error', (name) => `The ${name} method is not implemented`],
  ERR_MISSING_ARGS: ['TypeError', missingArguments],
  ERR_MISSING_OPTION: ['TypeError', (name) => `${name} is required`],
  ERR_NO_CRYPTO: ['Error', 'Node.js is not compiled with OpenSSL crypto support'],
  ERR_NO_ICU: ['TypeError', (name) => `${name} is not supported on Node.js compiled without ICU`],
  ERR_OPERATION_FAILED: ['Error', (text) => `Operation failed: ${text}`],
  ERR_OUT_OF_RANGE: ['RangeError', outOfRange],
  ERR_STRING_TOO_LONG: ['Error', (length) => `Cannot create a string longer than 0x${length.toString(16)} characters`],
  ERR_UNAVAILABLE_DURING_EXIT: ['Error', 'Cannot call function in process exit handler'],
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: ['Error', '`process.setupUncaughtExceptionCapture()` was called while a ' +
    'capture callback was already active'],
  ERR_UNHANDLED_ERROR: ['Error', (error) => error === undefined ? 'Unhandled error.' : `Unhandled error. (${error})`],
  ERR_UNKNOWN_CREDENTIAL: ['Error', (type, name) => `${type} identifier does not exist: ${name}`],
  ERR_UNKNOWN_ENCODING: ['TypeError', (encoding) => require('internal/util/inspect').format('Unknown encoding: %s', encoding)],
  ERR_UNKNOWN_SIGNAL: ['TypeError', (signal, uppercase = false) =>
    `Unknown signal: ${signal}${uppercase ? ' (signals must use all capital letters)' : ''}`],
  ERR_USE_AFTER_CLOSE: ['Error', (name) => `${name} was closed`],
  ERR_SYNTHETIC: ['Error', 'JavaScript Callstack'],
  ERR_SYSTEM_ERROR: ['SystemError', 'A system error occurred'],
};

exports.received = received;
exports.list = list;
exports.messages = Object.assign(common, require('internal/errors/messages-modules'),
                                 require('internal/errors/messages-io'));
