// throws, rejects and their contraries.

const AssertionError = require('internal/assert/assertion-error');
const { codes } = require('internal/errors');
const { isError } = require('internal/util');
const { isDeepStrictEqual } = require('internal/util/comparisons');
const { inspect } = require('internal/util/inspect');
const { isPromise, isRegExp } = require('internal/util/types');
const { validateFunction } = require('internal/validators');

const NOTHING = Symbol('no exception');

function fail(options) {
  if (options.message instanceof Error) throw options.message;
  throw new AssertionError(options);
}

// ---- what happened -------------------------------------------------------------------------------------------------

function run(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

const isPromiseLike = (value) => isPromise(value) ||
  value !== null && typeof value === 'object' && typeof value.then === 'function' && typeof value.catch === 'function';

async function settle(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === 'function') {
    promise = promiseFn();
    if (!isPromiseLike(promise)) throw new codes.ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', promise);
  } else if (!isPromiseLike(promiseFn)) {
    throw new codes.ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

// ---- what was expected ---------------------------------------------------------------------------------------------

const matches = (pattern, text) => RegExp.prototype.exec.call(pattern, text) !== null;

// Its name and its keys are seen in the message.
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object)) continue;
      const fits = actual !== undefined && typeof actual[key] === 'string' && isRegExp(object[key]) &&
        matches(object[key], actual[key]);
      this[key] = fits ? actual[key] : object[key];
    }
  }
}

function checkKey(actual, expected, key, message, keys, fn) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (!message) {
    const error = new AssertionError({
      actual: new Comparison(actual, keys),
      expected: new Comparison(expected, keys, actual),
      operator: 'deepStrictEqual',
      stackStartFn: fn,
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = fn.name;
    throw error;
  }
  fail({ actual, expected, message, operator: fn.name, stackStartFn: fn });
}

function checkObject(actual, expected, message, fn) {
  if (typeof actual !== 'object' || actual === null) {
    const error = new AssertionError({ actual, expected, message, operator: 'deepStrictEqual', stackStartFn: fn });
    error.operator = fn.name;
    throw error;
  }
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw new codes.ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
  for (const key of keys) {
    if (typeof actual[key] === 'string' && isRegExp(expected[key]) && matches(expected[key], actual[key])) continue;
    checkKey(actual, expected, key, message, keys, fn);
  }
}

// The message where it does not fit, undefined where it does.
function mismatch(actual, expected) {
  if (typeof expected !== 'function') {
    const text = String(actual);
    if (matches(expected, text)) return undefined;
    return `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
  }
  if (expected.prototype !== undefined && actual instanceof expected) return undefined;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    let text = `The error is expected to be an instance of "${expected.name}". Received `;
    if (!isError(actual)) return `${text}"${inspect(actual, { depth: -1 })}"`;
    const name = actual.constructor?.name || actual.name;
    text += name === expected.name ? 'an error with identical name but a different prototype.' : `"${name}"`;
    return `${text}\n\nError message:\n\n${actual.message}`;
  }
  const result = Reflect.apply(expected, {}, [actual]);
  if (result === true) return undefined;
  const name = expected.name ? `"${expected.name}" ` : '';
  let text = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
  if (isError(actual)) text += `\n\nCaught error:\n\n${actual}`;
  return text;
}

function checkException(actual, expected, message, fn) {
  if (typeof expected !== 'function' && !isRegExp(expected)) {
    checkObject(actual, expected, message, fn);
    return;
  }
  const problem = mismatch(actual, expected);
  if (problem === undefined) return;
  if (message instanceof Error) throw message;
  const error = new AssertionError({ actual, expected, message: message || problem, operator: fn.name, stackStartFn: fn });
  error.generatedMessage = !message;
  throw error;
}

function expectError(fn, isAsync, actual, rest) {
  let [error, message] = rest;
  const kinds = ['Object', 'Error', 'Function', 'RegExp'];
  if (typeof error === 'string') {
    if (rest.length === 2) throw new codes.ERR_INVALID_ARG_TYPE('error', kinds, error);
    if (typeof actual === 'object' && actual !== null) {
      if (actual.message === error) {
        throw new codes.ERR_AMBIGUOUS_ARGUMENT('error/message', `The error message "${actual.message}" is identical to the message.`);
      }
    } else if (actual === error) {
      throw new codes.ERR_AMBIGUOUS_ARGUMENT('error/message', `The error "${actual}" is identical to the message.`);
    }
    message = error;
    error = undefined;
  } else if (error !== null && error !== undefined && typeof error !== 'object' && typeof error !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE('error', kinds, error);
  }

  if (actual === NOTHING) {
    const details = `${error?.name ? ` (${error.name})` : ''}${message ? `: ${message}` : '.'}`;
    fail({
      actual: undefined,
      expected: error,
      operator: fn.name,
      message: `Missing expected ${isAsync ? 'rejection' : 'exception'}${details}`,
      stackStartFn: fn,
    });
  }
  if (error) checkException(actual, error, message, fn);
}

function fits(actual, expected) {
  if (typeof expected !== 'function') {
    if (isRegExp(expected)) return matches(expected, String(actual));
    throw new codes.ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}

function expectNone(fn, isAsync, actual, error, message) {
  if (actual === NOTHING) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (!error || fits(actual, error)) {
    fail({
      actual,
      expected: error,
      operator: fn.name,
      message: `Got unwanted ${isAsync ? 'rejection' : 'exception'}${message ? `: ${message}` : '.'}\n` +
        `Actual message: "${actual && actual.message}"`,
      stackStartFn: fn,
    });
  }
  throw actual;
}

// Nobody of the program is on the stack any more when a promise is settled: say at least which assertion it was.
function namingCaller(fn, check) {
  try {
    check();
  } catch (error) {
    if (error instanceof AssertionError && typeof error.stack === 'string' && !error.stack.includes(`at async ${fn.name}`)) {
      error.stack += `\n    at async ${fn.name} (<anonymous>)`;
    }
    throw error;
  }
}

module.exports = {
  fail,

  throws: function throws(fn, ...rest) {
    expectError(throws, false, run(fn), rest);
  },

  rejects: async function rejects(promiseFn, ...rest) {
    const actual = await settle(promiseFn);
    namingCaller(rejects, () => expectError(rejects, true, actual, rest));
  },

  doesNotThrow: function doesNotThrow(fn, error, message) {
    expectNone(doesNotThrow, false, run(fn), error, message);
  },

  doesNotReject: async function doesNotReject(promiseFn, error, message) {
    const actual = await settle(promiseFn);
    namingCaller(doesNotReject, () => expectNone(doesNotReject, true, actual, error, message));
  },
};
