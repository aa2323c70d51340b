// How the web's interfaces take their arguments.

function needs(count, wanted, what) {
  if (count < wanted) throw new TypeError(`${what}: ${wanted} argument${wanted === 1 ? '' : 's'} required, but only ${count} found.`);
}

// Text whose characters are bytes.
function toByteString(value) {
  const text = `${value}`;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) {
      throw new TypeError(`Cannot convert argument to a ByteString because the character at index ${i} has a value of ${code} ` +
                          'which is greater than 255.');
    }
  }
  return text;
}

const toText = (value) => `${value}`.toWellFormed();

// The properties of an interface are enumerable, those of a class in the language are not.
function expose(Class, tag) {
  const { prototype } = Class;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== 'constructor') Object.defineProperty(prototype, name, { enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

const customInspect = Symbol.for('nodejs.util.inspect.custom');

function inspectAs(Class, fields) {
  Object.defineProperty(Class.prototype, customInspect, {
    value(depth, options, inspect) {
      if (depth < 0) return this;
      const shown = fields(this);
      const next = { ...options, depth: options.depth === null || options.depth === undefined ? options.depth : options.depth - 1 };
      return `${Class.name} ${inspect(shown, next)}`;
    },
    writable: true,
    configurable: true,
  });
}

module.exports = { expose, inspectAs, needs, toByteString, toText };
