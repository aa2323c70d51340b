// How an error is shown: its stack, with a first line that says what it really is.

const { prefixOf } = require('internal/util/inspect/kinds');

function textOf(error) {
  const { stack } = error;
  if (stack) return String(stack);
  return Error.prototype.toString.call(error);
}

// What the stack says already is not shown once more. Cause and errors are shown though they are not enumerable.
function chooseKeys(context, error, keys, stack) {
  if (!context.showHidden && keys.length > 0) {
    for (const name of ['name', 'message', 'stack']) {
      const at = keys.indexOf(name);
      if (at !== -1 && (typeof error[name] !== 'string' || stack.includes(error[name]))) keys.splice(at, 1);
    }
  }
  if ('cause' in error && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(error.errors) && !keys.includes('errors')) keys.push('errors');
}

// The engine wrote the first line before a subclass could set its name.
function withRightName(stack, constructor, name, tag) {
  const { length } = name;
  const namesError = name.endsWith('Error') && stack.startsWith(name) &&
    (stack.length === length || stack[length] === ':' || stack[length] === '\n');
  if (constructor !== null && !namesError) return stack;
  let fallback = 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = start?.[1] ?? '';
    const shown = prefixOf(null, tag, fallback || 'Error').slice(0, -1);
    return fallback === '' ? `${shown}: ${stack}` : `${shown}${stack.slice(fallback.length)}`;
  }
  const shown = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (name === shown) return stack;
  if (!shown.includes(name)) return `${shown} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${shown}: ${stack}` : `${shown}${stack.slice(length)}`;
}

// The frames that an error has in common with its cause are shown once.
function framesOf(context, error, lines) {
  const { cause } = error;
  if (cause === undefined || cause === null || !require('internal/util').isError(cause)) return lines;
  const stack = textOf(cause);
  const start = stack.indexOf('\n    at');
  if (start === -1) return lines;
  const others = stack.slice(start + 1).split('\n');
  let common = 0;
  while (common < lines.length && common < others.length && lines.at(-1 - common) === others.at(-1 - common)) common++;
  if (common <= 3) return lines;
  const first = lines.length - common + 1;
  const skipped = common - 2;
  const text = `    ... ${skipped} lines matching cause stack trace ...`;
  return [...lines.slice(0, first), context.stylize(text, 'undefined'), ...lines.slice(first + skipped)];
}

// Frames of the runtime are grey, and the names of packages are underlined.
function painted(context, lines) {
  return lines.map((line) => {
    if (/[( ]node:/.test(line)) return context.stylize(line, 'undefined');
    return line.replace(/([/\\]node_modules[/\\])((?:@[^/\\]+[/\\])?[^/\\]+)/g,
                        (all, folder, name) => folder + context.stylize(name, 'module'));
  });
}

function formatError(context, error, constructor, tag, keys) {
  const name = error.name !== undefined && error.name !== null ? String(error.name) : 'Error';
  let stack = textOf(error);
  chooseKeys(context, error, keys, stack);
  stack = withRightName(stack, constructor, name, tag);

  // The message may look like frames.
  const { message } = error;
  let from = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  if (from !== -1) from += message.length;
  const start = stack.indexOf('\n    at', from);
  if (start === -1) {
    stack = `[${stack}]`;
  } else {
    let lines = framesOf(context, error, stack.slice(start + 1).split('\n'));
    if (context.colors) lines = painted(context, lines);
    stack = `${stack.slice(0, start)}\n${lines.join('\n')}`;
  }
  if (context.indentation !== 0) stack = stack.replaceAll('\n', `\n${' '.repeat(context.indentation)}`);
  return stack;
}

module.exports = { formatError };
