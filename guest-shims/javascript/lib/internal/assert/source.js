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

// Where the callee of the call that opens at `open` begins: `a.b`, `a['b']`, `(0, a)`.
function calleeStart(source, open) {
  let at = open;
  while (at > 0 && /[^\S\n]/.test(source[at - 1])) at--;
  for (;;) {
    const before = source[at - 1] ?? '';
    if (IDENTIFIER.test(before) || before === '.') at--;
    else if (before === ']' || before === ')' && at === open) at = openerOf(source, at - 1);
    else break;
  }
  return source[at] === '.' ? at + 1 : at;
}

// On the same line only: no literals are looked for, so what is found may be too near, which is no harm.
function openerOf(source, close) {
  let depth = 0;
  for (let i = close; i >= 0 && source[i] !== '\n'; i--) {
    if (')]'.includes(source[i])) depth++;
    else if ('(['.includes(source[i]) && --depth === 0) return i;
  }
  return close;
}

function startOf(source, line) {
  let start = 0;
  for (let i = 1; i < line; i++) {
    start = source.indexOf('\n', start) + 1;
    if (start === 0) return -1;
  }
  return start;
}

// Behind as many bytes of UTF-8.
function afterBytes(source, start, bytes) {
  let at = start;
  while (bytes > 0 && at < source.length) {
    const code = source.codePointAt(at);
    bytes -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code < 0x10000 ? 1 : 2;
  }
  return at;
}

const ASSERTS = /(?:^|\.)(?:ok|strict)$|assert$/iu;

// The call that the place belongs to. Some engines point at its callee, others at the last thing in its arguments that has
// a place: so of the calls around it the one counts that looks like an assertion, else the one whose callee is there.
function callAround(source, position) {
  const open = [];
  let exact;
  for (let i = 0; i < source.length;) {
    const behind = skipLiteral(source, i);
    if (behind > i) {
      i = behind;
      continue;
    }
    if ('([{'.includes(source[i])) open.push(i);
    else if (')]}'.includes(source[i])) {
      const opener = open.pop();
      if (opener !== undefined && source[opener] === '(' && i >= position && opener <= position + 200) {
        const start = calleeStart(source, opener);
        if (start <= position && start < opener) {
          if (ASSERTS.test(source.slice(start, opener).trimEnd())) return [start, i + 1];
          if (position <= opener) exact ??= [start, i + 1];
        }
      }
      if (i > position && open.length === 0 && exact !== undefined) break;
    }
    i++;
  }
  return exact;
}

function callText(source, line, column) {
  const lineStart = startOf(source, line);
  if (lineStart < 0) return undefined;
  // Engines count columns by bytes or by characters.
  const byBytes = afterBytes(source, lineStart, column - 1);
  const byCharacters = lineStart + column - 1;
  const found = callAround(source, byBytes) ?? (byBytes === byCharacters ? undefined : callAround(source, byCharacters));
  if (found === undefined) return undefined;
  const [start, end] = found;
  return [source.slice(start, end), start - (source.lastIndexOf('\n', start - 1) + 1)];
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const SHORT = { '\b': '\\b', '\f': '\\f' };

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
  shown = shown.replace(CONTROL, (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `The expression evaluated to a falsy value:\n\n  ${shown}\n`;
};
