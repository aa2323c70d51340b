// The text of the call `assert(…)` that failed, read from the program's own file.

function callSite(fn) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder = {};
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (error, sites) => sites;
    Error.captureStackTrace(holder, fn);
    return Array.isArray(holder.stack) ? holder.stack[0] : undefined;
  } catch {
    return undefined;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function read(file) {
  if (typeof file !== 'string' || file.startsWith('node:')) return undefined;
  try {
    return binding.modules.load(file.startsWith('file:') ? require('internal/url').fileURLToPath(file) : file);
  } catch {
    return undefined;
  }
}

const IDENTIFIER = /[\p{ID_Continue}$_#]/u;
const BEFORE_REGEXP = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|in|of|case))\s*$/;

// The place behind a text, a template, a comment or a regular expression that begins at `at`, or `at` itself.
function skipLiteral(source, at) {
  const character = source[at];
  if (character === '"' || character === "'") {
    for (let i = at + 1; i < source.length; i++) {
      if (source[i] === '\\') i++;
      else if (source[i] === character) return i + 1;
    }
  } else if (character === '`') {
    for (let i = at + 1; i < source.length; i++) {
      if (source[i] === '\\') i++;
      else if (source[i] === '`') return i + 1;
      else if (source[i] === '$' && source[i + 1] === '{') i = skipBrackets(source, i + 1) - 1;
    }
  } else if (character === '/' && source[at + 1] === '/') {
    const end = source.indexOf('\n', at);
    return end === -1 ? source.length : end;
  } else if (character === '/' && source[at + 1] === '*') {
    const end = source.indexOf('*/', at);
    return end === -1 ? source.length : end + 2;
  } else if (character === '/' && BEFORE_REGEXP.test(source.slice(Math.max(0, at - 20), at))) {
    let inClass = false;
    for (let i = at + 1; i < source.length && source[i] !== '\n'; i++) {
      if (source[i] === '\\') i++;
      else if (source[i] === '[') inClass = true;
      else if (source[i] === ']') inClass = false;
      else if (source[i] === '/' && !inClass) return i + 1;
    }
  }
  return at;
}

// The place behind the bracket that closes the one at `at`, or the end.
function skipBrackets(source, at) {
  let depth = 0;
  for (let i = at; i < source.length;) {
    const behind = skipLiteral(source, i);
    if (behind > i) {
      i = behind;
      continue;
    }
    if ('([{'.includes(source[i])) depth++;
    else if (')]}'.includes(source[i]) && --depth === 0) return i + 1;
    i++;
  }
  return source.length;
}

// Engines point at the beginning of the call, at the name of the method, or at its parenthesis.
function callText(source, line, column) {
  let start = 0;
  for (let i = 1; i < line; i++) {
    start = source.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const lineStart = start;
  const position = start + column - 1;
  let at = position;
  while (at > lineStart) {
    if (IDENTIFIER.test(source[at - 1]) || source[at - 1] === '.') at--;
    else if (source[at - 1] === ']' && source.lastIndexOf('[', at) >= lineStart) at = source.lastIndexOf('[', at);
    else if (source[at - 1] === ')' && source[at] === '(' && source.lastIndexOf('(', at - 1) >= lineStart) {
      at = source.lastIndexOf('(', at - 1);
    } else break;
  }
  if (source[at] === '.') at++;
  let open = position;
  for (; open < source.length && (/[\s.?]/.test(source[open]) || IDENTIFIER.test(source[open]) || source[open] === '['); open++) {
    if (source[open] === '[') open = skipBrackets(source, open) - 1;
  }
  if (source[open] !== '(') return undefined;
  return [source.slice(at, skipBrackets(source, open)), at - lineStart];
}

// undefined where the source is not to be had.
exports.expressionOf = function expressionOf(fn) {
  const site = callSite(fn);
  const line = site?.getLineNumber();
  const column = site?.getColumnNumber();
  if (!line || !column) return undefined;
  const source = read(site.getFileName());
  const found = source === undefined ? undefined : callText(source, line, column);
  if (found === undefined) return undefined;
  const [text, indentation] = found;
  const [first, ...rest] = text.split('\n');
  let shown = first;
  for (const each of rest) {
    let at = 0;
    while (at < indentation && (each[at] === ' ' || each[at] === '\t')) at++;
    shown += `\n  ${each.slice(at)}`;
  }
  return `The expression evaluated to a falsy value:\n\n  ${shown}\n`;
};
