// What the world exports: functions of the program, called with values of WIT. A function of the world's own is an
// export of its name; an interface is an object of its functions and classes, exported by the interface's name or by
// its full one.

const { lowering, sequence } = require('internal/world/codec');
const { destroyed, lending } = require('internal/world/handles');
const { lower: camel, upper } = require('internal/world/names');

const { outside } = binding;

const MOST_SLOTS = 16;

const isOpen = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

// Looked for in what the module exports by name, and then in its default export.
function exported(module, names) {
  for (const place of [module, module.default]) {
    if (!isOpen(place)) continue;
    for (const name of names) if (Object.hasOwn(place, name)) return place[name];
  }
  return undefined;
}

const method = (object, key) => (isOpen(object) && typeof object[key] === 'function' ? object[key] : undefined);

// What is called, as a function of its arguments; undefined where the program does not have it.
function targetOf(module, group, f) {
  const key = camel(f.short);
  if (group.isRoot) {
    const found = exported(module, [key, f.short]);
    return typeof found === 'function' ? (args) => found(...args) : undefined;
  }
  const object = exported(module, [...group.specifiers, group.key]);
  if (f.kind === 'function') {
    const found = method(object, key);
    return found && ((args) => Reflect.apply(found, object, args));
  }
  const made = isOpen(object) ? object[upper(resources[f.resource].name)] : undefined;
  if (typeof made !== 'function') return undefined;
  if (f.kind === 'constructor') return (args) => new made(...args);
  if (f.kind === 'static') {
    const found = method(made, key);
    return found && ((args) => Reflect.apply(found, made, args));
  }
  if (method(made.prototype, key) === undefined) return undefined;
  return ([self, ...args]) => self[key](...args);
}

// How the program would have to have it.
function wanted(group, f) {
  const { signature } = f;
  if (group.isRoot) return `\`${camel(f.short)}\`, for ${signature}`;
  const name = f.kind === 'function' ? undefined : `the class ${upper(resources[f.resource].name)}`;
  const member = { __proto__: null, function: camel(f.short), constructor: name,
                   static: `static ${camel(f.short)} of ${name}`, method: `${camel(f.short)} of ${name}` }[f.kind];
  return `\`${group.key}\`, an object with ${member}, for ${group.name}#${signature}`;
}

let described;
let resources;
// What can be called, by its number; a number without anything is that of a destructor.
let functions;
// The program's own, once it is loaded.
let targets;

function prepare(description, ofWorld, codecOf) {
  described = description;
  resources = ofWorld;
  functions = [];
  for (const group of description.exports) {
    group.key = group.isRoot ? undefined : camel(group.short);
    for (const f of group.functions) {
      functions[f.index] = { f, group, codecs: f.params.map(([, type]) => codecOf(type)), result: codecOf(f.result) };
    }
  }
}

// Binds the program's exports; gives what it lacks, or undefined.
function bind(module) {
  targets = [];
  const missing = [];
  for (const group of described.exports) {
    const object = group.isRoot ? undefined : exported(module, [...group.specifiers, group.key]);
    for (const at of group.resources) {
      resources[at].class = isOpen(object) ? object[upper(resources[at].name)] : undefined;
    }
    for (const f of group.functions) {
      targets[f.index] = targetOf(module, group, f);
      if (targets[f.index] === undefined) missing.push(wanted(group, f));
    }
  }
  if (missing.length === 0) return undefined;
  return [`The program does not export what the world ${described.world} wants:`, ...missing].join('\n  ');
}

function lifted({ codecs }, slots) {
  const { offsets, size, align, slots: count } = sequence(codecs);
  let view = new DataView(slots.buffer, slots.byteOffset, slots.byteLength);
  if (count > MOST_SLOTS) {
    const at = view.getUint32(0, true);
    view = new DataView(outside.read(at, size).buffer);
    outside.free(at, size, align);
    return codecs.map((codec, i) => codec.lift(view, offsets[0][i], 0));
  }
  return codecs.map((codec, i) => codec.lift(view, offsets[1][i], 1));
}

// The `err` of a function that gives a `result`, of what it threw. An error that was thrown for nobody is not made into
// a value, but where that is a text or nothing at all.
function failureOf(error, result) {
  const isError = require('internal/util').isError(error);
  if (isOpen(error) && Object.hasOwn(error, 'payload')) return error.payload;
  if (!isError) return error;
  if (result.err?.name === 'string') return error.message;
  if (result.err !== null) throw error;
  require('internal/errors-fatal').report(error);
  return undefined;
}

async function outcome(entry, target, args) {
  const { result } = entry;
  if (result?.ok === undefined) return target(args);
  try {
    return { tag: 'ok', val: await target(args) };
  } catch (error) {
    return { tag: 'err', val: failureOf(error, result) };
  }
}

function lowered({ f, group, result }, value) {
  const slot = new Uint8Array(8);
  if (result === null) return slot;
  const view = new DataView(slot.buffer);
  lowering(`${group.isRoot ? '' : `${group.name}#`}${f.name}: what it gave`, () => {
    if (result.slots <= 1) {
      result.lower(view, 0, value, 1);
      return;
    }
    const block = new DataView(new ArrayBuffer(result.size));
    result.lower(block, 0, value, 0);
    const at = outside.allocate(result.size, result.align);
    outside.write(at, new Uint8Array(block.buffer));
    view.setUint32(0, at, true);
  });
  return slot;
}

async function called(program, index, slots) {
  if (targets === undefined) {
    const lacking = bind(await program());
    if (lacking !== undefined) {
      targets = undefined;
      throw new TypeError(lacking);
    }
  }
  const entry = functions[index];
  return lending(async () => lowered(entry, await outcome(entry, targets[index], lifted(entry, slots))));
}

// What a destructor throws has nobody to go to.
async function ended(slots) {
  try {
    await destroyed(new DataView(slots.buffer, slots.byteOffset).getUint32(0, true));
  } catch (error) {
    require('internal/errors-fatal').report(error);
  }
  return new Uint8Array(8);
}

// The slot of what a function gives; undefined where it gives nothing that could be handed over, which is said on standard
// error.
function invoke(program, index, slots) {
  const call = functions[index] === undefined ? ended(slots) : called(program, index, slots);
  const [isDone, value] = require('internal/until')(call);
  if (isDone) return value;
  require('internal/errors-fatal').report(value);
  return undefined;
}

module.exports = { bind, invoke, prepare };
