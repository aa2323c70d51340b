// The class Console: a console that writes to given streams.

const { codes } = require('internal/errors');
const { kState, methods } = require('internal/console/methods');
const { validateInteger, validateObject, validateOneOf } = require('internal/validators');

const hidden = (object, key, value) =>
  Object.defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });

// A write that fails later must not become an error that nobody listens to.
const errorHandler = (stream) => (error) => {
  if (!error) return;
  const target = stream();
  if (!target._writableState?.errorEmitted && target.listenerCount?.('error') === 0) target.once('error', () => {});
};

// Each console has its methods for itself, bound: `[1, 2].forEach(console.log)`.
function equip(console, state, ignoreErrors) {
  hidden(console, kState, { indent: '', indentWidth: 2, colorMode: 'auto', counts: new Map(), ...state });
  hidden(console, '_stdoutErrorHandler', errorHandler(() => console._stdout));
  hidden(console, '_stderrErrorHandler', errorHandler(() => console._stderr));
  hidden(console, '_ignoreErrors', Boolean(ignoreErrors));
  hidden(console, '_times', new Map());
  Object.defineProperty(console, Symbol.toStringTag, { value: 'console', writable: false, enumerable: false, configurable: true });
}

function bindMethods(console, from) {
  for (const key of Object.keys(methods)) {
    const bound = from[key].bind(console);
    Object.defineProperty(bound, 'name', { value: key, configurable: true });
    console[key] = bound;
  }
}

function Console(options) {
  if (new.target === undefined) return Reflect.construct(Console, arguments);

  if (!options || typeof options.write === 'function') {
    options = { stdout: options, stderr: arguments[1], ignoreErrors: arguments[2] };
  }
  const { stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation } = options;
  if (!stdout || typeof stdout.write !== 'function') throw new codes.ERR_CONSOLE_WRITABLE_STREAM('stdout');
  if (!stderr || typeof stderr.write !== 'function') throw new codes.ERR_CONSOLE_WRITABLE_STREAM('stderr');
  if (typeof colorMode !== 'boolean') validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions !== undefined) {
    validateObject(inspectOptions, 'options.inspectOptions');
    if (inspectOptions.colors !== undefined && options.colorMode !== undefined) {
      throw new codes.ERR_INCOMPATIBLE_OPTION_PAIR('options.inspectOptions.color', 'colorMode');
    }
  }

  bindMethods(this, this);
  hidden(this, '_stdout', stdout);
  hidden(this, '_stderr', stderr);
  equip(this, { colorMode, inspectOptions, indentWidth: groupIndentation ?? 2 }, ignoreErrors);
}

for (const key of Object.keys(methods)) {
  Object.defineProperty(Console.prototype, key, { value: methods[key], writable: true, enumerable: true, configurable: true });
}

Object.defineProperty(Console, Symbol.hasInstance, {
  value: (instance) => instance !== null && typeof instance === 'object' && instance[kState] !== undefined,
});

module.exports = { Console, bindMethods, equip };
