// What the world imports, as modules: an interface by its name, with or without its version, and a function or an
// interface of the world's own by its plain name.

const { lowering, sequence, within } = require('internal/world/codec');
const { giving, making } = require('internal/world/handles');
const { lower: camel, upper } = require('internal/world/names');
const { modules, prefix } = require('internal/world/registry');

const { outside } = binding;

// More parameters than these lie in memory, and so does a result that takes more than one slot.
const MOST_SLOTS = 16;

// What a function threw that gives a `result`: its `err` is the payload.
class ComponentError extends Error {
  constructor(name, payload) {
    const what = payload?.tag === undefined ? '' : `: ${payload.tag}`;
    super(typeof payload === 'string' ? payload : `${name} failed${what} (see error.payload)`);
    this.name = 'ComponentError';
    this.payload = payload;
  }
}

function caller(where, f, of) {
  const name = `${where}#${f.name}`;
  const codecs = f.params.map(([, type]) => of(type));
  const { offsets, ...extent } = sequence(codecs);
  const result = of(f.result);
  const isInMemory = extent.slots > MOST_SLOTS;
  const isReturned = result !== null && result.slots > 1;
  // Every call has a slot for what comes back.
  const slots = Math.max(1, (isInMemory ? 1 : extent.slots) + (isReturned ? 1 : 0));

  function lowered(args, view) {
    const flat = isInMemory ? 0 : 1;
    const block = isInMemory ? new DataView(new ArrayBuffer(extent.size)) : view;
    for (let i = 0; i < codecs.length; i++) {
      within(` ${camel(f.params[i][0])}`, codecs[i], block, offsets[flat][i], args[i], flat);
    }
    if (!isInMemory) return;
    const at = outside.allocate(extent.size, extent.align);
    outside.write(at, new Uint8Array(block.buffer));
    view.setUint32(0, at, true);
  }

  return function call(self, args) {
    const mark = outside.mark();
    try {
      const bytes = new Uint8Array(8 * slots);
      const view = new DataView(bytes.buffer);
      const settle = giving(() => lowering(`${name}:`, () => lowered(args, view)));
      let area;
      if (isReturned) {
        area = outside.allocate(result.size, result.align);
        view.setUint32(8 * (slots - 1), area, true);
      }
      outside.call(f.index, bytes);
      settle();
      if (result === null) return undefined;
      const given = isReturned ? new DataView(outside.read(area, result.size).buffer) : view;
      const value = making(self, () => result.lift(given, 0, isReturned ? 0 : 1));
      if (result.ok === undefined) return value;
      if (value.tag === 'err') throw new ComponentError(name, value.val);
      return value.val;
    } finally {
      outside.release(mark);
    }
  };
}

// Functions of a namespace: by themselves, or on the classes of its resources.
function namespaceOf({ name: where, functions, resources: own }, resources, of) {
  const exports = {};
  for (const at of own) exports[upper(resources[at].name)] = resources[at].class;
  for (const f of functions) {
    const call = caller(where, f, of);
    const key = camel(f.short);
    const method = (target, value) => Object.defineProperty(target, key, { value, writable: true, configurable: true });
    if (f.kind === 'constructor') resources[f.resource].construct = (args) => call(undefined, args);
    else if (f.kind === 'method') {
      method(resources[f.resource].class.prototype, { [key](...args) { return call(this, [this, ...args]); } }[key]);
    }
    else if (f.kind === 'static') method(resources[f.resource].class, { [key]: (...args) => call(undefined, args) }[key]);
    else exports[key] = { [key]: (...args) => call(undefined, args) }[key];
  }
  return exports;
}

function provide({ imports }, resources, of) {
  for (const group of imports) {
    const exports = namespaceOf(group, resources, of);
    const { specifiers, isRoot } = group;
    // A function of the world's own is the default of a module of its name, and so is the class of a resource.
    if (isRoot) {
      for (const at of group.resources) {
        const { class: made, name } = resources[at];
        modules.set(name, { key: prefix + name, exports: { default: made, [upper(name)]: made } });
      }
      for (const f of group.functions.filter(({ kind }) => kind === 'function')) {
        const key = camel(f.short);
        modules.set(f.short, { key: prefix + f.short, exports: { default: exports[key], [key]: exports[key] } });
      }
      continue;
    }
    for (const specifier of specifiers) {
      if (!modules.has(specifier)) modules.set(specifier, { key: prefix + specifiers[0], exports });
    }
  }
}

module.exports = { ComponentError, provide };
