// What the programs print values with: every difference between two values is one between their texts.

const apply = Reflect.apply;
const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const plainNumber = Number.prototype.toString;
const bigText = BigInt.prototype.toString;

function quote(string) {
  let text = '"';
  for (let at = 0; at < string.length; at++) {
    const unit = string.charCodeAt(at);
    if (unit === 0x22 || unit === 0x5c) text += `\\${string[at]}`;
    else if (unit >= 0x20 && unit < 0x7f) text += string[at];
    else text += `\\u${apply(plainNumber, unit + 0x10000, [16]).slice(1)}`;
  }
  return `${text}"`;
}

const keyText = (key) => (typeof key === 'symbol' ? `[${String(key)}]` : /^[\w$]+$/.test(key) ? key : quote(key));

function isError(value) {
  return Object.prototype.toString.call(value) === '[object Error]';
}

function properties(object, keys, depth) {
  const parts = [];
  for (const key of keys) {
    const own = Reflect.getOwnPropertyDescriptor(object, key);
    if (own === undefined) continue;
    const value = 'value' in own ? show(own.value, depth + 1) : `<${own.get ? 'get' : ''}${own.set ? 'set' : ''}>`;
    parts.push(`${keyText(key)}: ${value}`);
  }
  return parts;
}

function list(object, length, depth) {
  const parts = [];
  for (let at = 0; at < length; at++) parts.push(Object.hasOwn(object, at) ? show(object[at], depth + 1) : '<hole>');
  return parts;
}

const isIndex = (key) => typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key);

function showObject(value, depth) {
  if (depth > 4) return '…';
  if (isError(value)) return failure(value);
  const kind = apply(kindOf, value, []);
  if (kind !== undefined) return `${kind}[${list(value, value.length, depth).join(', ')}]`;
  if (Array.isArray(value)) {
    const rest = Reflect.ownKeys(value).filter((key) => !isIndex(key) && key !== 'length');
    return `[${[...list(value, value.length, depth), ...properties(value, rest, depth)].join(', ')}]`;
  }
  if (value instanceof Map) return `Map{${[...value].map(([k, v]) => `${show(k, depth + 1)} => ${show(v, depth + 1)}`).join(', ')}}`;
  if (value instanceof Set) return `Set{${[...value].map((v) => show(v, depth + 1)).join(', ')}}`;
  if (value instanceof RegExp) return `${value}@${value.lastIndex}`;
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.detached ? 'detached' : show([...new Uint8Array(value)])})`;
  const prototype = Object.getPrototypeOf(value);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const head = prototype === null ? 'null ' : tag === 'Object' ? '' : `${tag} `;
  return `${head}{${properties(value, Reflect.ownKeys(value), depth).join(', ')}}`;
}

export function show(value, depth = 0) {
  switch (typeof value) {
    case 'string': return quote(value);
    case 'number': return Object.is(value, -0) ? '-0' : apply(plainNumber, value, [10]);
    case 'bigint': return `${apply(bigText, value, [10])}n`;
    case 'symbol': return String(value);
    case 'function': return `function ${typeof value.name === 'string' ? value.name : '?'}`;
    case 'object': return value === null ? 'null' : showObject(value, depth);
    default: return String(value);
  }
}

// An error by name and message.
export function failure(error) {
  if (error === null || typeof error !== 'object' || !isError(error)) return `thrown ${show(error)}`;
  const inner = 'cause' in error ? ` (cause ${show(error.cause)})` : '';
  const all = Array.isArray(error.errors) ? ` [${error.errors.map((each) => show(each)).join(', ')}]` : '';
  return `${error.name}: ${error.message}${inner}${all}`;
}

// What a call gives, or what it throws.
export function attempt(work) {
  try {
    return show(work());
  } catch (error) {
    return failure(error);
  }
}

// One line: a label and values.
export function tell(label, ...values) {
  print(`${label}: ${values.map((value) => show(value)).join(' ')}`);
}

// One line: a label and what a call gives.
export function told(label, work) {
  print(`${label}: ${attempt(work)}`);
}

// A line for each of the inputs.
export function each(label, inputs, work) {
  for (const input of inputs) print(`${label} ${show(input)} -> ${attempt(() => work(input))}`);
}

// A line with what evaluating each of these sources gives, in global code.
export function sources(label, texts) {
  for (const text of texts) print(`${label} ${text} -> ${attempt(() => (0, eval)(text))}`);
}
