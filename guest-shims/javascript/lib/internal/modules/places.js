// Where a file asks for a module. What fails between files is no statement's fault that ran, so that the engine has no place
// for it; its author looks for one.

// Strings and templates, which may hold what looks like a comment, and comments, which may hold what looks like an import.
const notCode = /(["'])(?:\\[^]|(?!\1)[^\\\n])*\1|`(?:\\[^]|[^\\`])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;

const withoutComments = (text) =>
  text.replace(notCode, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found));

const literally = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

// What is looked for, the best first: the name in braces, the name of a default import, the specifier.
function patterns(specifier, name) {
  const quoted = `(?<quote>["'])${literally(specifier)}\\k<quote>`;
  const word = '[\\p{ID_Continue}$]';
  const list = [`\\b(?:from|import)\\s*\\(?\\s*(?<at>${quoted})`];
  if (name === 'default') list.unshift(`\\bimport\\s+(?<at>${word}+)\\s*(?:,[^"'\`;]*?)?\\bfrom\\s*${quoted}`);
  if (name !== undefined) {
    list.unshift(`\\b(?:import|export)\\b[^"'\`;{}]*\\{[^"'\`;{}]*?(?<!${word})(?<at>${literally(name)})(?!${word})[^"'\`;{}]*\\}\\s*from\\s*${quoted}`);
  }
  return list;
}

function find(text, specifier, name) {
  const code = withoutComments(text);
  for (const pattern of patterns(specifier, name)) {
    const at = new RegExp(pattern, 'du').exec(code)?.indices.groups.at[0];
    if (at !== undefined) return at;
  }
  return undefined;
}

// A frame for the place where the file with this URL asks for a module, by this specifier and for this name.
function frameOf(url, specifier, name) {
  try {
    const text = require('internal/modules/host').text(require('internal/url').fileURLToPath(url));
    const at = find(text, specifier, name);
    if (at === undefined) return '';
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    return `\n    at ${url}:${line}:${at - before.lastIndexOf('\n')}`;
  } catch {
    // It has no place then, as without this.
    return '';
  }
}

const asData = (value) => ({ __proto__: null, value, writable: true, enumerable: false, configurable: true });

// The error with the place on top of its stack, which is looked for when the stack is first looked at: most are caught unseen.
function placed(error, url, specifier, name) {
  if (!url.startsWith('file:')) return error;
  // What the engine has thrown gets its stack on its way out. A program that makes stacks itself is not asked in the middle
  // of linking.
  if (!Object.hasOwn(error, 'stack') && Error.prepareStackTrace === undefined) Error.captureStackTrace(error);
  const before = Object.getOwnPropertyDescriptor(error, 'stack');
  if (before?.configurable !== true) return error;
  Object.defineProperty(error, 'stack', {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get() {
      const stack = before.get === undefined ? before.value : Reflect.apply(before.get, this, []);
      const frame = typeof stack === 'string' ? frameOf(url, specifier, name) : '';
      const first = frame === '' ? -1 : stack.indexOf('\n    at ');
      const whole = frame === '' ? stack : first < 0 ? stack + frame : stack.slice(0, first) + frame + stack.slice(first);
      Object.defineProperty(this, 'stack', asData(whole));
      return whole;
    },
    set(value) {
      Object.defineProperty(this, 'stack', asData(value));
    },
  });
  return error;
}

module.exports = { placed };
