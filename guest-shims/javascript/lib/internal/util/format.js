// util.format: `%s` and its like, as console.log takes them.

const { inspect, inspectDefaultOptions: defaults, targetOf } = require('internal/util/inspect');
const { bigintText, numberText } = require('internal/util/inspect/primitives');
const types = require('internal/util/types');

const LANGUAGE = new RegExp('^(?:Object|Function|Array|Number|Boolean|String|Symbol|Date|Promise|RegExp|\\w*Error|Map|Set|' +
  'WeakMap|WeakSet|WeakRef|Proxy|ArrayBuffer|SharedArrayBuffer|DataView|BigInt|FinalizationRegistry|Iterator|' +
  '(?:Uint|Int|Float|BigInt|BigUint)\\d+(?:Clamped)?Array)$');

// A text of its own is used for %s; that of the language says nothing.
function hasOwnText(value) {
  if (types.isProxy(value)) {
    value = targetOf(value);
    if (value === null) return false;
  }
  if (typeof value.toString !== 'function') return false;
  if (Object.hasOwn(value, 'toString')) return true;
  let owner = value;
  do {
    owner = Object.getPrototypeOf(owner);
  } while (!Object.hasOwn(owner, 'toString'));
  const constructor = Object.getOwnPropertyDescriptor(owner, 'constructor')?.value;
  return !(typeof constructor === 'function' && LANGUAGE.test(constructor.name) && globalThis[constructor.name] === constructor);
}

const separated = (options) => options?.numericSeparator ?? defaults.numericSeparator;

function asString(value, options) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return numberText(value, separated(options));
    case 'bigint': return bigintText(value, separated(options));
    case 'object':
      if (value !== null && !hasOwnText(value)) return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
  }
  return String(value);
}

const asNumber = (value, options) => {
  if (typeof value === 'bigint') return bigintText(value, separated(options));
  if (typeof value === 'symbol') return 'NaN';
  return numberText(Number(value), separated(options));
};

const asInteger = (value, options) => {
  if (typeof value === 'bigint') return bigintText(value, separated(options));
  if (typeof value === 'symbol') return 'NaN';
  return numberText(Number.parseInt(value), separated(options));
};

const asFloat = (value, options) =>
  typeof value === 'symbol' ? 'NaN' : numberText(Number.parseFloat(value), separated(options));

function asJson(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Each engine has its own words for a circular structure.
    if (error instanceof TypeError && /circular/i.test(error.message)) return '[Circular]';
    throw error;
  }
}

const directives = {
  __proto__: null,
  s: asString,
  d: asNumber,
  i: asInteger,
  f: asFloat,
  j: asJson,
  O: (value, options) => inspect(value, options),
  o: (value, options) => inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 }),
  c: () => '',
};

function formatWithOptions(options, ...args) {
  require('internal/validators').validateObject(options, 'inspectOptions', { allowArray: true });
  return formatAll(options, args);
}

const format = (...args) => formatAll(undefined, args);

function formatAll(options, args) {
  const [first] = args;
  if (args.length === 1) return typeof first === 'string' ? first : inspect(first, options);
  let text = '';
  let next = 0;
  if (typeof first === 'string') {
    next = 1;
    let from = 0;
    for (let at = first.indexOf('%'); at !== -1 && at < first.length - 1; at = first.indexOf('%', at)) {
      const letter = first[at + 1];
      if (letter === '%') {
        text += first.slice(from, at + 1);
        from = at += 2;
        continue;
      }
      const write = directives[letter];
      if (write !== undefined && next < args.length) {
        text += first.slice(from, at) + write(args[next++], options);
        from = at + 2;
      }
      at += write === undefined ? 1 : 2;
    }
    text += first.slice(from);
  }
  for (; next < args.length; next++) {
    const value = args[next];
    const separator = next === 0 ? '' : ' ';
    text += separator + (typeof value === 'string' ? value : inspect(value, options));
  }
  return text;
}

module.exports = { format, formatWithOptions };
