// `process.emitWarning` and how a warning is printed.

const { option } = require('internal/process/options');

function isWarning(value) {
  return value instanceof Error || require('internal/util').isError(value);
}

function make(text, name, code, above, detail) {
  const warning = new Error(text);
  warning.name = String(name || 'Warning');
  if (code !== undefined) warning.code = code;
  if (detail !== undefined) warning.detail = detail;
  if (typeof Error.captureStackTrace === 'function') Error.captureStackTrace(warning, above);
  return warning;
}

function emitWarning(process, above, warning, type, code, ctor) {
  const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
  const { validateString } = require('internal/validators');
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ctor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = '';
    type = 'Warning';
  }
  if (type !== undefined) validateString(type, 'type');
  if (typeof code === 'function') {
    ctor = code;
    code = undefined;
  } else if (code !== undefined) {
    validateString(code, 'code');
  }
  if (typeof warning === 'string') warning = make(warning, type, code, ctor ?? above, detail);
  else if (!isWarning(warning)) throw new ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);

  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => { throw warning; });
      return;
    }
  }
  process.nextTick(() => process.emit('warning', warning));
}

// A listener as any other, so that `removeAllListeners('warning')` silences it as in Node.
function onWarning(process, warning) {
  if (!isWarning(warning)) return;
  if (option('--no-warnings') || process.env.NODE_NO_WARNINGS === '1') return;
  const deprecation = warning.name === 'DeprecationWarning';
  if (deprecation && process.noDeprecation) return;
  const trace = process.traceProcessWarnings || option('--trace-warnings') ||
    (deprecation && (process.traceDeprecation || option('--trace-deprecation')));
  let text = `(${process.release.name}:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  if (trace && warning.stack) text += warning.stack;
  else text += typeof warning.toString === 'function' ? warning.toString() : Error.prototype.toString.call(warning);
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  require('internal/stdio').writeLine(2, text);
}

module.exports = { emitWarning, onWarning };
