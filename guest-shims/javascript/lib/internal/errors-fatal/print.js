// How an uncaught error is shown: where it was thrown, the line, and the error with its stack.

const { kEmittedAt } = require('internal/errors-fatal');
const { original } = require('internal/errors-fatal/source-map');

const place = /^\s*at (?:.*\()?(.+?):(\d+)(?::(\d+))?\)?$/;
const ofLibrary = /^\s+at (?:.*\()?(?:node:|native\)?$)/;

function firstPlace(stack) {
  for (const line of stack.split('\n')) {
    if (!/^\s+at /.test(line) || ofLibrary.test(line)) continue;
    const found = place.exec(line);
    if (found !== null) return { file: found[1], line: Number(found[2]), column: Number(found[3] ?? 1) };
  }
  return undefined;
}

// The files of the program are the host's to give: they are read without a grant, as they are when they are loaded.
function sourceLine({ file, line }) {
  try {
    const path = file.startsWith('file:') ? require('internal/url').fileURLToPath(file) : file;
    return binding.modules.load(path).split('\n')[line - 1];
  } catch {
    return undefined;
  }
}

function head(found) {
  if (found === undefined) return '';
  found = original(found) ?? found;
  tell(found);
  const text = (found.text ?? sourceLine(found))?.replace(/\r$/, '');
  if (text === undefined) return `${found.file}:${found.line}\n`;
  if (text.length > 400) return `${found.file}:${found.line}\n\n`;
  // A tab stays a tab, so that the caret stands under what it means.
  const indent = text.slice(0, Math.max(0, found.column - 1)).replace(/[^\t]/g, ' ');
  return `${found.file}:${found.line}\n${text}\n${indent}^\n\n`;
}

// Once, for the log: where the run failed, and nothing that the program says of it.
let isTold = false;

function tell({ file, line, column }) {
  if (isTold) return;
  isTold = true;
  binding.modules.failed(file, line, column);
}

// A line of a stack, with the place that it comes from.
function mapped(line) {
  const found = place.exec(line);
  if (found === null) return line;
  const [, file, at, column] = found;
  const from = original({ file, line: Number(at), column: Number(column ?? 1) });
  return from === undefined ? line : line.replace(/[^( ]*:\d+(?=\)?$)/, `${from.file}:${from.line}:${from.column}`);
}

const isFrame = (line) => /^\s+at /.test(line);

const withoutLibrary = (text) => text.split('\n')
  .filter((line) => !ofLibrary.test(line))
  .map((line) => (isFrame(line) ? mapped(line) : line))
  .join('\n');

// Nobody can ask again.
const leastDepth = 5;

function describe(error) {
  const { inspect } = require('internal/util/inspect');
  const depth = Math.max(inspect.defaultOptions.depth, leastDepth);
  return withoutLibrary(inspect(error, { colors: false, customInspect: false, depth }));
}

function emittedAt(error) {
  const mark = Object.getOwnPropertyDescriptor(error, kEmittedAt)?.value;
  if (mark === undefined) return '';
  const frames = String(mark.stack.stack).split('\n').filter((line) => /^\s+at /.test(line) && !ofLibrary.test(line));
  if (frames.length === 0) return '';
  const name = mark.emitter.constructor?.name;
  const on = name && name !== 'EventEmitter' ? ` on ${name} instance` : '';
  return `\nEmitted 'error' event${on} at:\n${frames.join('\n')}`;
}

// `at` is where it was thrown, for what has no stack that says so.
function print(error, at) {
  const isError = require('internal/util').isError(error);
  let text;
  if (isError) {
    const stack = typeof error.stack === 'string' ? error.stack : '';
    text = `${head(firstPlace(stack) ?? at)}${describe(error)}${emittedAt(error)}\n`;
  } else {
    text = `${head(at)}Uncaught:\n${describe(error)}\n`;
  }
  binding.stdio.write(2, binding.text.encode(text));
}

module.exports = { print };
