// What a failed assertion throws.

const { difference, isPrimitive, shortened, show, signs, titles } = require('internal/assert/diff');
const { customInspect } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { validateObject } = require('internal/validators');

const isErrorObject = (value) => typeof value === 'object' && value !== null && 'stack' in value && value instanceof Error;

// Stacks would differ always: the copies have none.
function withoutStack(error) {
  const copy = Object.assign({ __proto__: Object.getPrototypeOf(error) }, error);
  return Object.defineProperty(copy, 'message', { __proto__: null, value: error.message });
}

const cut = (text, length) => text.length > length ? `${text.slice(0, length - 3)}...` : text;

function messageOf(actual, expected, operator) {
  if (isErrorObject(actual) && isErrorObject(expected)) {
    actual = withoutStack(actual);
    expected = withoutStack(expected);
  }

  if (operator === 'deepStrictEqual' || operator === 'strictEqual') return difference(actual, expected, operator);

  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') {
    const title = operator === 'notStrictEqual' && !isPrimitive(actual) ? titles.notStrictEqualObject : titles[operator];
    const lines = shortened(show(actual).split('\n'), signs());
    if (lines.length > 1) return `${title}\n\n${lines.join('\n')}\n`;
    return `${title}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
  }

  const left = show(actual);
  const right = show(expected);
  if (operator === 'notDeepEqual' && left === right) return cut(`${titles[operator]}\n\n${left}`, 1024);
  const shownLeft = cut(left, 512);
  const shownRight = cut(right, 512);
  if (operator === 'deepEqual') return `${titles.deepEqual}\n\n${shownLeft}\n\nshould loosely deep-equal\n\n${shownRight}`;
  if (operator === 'notDeepEqual') {
    return `${titles.notDeepEqualUnequal}\n\n${shownLeft}\n\nshould not loosely deep-equal\n\n${shownRight}`;
  }
  return `${shownLeft} ${operator} ${shownRight}`;
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const { actual, expected, message, operator, stackStartFn, details, stackStartFunction } = options;

    // The stack is taken below, from where the assertion was called.
    const limit = Error.stackTraceLimit;
    const isWritable = Object.isExtensible(Error) && Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable !== false;
    if (isWritable) Error.stackTraceLimit = 0;
    try {
      super(message !== undefined && message !== null ? String(message) : messageOf(actual, expected, operator));
    } finally {
      if (isWritable) Error.stackTraceLimit = limit;
    }

    this.generatedMessage = !message;
    Object.defineProperty(this, 'name', {
      __proto__: null, value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (let i = 0; i < details.length; i++) {
        this[`message ${i}`] = details[i].message;
        this[`actual ${i}`] = details[i].actual;
        this[`expected ${i}`] = details[i].expected;
        this[`operator ${i}`] = details[i].operator;
        this[`stack trace ${i}`] = details[i].stack;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    Error.captureStackTrace?.(this, stackStartFn || stackStartFunction);
    // An engine may write the stack only when it is first read: the name must be the long one then. (A read whose value is
    // not used may be left out by the engine.)
    const { stack } = this;
    this.stack = stack;
    this.name = 'AssertionError';
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [customInspect](depth, options) {
    // The message shows the difference already.
    const { actual, expected } = this;
    for (const key of ['actual', 'expected']) {
      if (typeof this[key] !== 'string') continue;
      const lines = this[key].split('\n');
      if (lines.length > 10) this[key] = `${lines.slice(0, 10).join('\n')}\n...`;
      else if (this[key].length > 512) this[key] = `${this[key].slice(0, 488)}...`;
    }
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}

module.exports = AssertionError;
