// assert: the function is `ok` itself.

const { codes } = require('internal/errors');
const { isError } = require('internal/util');

// Most programs that load assert never see one fail: what only a failure needs is loaded by it.
const inspect = (value) => require('internal/util/inspect').inspect(value);
const isDeepEqual = (a, b) => require('internal/util/comparisons').isDeepEqual(a, b);
const isDeepStrictEqual = (a, b) => require('internal/util/comparisons').isDeepStrictEqual(a, b);

function failWith(options) {
  if (options.message instanceof Error) throw options.message;
  const AssertionError = require('internal/assert/assertion-error');
  throw new AssertionError(options);
}

function failOk(fn, count, value, message) {
  let generated = false;
  if (count === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else if (message === undefined || message === null) {
    generated = true;
    message = require('internal/assert/source').expressionOf(fn);
  } else if (isError(message)) {
    throw message;
  }
  const AssertionError = require('internal/assert/assertion-error');
  const error = new AssertionError({ actual: value, expected: true, message, operator: '==', stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

function ok(...args) {
  if (!args[0]) failOk(ok, args.length, args[0], args[1]);
}
const assert = module.exports = ok;

let warned = false;

assert.fail = function fail(actual, expected, message, operator, stackStartFn) {
  const count = arguments.length;
  let internal;
  if ((actual === null || actual === undefined) && count <= 1) internal = 'Failed';
  else if (count === 1) {
    message = actual;
    actual = undefined;
  } else {
    if (!warned) {
      warned = true;
      require('process').emitWarning('assert.fail() with more than one argument is deprecated. ' +
        'Please use assert.strictEqual() instead or only pass a message.', 'DeprecationWarning', 'DEP0094');
    }
    if (count === 2) operator = '!=';
  }
  if (message instanceof Error) throw message;
  const options = { actual, expected, operator: operator === undefined ? 'fail' : operator, stackStartFn: stackStartFn || fail };
  if (message !== undefined) options.message = message;
  if (internal !== undefined) options.message = internal;
  const AssertionError = require('internal/assert/assertion-error');
  const error = new AssertionError(options);
  if (internal !== undefined) error.generatedMessage = true;
  throw error;
};

Object.defineProperty(assert, 'AssertionError', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    const value = require('internal/assert/assertion-error');
    Object.defineProperty(assert, 'AssertionError', { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    return value;
  },
  set(value) {
    Object.defineProperty(assert, 'AssertionError', { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  },
});

assert.ok = ok;

function needBoth(count) {
  if (count < 2) throw new codes.ERR_MISSING_ARGS('actual', 'expected');
}

const isNaNs = (a, b) => a !== a && b !== b;

assert.equal = function equal(actual, expected, message) {
  needBoth(arguments.length);
  // eslint-disable-next-line eqeqeq -- this is what it is for
  if (actual == expected || isNaNs(actual, expected)) return;
  failWith({ actual, expected, message, operator: '==', stackStartFn: equal });
};

assert.notEqual = function notEqual(actual, expected, message) {
  needBoth(arguments.length);
  // eslint-disable-next-line eqeqeq
  if (actual != expected && !isNaNs(actual, expected)) return;
  failWith({ actual, expected, message, operator: '!=', stackStartFn: notEqual });
};

assert.deepEqual = function deepEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (!isDeepEqual(actual, expected)) failWith({ actual, expected, message, operator: 'deepEqual', stackStartFn: deepEqual });
};

assert.notDeepEqual = function notDeepEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (isDeepEqual(actual, expected)) failWith({ actual, expected, message, operator: 'notDeepEqual', stackStartFn: notDeepEqual });
};

assert.deepStrictEqual = function deepStrictEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (isDeepStrictEqual(actual, expected)) return;
  failWith({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: deepStrictEqual });
};

assert.notDeepStrictEqual = function notDeepStrictEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (!isDeepStrictEqual(actual, expected)) return;
  failWith({ actual, expected, message, operator: 'notDeepStrictEqual', stackStartFn: notDeepStrictEqual });
};

assert.strictEqual = function strictEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (!Object.is(actual, expected)) failWith({ actual, expected, message, operator: 'strictEqual', stackStartFn: strictEqual });
};

assert.notStrictEqual = function notStrictEqual(actual, expected, message) {
  needBoth(arguments.length);
  if (Object.is(actual, expected)) failWith({ actual, expected, message, operator: 'notStrictEqual', stackStartFn: notStrictEqual });
};

const { throws, rejects, doesNotThrow, doesNotReject } = require('internal/assert/throws');
Object.assign(assert, { throws, rejects, doesNotThrow, doesNotReject });

assert.ifError = function ifError(error) {
  if (error === null || error === undefined) return;
  let message = 'ifError got unwanted exception: ';
  if (typeof error === 'object' && typeof error.message === 'string') {
    message += error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
  } else {
    message += inspect(error);
  }
  const AssertionError = require('internal/assert/assertion-error');
  const thrown = new AssertionError({ actual: error, expected: null, operator: 'ifError', message, stackStartFn: ifError });
  joinStacks(thrown, error.stack);
  throw thrown;
};

// Where the assertion was called is shown as far as the original error did not come that way too.
function joinStacks(thrown, original) {
  if (typeof original !== 'string' || typeof thrown.stack !== 'string') return;
  const start = original.indexOf('\n    at');
  if (start === -1) return;
  const before = original.slice(start + 1).split('\n');
  let after = thrown.stack.split('\n');
  for (const frame of before) {
    const at = after.indexOf(frame);
    if (at === -1) continue;
    after = after.slice(0, at);
    break;
  }
  thrown.stack = `${after.join('\n')}\n${before.join('\n')}`;
}

function checkMatch(string, regexp, message, fn, wanted) {
  if (!require('internal/util/types').isRegExp(regexp)) throw new codes.ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
  if (typeof string === 'string' && (RegExp.prototype.exec.call(regexp, string) !== null) === wanted) return;
  if (message instanceof Error) throw message;
  const generated = !message;
  if (generated) {
    if (typeof string !== 'string') {
      message = `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})`;
    } else {
      message = `The input ${wanted ? 'did not' : 'was expected to not'} match the regular expression ${inspect(regexp)}. ` +
        `Input:\n\n${inspect(string)}\n`;
    }
  }
  const AssertionError = require('internal/assert/assertion-error');
  const error = new AssertionError({ actual: string, expected: regexp, message, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = generated;
  throw error;
}

assert.match = function match(string, regexp, message) {
  checkMatch(string, regexp, message, match, true);
};

assert.doesNotMatch = function doesNotMatch(string, regexp, message) {
  checkMatch(string, regexp, message, doesNotMatch, false);
};

Object.defineProperty(assert, 'CallTracker', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => require('internal/assert/call-tracker'),
});

function strict(...args) {
  if (!args[0]) failOk(strict, args.length, args[0], args[1]);
}

for (const key of Object.keys(assert)) Object.defineProperty(strict, key, Object.getOwnPropertyDescriptor(assert, key));
Object.assign(strict, {
  equal: assert.strictEqual,
  notEqual: assert.notStrictEqual,
  deepEqual: assert.deepStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict = strict;
strict.strict = strict;
