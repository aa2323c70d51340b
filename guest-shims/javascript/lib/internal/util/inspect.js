// util.inspect: the options, what a value is in the outline, and the properties that objects of all kinds have. The kinds
// themselves, errors and the layout are in inspect/.

const { customInspect } = require('internal/util');
const { formatPrimitive, quote, escapeText } = require('internal/util/inspect/primitives');
const { layOut } = require('internal/util/inspect/layout');
const { describe, prefixOf, nameOfConstructor } = require('internal/util/inspect/kinds');

const { kind: kindOf } = binding.vm;

// How the entries of an object are written: as `key: value`, or as elements that may stand in columns.
const OBJECT = 0;
const ELEMENT = 1;
const LIST = 2;

const defaults = Object.seal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});

const withoutColor = (text) => text;

function withColor(text, style) {
  const name = inspect.styles[style];
  if (name === undefined) return text;
  const color = inspect.colors[name];
  return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}

function makeContext(options) {
  const context = {
    ...defaults,
    seen: new Set(),
    circular: undefined,
    budget: {},
    indentation: 0,
    currentDepth: 0,
    stylize: withoutColor,
    userOptions: options,
  };
  if (options === undefined) return context;
  if (options !== null && typeof options === 'object') {
    for (const key of Object.keys(options)) {
      // `stylize` comes back from a custom function that hands on its options.
      if (Object.hasOwn(defaults, key) || key === 'stylize') context[key] = options[key];
    }
  }
  return context;
}

function inspect(value, options) {
  const context = makeContext(typeof options === 'object' ? options : undefined);
  // The old form: showHidden, depth, colors.
  if (arguments.length > 1 && typeof options === 'boolean') {
    context.showHidden = options;
    context.userOptions = { showHidden: options };
  }
  if (arguments.length > 2 && (options === undefined || typeof options !== 'object' || options === null)) {
    if (arguments[2] !== undefined) context.depth = arguments[2];
    if (arguments.length > 3 && arguments[3] !== undefined) context.colors = arguments[3];
  }
  if (context.colors) context.stylize = withColor;
  if (context.maxArrayLength === null) context.maxArrayLength = Infinity;
  if (context.maxStringLength === null) context.maxStringLength = Infinity;
  return formatValue(context, value, 0);
}

// ---- one value -----------------------------------------------------------------------------------------------------

function formatValue(context, value, level, isTypedArrayField = false) {
  if (value === null) return context.stylize('null', 'null');
  if (typeof value !== 'object' && typeof value !== 'function') return formatPrimitive(context, value);

  const original = value;
  let isProxied = false;
  let kind = kindOf(value);
  if (kind === 'Proxy') {
    if (context.showProxy) return formatProxy(context, value, level);
    isProxied = true;
    value = targetOf(value);
    if (value === null) return context.stylize('<Revoked Proxy>', 'special');
    kind = kindOf(value);
  }

  if (context.customInspect) {
    const custom = value[customInspect];
    // A class that has the function for its instances does not mean itself with it.
    if (typeof custom === 'function' && custom !== inspect && !isOwnPrototype(value)) {
      const shown = callCustom(context, custom, original, level, isProxied);
      if (shown !== NOTHING) return shown;
    }
  }

  if (context.seen.has(value)) {
    context.circular ??= new Map();
    let index = context.circular.get(value);
    if (index === undefined) {
      index = context.circular.size + 1;
      context.circular.set(value, index);
    }
    return context.stylize(`[Circular *${index}]`, 'special');
  }
  return formatObject(context, value, kind, level, isTypedArrayField);
}

const NOTHING = Symbol('nothing');

function isOwnPrototype(value) {
  const { constructor } = value;
  return constructor !== undefined && constructor !== null && constructor.prototype === value;
}

function callCustom(context, custom, value, level, isProxied) {
  const depth = context.depth === null ? null : context.depth - level;
  const shown = Reflect.apply(custom, value, [depth, optionsForUser(context, isProxied || !(value instanceof Object)), inspect]);
  if (shown === value) return NOTHING;
  if (typeof shown === 'object') return formatValue(context, shown, level);
  return String(shown).replaceAll('\n', `\n${' '.repeat(context.indentation)}`);
}

function optionsForUser(context, isForeign) {
  const given = {};
  for (const key of Object.keys(defaults)) given[key] = context[key];
  Object.assign(given, context.userOptions);
  given.stylize = context.stylize;
  if (isForeign) {
    given.stylize = (text, style) => `${context.stylize(String(text), style)}`;
    Object.setPrototypeOf(given, null);
  }
  return given;
}

// null where the proxy was revoked.
function targetOf(proxy) {
  let target = proxy;
  while (target !== null && kindOf(target) === 'Proxy') target = binding.vm.proxy(target)[0];
  return target;
}

function formatProxy(context, proxy, level) {
  const [target, handler] = binding.vm.proxy(proxy);
  if (target === null) return context.stylize('<Revoked Proxy>', 'special');
  if (context.depth !== null && level > context.depth) return context.stylize('Proxy [Array]', 'special');
  level++;
  context.indentation += 2;
  const shown = [formatValue(context, target, level), formatValue(context, handler, level)];
  context.indentation -= 2;
  return layOut(context, shown, '', ['Proxy [', ']'], LIST, level);
}

// ---- objects -------------------------------------------------------------------------------------------------------

function formatObject(context, value, kind, level, isTypedArrayField) {
  const inherited = context.showHidden && (context.depth === null || level <= context.depth) ? [] : undefined;
  const constructor = nameOfConstructor(context, value, level, inherited);

  let tag;
  try { tag = value[Symbol.toStringTag]; } catch { tag = ''; }
  // A tag that is shown as a property need not be said twice.
  if (typeof tag !== 'string' || tag !== '' && (context.showHidden ? Object.hasOwn(value, Symbol.toStringTag) :
    Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag))) {
    tag = '';
  }

  const more = inherited !== undefined && inherited.length > 0;
  const shape = describe(context, value, kind, constructor, tag, level, more);
  if (shape.done !== undefined) return shape.done;
  const { keys, braces, entries, layout } = shape;
  let { base } = shape;

  if (context.depth !== null && level > context.depth) {
    const name = prefixOf(constructor, tag, Array.isArray(value) ? 'Array' : 'Object').slice(0, -1);
    return context.stylize(name.startsWith('[') ? name : `[${name}]`, 'special');
  }

  level++;
  context.seen.add(value);
  context.currentDepth = level;
  let output;
  const { indentation } = context;
  try {
    output = entries === undefined ? [] : entries(context, value, level, isTypedArrayField, braces);
    for (const key of keys) output.push(formatProperty(context, value, level, key, layout));
    if (more) for (const key of inherited) output.push(formatInherited(context, value, level, key));
  } catch (error) {
    return afterOverflow(context, error, value, constructor, tag, indentation);
  }

  if (context.circular !== undefined) {
    const index = context.circular.get(value);
    if (index !== undefined) {
      const reference = context.stylize(`<ref *${index}>`, 'special');
      if (context.compact === true) braces[0] = `${reference} ${braces[0]}`;
      else base = base === '' ? reference : `${reference} ${base}`;
    }
  }
  context.seen.delete(value);

  if (context.sorted) sortEntries(context, output, layout, keys.length);

  const text = layOut(context, output, base, braces, layout, level, value);
  // What is broken into lines again and again may grow without bound: a huge text is cut off below. (Node allows four
  // times as much, which is a good part of all the memory that there is here.)
  const size = (context.budget[context.indentation] ?? 0) + text.length;
  context.budget[context.indentation] = size;
  if (size > 2 ** 25) context.depth = -1;
  return text;
}

function isOverflow(error) {
  return error instanceof RangeError && error.message.includes('call stack') ||
    error?.name === 'InternalError' && error.message === 'stack overflow';
}

function afterOverflow(context, error, value, constructor, tag, indentation) {
  if (!isOverflow(error)) throw error;
  context.seen.delete(value);
  context.indentation = indentation;
  return context.stylize(`[${prefixOf(constructor, tag, 'Object').slice(0, -1)}: Inspection interrupted prematurely. ` +
    'Maximum call stack size exceeded.]', 'special');
}

function sortEntries(context, output, layout, keyCount) {
  const compare = context.sorted === true ? undefined : context.sorted;
  if (layout === OBJECT) output.sort(compare);
  else if (keyCount > 1) {
    const sorted = output.slice(output.length - keyCount).sort(compare);
    output.splice(output.length - keyCount, keyCount, ...sorted);
  }
}

const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

function keyText(context, key, enumerable) {
  if (typeof key === 'symbol') return `[${context.stylize(escapeText(String(key)), 'symbol')}]`;
  if (key === '__proto__') return "['__proto__']";
  if (!enumerable) return `[${escapeText(key)}]`;
  return PLAIN_NAME.test(key) ? context.stylize(key, 'name') : context.stylize(quote(key), 'string');
}

function formatProperty(context, object, level, key, layout, receiver = object) {
  const descriptor = Object.getOwnPropertyDescriptor(object, key) ??
    { value: object[key], configurable: true, enumerable: true };
  return formatDescriptor(context, descriptor, level, key, layout, receiver);
}

function formatDescriptor(context, descriptor, level, key, layout, receiver) {
  let text;
  let gap = ' ';
  if (descriptor.value !== undefined) {
    const shift = context.compact !== true || layout !== OBJECT ? 2 : 3;
    context.indentation += shift;
    text = formatValue(context, descriptor.value, level);
    if (shift === 3 && context.breakLength < text.length) gap = `\n${' '.repeat(context.indentation)}`;
    context.indentation -= shift;
  } else if (descriptor.get !== undefined) {
    text = formatGetter(context, descriptor, receiver, level);
  } else if (descriptor.set !== undefined) {
    text = context.stylize('[Setter]', 'special');
  } else {
    text = context.stylize('undefined', 'undefined');
  }
  return layout === ELEMENT ? text : `${keyText(context, key, descriptor.enumerable)}:${gap}${text}`;
}

// What the prototypes of a class of the program have is shown with showHidden.
function formatInherited(context, value, level, key) {
  let owner = value;
  while (owner !== null && !Object.hasOwn(owner, key)) owner = Object.getPrototypeOf(owner);
  const text = formatProperty(context, owner ?? value, level, key, OBJECT, value);
  return context.colors ? `\u001b[2m${text}\u001b[22m` : text;
}

function formatGetter(context, { get, set }, receiver, level) {
  const label = set === undefined ? 'Getter' : 'Getter/Setter';
  const style = (text) => context.stylize(text, 'special');
  const wanted = context.getters;
  if (!(wanted === true || wanted === 'get' && set === undefined || wanted === 'set' && set !== undefined)) {
    return style(`[${label}]`);
  }
  let value;
  try {
    value = Reflect.apply(get, receiver, []);
  } catch (error) {
    return style(`[${label}: <Inspection threw (${error.message})>]`);
  }
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) {
    context.indentation += 2;
    const text = `${style(`[${label}]`)} ${formatValue(context, value, level)}`;
    context.indentation -= 2;
    return text;
  }
  return `${style(`[${label}:`)} ${formatValue(context, value, level)}${style(']')}`;
}

// ---- what is set from outside --------------------------------------------------------------------------------------

inspect.custom = customInspect;

Object.defineProperty(inspect, 'defaultOptions', {
  configurable: true,
  enumerable: true,
  get: () => defaults,
  set(options) {
    require('internal/validators').validateObject(options, 'options');
    Object.assign(defaults, options);
  },
});

const { colors, styles } = require('internal/util/inspect/colors');
inspect.colors = colors;
inspect.styles = styles;

module.exports = {
  ELEMENT,
  LIST,
  OBJECT,
  formatDescriptor,
  formatProperty,
  formatValue,
  inspect,
  inspectDefaultOptions: defaults,
  // These come with a file of their own, which console.log of one string does not need.
  format: (...args) => require('internal/util/format').format(...args),
  formatWithOptions: (...args) => require('internal/util/format').formatWithOptions(...args),
  stripVTControlCharacters: (text) => require('internal/util/strip').stripVTControlCharacters(text),
  targetOf,
};
Object.defineProperty(module.exports.format, 'name', { value: 'format' });
