// What each kind of object looks like: its name, its braces, its own entries, and which of its properties are shown.

const types = require('internal/util/types');

// Kept, as a program may replace it.
const { keys: ownKeysOf } = Object;

const OBJECT = 0;
const LIST = 2;

const formatValue = (...args) => require('internal/util/inspect').formatValue(...args);

// ---- names ---------------------------------------------------------------------------------------------------------

const plain = Object.prototype;

const isInstance = (object, constructor) => {
  try { return object instanceof constructor; } catch { return false; }
};

// Names of the language itself: what they have on their prototypes is not worth showing.
const isBuiltinName = (name) => {
  return ['Object', 'Function', 'Array', 'Error', 'Promise', 'Map', 'Set', 'Date', 'RegExp', 'ArrayBuffer', 'DataView',
          'WeakMap', 'WeakSet', 'WeakRef', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Proxy'].includes(name) ||
    /(?:Array|Error)$/.test(name) && typeof globalThis[name] === 'function';
};

// null where the prototypes end without a constructor at once. `inherited` collects the keys of the prototypes of
// classes of the program.
function nameOfConstructor(context, object, level, inherited) {
  // Most objects are plain ones.
  if (inherited === undefined && Object.getPrototypeOf(object) === plain && plain.constructor === Object &&
      !Object.hasOwn(object, 'constructor')) {
    return 'Object';
  }
  let nearest;
  const start = object;
  for (let walker = object; walker; walker = Object.getPrototypeOf(walker)) {
    // With an AsyncLocalStorage at work, that of promises is an accessor.
    const value = walker === Promise.prototype ? Promise : Object.getOwnPropertyDescriptor(walker, 'constructor')?.value;
    if (typeof value === 'function' && value.name !== '' && isInstance(start, value)) {
      if (inherited !== undefined && (nearest !== walker && walker !== start || !isBuiltinName(value.name))) {
        collectInherited(start, nearest ?? start, inherited);
      }
      return String(value.name);
    }
    if (walker !== start && nearest === undefined) nearest = walker;
    if (walker === start) nearest = undefined;
  }
  const proto = Object.getPrototypeOf(start);
  if (proto === null) return null;
  const name = binding.vm.kind(start);
  if (context.depth !== null && level > context.depth) return `${name} <Complex prototype>`;
  const further = nameOfConstructor(context, proto, level + 1, inherited);
  if (further !== null) return `${name} <${further}>`;
  const { inspect } = require('internal/util/inspect');
  return `${name} <${inspect(proto, { ...optionsOf(context), customInspect: false, depth: -1 })}>`;
}

function optionsOf(context) {
  const { inspectDefaultOptions } = require('internal/util/inspect');
  const options = {};
  for (const key of Object.keys(inspectDefaultOptions)) options[key] = context[key];
  return options;
}

function collectInherited(object, first, inherited) {
  let depth = 0;
  for (let walker = Object.getPrototypeOf(object); walker !== null && depth < 3; walker = Object.getPrototypeOf(walker)) {
    const constructor = Object.getOwnPropertyDescriptor(walker, 'constructor');
    if (constructor !== undefined && typeof constructor.value === 'function' && isBuiltinName(constructor.value.name)) return;
    for (const key of Reflect.ownKeys(walker)) {
      if (key === 'constructor' || Object.hasOwn(object, key) || inherited.includes(key)) continue;
      if (typeof Object.getOwnPropertyDescriptor(walker, key).value === 'function') continue;
      inherited.push(key);
    }
    depth++;
  }
}

// `Foo(2) [tag] `, `[Object: null prototype] `
function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    return tag !== '' && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
  }
  return tag !== '' && constructor !== tag ? `${constructor}${size} [${tag}] ` : `${constructor}${size} `;
}

// ---- keys ----------------------------------------------------------------------------------------------------------

function keysOf(value, showHidden) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys;
  try {
    keys = ownKeysOf(value);
  } catch (error) {
    // A namespace whose module is not evaluated yet.
    if (!types.isModuleNamespaceObject(value)) throw error;
    keys = Object.getOwnPropertyNames(value);
  }
  for (const symbol of symbols) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol);
  }
  return keys;
}

const isIndex = (key) => typeof key === 'string' && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295;

// The elements of a list come first in its keys.
function otherKeysOf(value, showHidden) {
  const keys = keysOf(value, showHidden);
  let first = 0;
  while (first < keys.length && isIndex(keys[first])) first++;
  return first === 0 ? keys : keys.slice(first);
}

// ---- the kinds -----------------------------------------------------------------------------------------------------

const done = (text) => ({ done: text });
const shape = (keys, braces, entries, layout = OBJECT, base = '') => ({ done: undefined, keys, braces, entries, layout, base });

// Gives the finished text, or what is left to be written.
function describe(context, value, kind, constructor, tag, level, hasMore) {
  const { showHidden } = context;
  // What cannot be gone through is no list to who looks at it.
  const view = types.typedArrayName(value);
  const isArray = Array.isArray(value);
  if ((isArray || kind === 'Map' || kind === 'Set' || view !== undefined) && constructor !== null && !(Symbol.iterator in value)) {
    return plainObject(context, value, kind, constructor, tag, hasMore);
  }
  if (isArray) {
    const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
    const keys = otherKeysOf(value, showHidden);
    if (value.length === 0 && keys.length === 0 && !hasMore) return done(`${prefix}[]`);
    return shape(keys, [`${prefix}[`, ']'], require('internal/util/inspect/collections').array, LIST);
  }

  if (view === undefined && (kind === 'Object' || kind === 'Arguments' || kind === 'Module')) {
    return plainObject(context, value, kind, constructor, tag, hasMore);
  }
  if (typeof value === 'function') return functionShape(context, value, constructor, tag, hasMore);
  if (view !== undefined) {
    const fallback = constructor === null ? view : '';
    const length = types.typedArrayLength(value);
    const prefix = prefixOf(constructor, tag, fallback, `(${length})`);
    const keys = otherKeysOf(value, showHidden);
    if (length === 0 && keys.length === 0 && !showHidden) return done(`${prefix}[]`);
    return shape(keys, [`${prefix}[`, ']'], require('internal/util/inspect/collections').typedArray, LIST);
  }
  const make = shapes[kind];
  if (make === undefined) {
    if (value instanceof Error) return errorShape(context, value, constructor, tag, hasMore);
    return plainObject(context, value, kind, constructor, tag, hasMore);
  }
  return make(context, value, constructor, tag, hasMore, level);
}

function plainObject(context, value, kind, constructor, tag, hasMore) {
  if ((kind === 'Module' || constructor === null) && types.isModuleNamespaceObject(value)) {
    const keys = keysOf(value, context.showHidden);
    const prefix = prefixOf(constructor, tag, 'Module');
    return shape([], [`${prefix}{`, '}'], (c, v, l) => require('internal/util/inspect/collections').namespace(c, v, l, keys));
  }
  // Made by Object.create(Error.prototype), or of another kind but with the prototypes of errors.
  if (value instanceof Error) return errorShape(context, value, constructor, tag, hasMore);
  const keys = keysOf(value, context.showHidden);
  let prefix;
  if (constructor === 'Object') {
    if (kind === 'Arguments') prefix = '[Arguments] ';
    else prefix = tag === '' ? '' : prefixOf(constructor, tag, 'Object');
  } else {
    prefix = prefixOf(constructor, tag, 'Object');
  }
  if (keys.length === 0 && !hasMore) return done(`${prefix}{}`);
  return shape(keys, [`${prefix}{`, '}'], undefined);
}

const collection = (name) => (context, value, constructor, tag, hasMore) => {
  const Class = name === 'Map' ? Map : Set;
  const size = Reflect.apply(Object.getOwnPropertyDescriptor(Class.prototype, 'size').get, value, []);
  const prefix = prefixOf(constructor, tag, name, `(${size})`);
  const keys = keysOf(value, context.showHidden);
  if (size === 0 && keys.length === 0 && !hasMore) return done(`${prefix}{}`);
  return shape(keys, [`${prefix}{`, '}'], require('internal/util/inspect/collections')[name.toLowerCase()]);
};

const iterator = (name) => (context, value, constructor, tag, hasMore) => {
  // Not every engine tells what is left in an iterator without moving it on.
  if (binding.vm.entries(value) === undefined) return plainObject(context, value, 'Object', constructor, tag, hasMore);
  const shown = tag === `${name} Iterator` || tag === '' ? `${name} Iterator` : `${tag}] [${name} Iterator`;
  return shape(keysOf(value, context.showHidden), [`[${shown}] {`, '}'], require('internal/util/inspect/collections').iterator);
};

const boxed = (name) => (context, value, constructor, tag, hasMore) => {
  const Class = globalThis[name];
  const primitive = Reflect.apply(Class.prototype.valueOf, value, []);
  let keys = keysOf(value, context.showHidden);
  // The characters of a string are keys of it.
  if (name === 'String') keys = keys.filter((key) => !isIndex(key) || Number(key) >= primitive.length);
  let base = `[${name}`;
  if (name !== constructor) base += constructor === null ? ' (null prototype)' : ` (${constructor})`;
  const plain = { ...context, stylize: (text) => text, numericSeparator: false, compact: 3 };
  base += `: ${require('internal/util/inspect/primitives').formatPrimitive(plain, primitive)}]`;
  if (tag !== '' && tag !== constructor) base += ` [${tag}]`;
  const styled = context.stylize(base, name.toLowerCase());
  if (keys.length === 0 && !hasMore) return done(styled);
  return shape(keys, ['{', '}'], undefined, OBJECT, base);
};

const buffer = (name) => (context, value, constructor, tag) => {
  const keys = keysOf(value, context.showHidden);
  const prefix = prefixOf(constructor, tag, name);
  return shape(keys, [`${prefix}{`, '}'], require('internal/util/inspect/collections').arrayBuffer);
};

const weak = (name) => (context, value, constructor, tag) => {
  const prefix = prefixOf(constructor, tag, name);
  return shape(keysOf(value, context.showHidden), [`${prefix}{`, '}'], () => [context.stylize('<items unknown>', 'special')]);
};

function errorShape(context, value, constructor, tag, hasMore) {
  const keys = keysOf(value, context.showHidden);
  const base = require('internal/util/inspect/errors').formatError(context, value, constructor, tag, keys);
  if (keys.length === 0 && !hasMore) return done(base);
  return shape(keys, ['{', '}'], undefined, OBJECT, base);
}

const shapes = {
  __proto__: null,
  'Map': collection('Map'),
  'Set': collection('Set'),
  'Map Iterator': iterator('Map'),
  'Set Iterator': iterator('Set'),
  'Number': boxed('Number'),
  'String': boxed('String'),
  'Boolean': boxed('Boolean'),
  'BigInt': boxed('BigInt'),
  'Symbol': boxed('Symbol'),
  'ArrayBuffer': buffer('ArrayBuffer'),
  'SharedArrayBuffer': buffer('SharedArrayBuffer'),
  'WeakSet': weak('WeakSet'),
  'WeakMap': weak('WeakMap'),
  'Error': errorShape,

  RegExp(context, value, constructor, tag, hasMore, level) {
    const keys = keysOf(value, context.showHidden);
    let base = RegExp.prototype.toString.call(constructor === null ? new RegExp(value) : value);
    const prefix = prefixOf(constructor, tag, 'RegExp');
    if (prefix !== 'RegExp ') base = `${prefix}${base}`;
    const styled = context.stylize(base, 'regexp');
    if (keys.length === 0 && !hasMore || context.depth !== null && level > context.depth) return done(styled);
    return shape(keys, ['{', '}'], undefined, OBJECT, styled);
  },

  Date(context, value, constructor, tag, hasMore) {
    const keys = keysOf(value, context.showHidden);
    const time = Date.prototype.getTime.call(value);
    let base = Number.isNaN(time) ? Date.prototype.toString.call(value) : Date.prototype.toISOString.call(value);
    const prefix = prefixOf(constructor, tag, 'Date');
    if (prefix !== 'Date ') base = `${prefix}${base}`;
    const styled = context.stylize(base, 'date');
    if (keys.length === 0 && !hasMore) return done(styled);
    return shape(keys, ['{', '}'], undefined, OBJECT, styled);
  },

  DataView(context, value, constructor, tag) {
    const keys = keysOf(value, context.showHidden);
    keys.unshift('byteLength', 'byteOffset', 'buffer');
    return shape(keys, [`${prefixOf(constructor, tag, 'DataView')}{`, '}'], undefined);
  },

  Promise(context, value, constructor, tag) {
    const keys = keysOf(value, context.showHidden);
    return shape(keys, [`${prefixOf(constructor, tag, 'Promise')}{`, '}'], require('internal/util/inspect/collections').promise);
  },

  Generator(context, value, constructor, tag, hasMore) {
    const keys = keysOf(value, context.showHidden);
    const braces = [`${prefixOf(constructor, tag, 'Generator')}{`, '}'];
    if (keys.length === 0 && !hasMore) return done(`${braces[0]}}`);
    return shape(keys, braces, undefined);
  },
};
shapes.AsyncGenerator = shapes.Generator;

// ---- functions and classes -----------------------------------------------------------------------------------------

function functionShape(context, value, constructor, tag, hasMore) {
  const keys = keysOf(value, context.showHidden);
  const base = functionText(value, constructor, tag);
  const styled = context.stylize(base, 'special');
  if (keys.length === 0 && !hasMore) return done(styled);
  return shape(keys, ['{', '}'], undefined, OBJECT, styled);
}

function isClass(source) {
  if (!source.startsWith('class') || !source.endsWith('}')) return false;
  const head = source.slice(5, source.indexOf('{'));
  if (!head.includes('(')) return true;
  // The head may hold a call or a comment: `class extends mixin(A) {`.
  const bare = source.replace(/\/\/.*\n|\/\*[^]*?\*\//g, '');
  return /^(\s+[^(]*?)\s*{/.test(bare.slice(5)) || /^\s+([\w$]*\s+)?extends\s/.test(bare.slice(5));
}

function functionText(value, constructor, tag) {
  const source = Function.prototype.toString.call(value);
  if (isClass(source)) {
    const name = Object.hasOwn(value, 'name') && value.name || '(anonymous)';
    let text = `class ${name}`;
    if (constructor !== 'Function' && constructor !== null) text += ` [${constructor}]`;
    if (tag !== '' && constructor !== tag) text += ` [${tag}]`;
    if (constructor === null) text += ' extends [null prototype]';
    else {
      const parent = Object.getPrototypeOf(value)?.name;
      if (parent) text += ` extends ${parent}`;
    }
    return `[${text}]`;
  }
  let type = 'Function';
  if (types.isGeneratorFunction(value)) type = `Generator${type}`;
  if (types.isAsyncFunction(value)) type = `Async${type}`;
  let text = `[${type}`;
  if (constructor === null) text += ' (null prototype)';
  text += value.name === '' ? ' (anonymous)' : `: ${typeof value.name === 'string' ? value.name : String(value.name)}`;
  text += ']';
  if (constructor !== type && constructor !== null) text += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) text += ` [${tag}]`;
  return text;
}

module.exports = { describe, keysOf, nameOfConstructor, prefixOf };
