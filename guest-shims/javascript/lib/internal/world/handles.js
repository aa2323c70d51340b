// Handles of resources. Of those that the world imports, a handle is a number in the instance's table, and an object of
// a class stands for it; of those that it exports, an object of the program's own class is known by a number that we
// choose.

const { upper } = require('internal/world/names');

const { outside } = binding;

// What an object stands for: { resource, handle, parent, children, isDoomed, isLent }.
const states = new WeakMap();

function callWith(index, number) {
  const slots = new Uint8Array(8);
  const view = new DataView(slots.buffer);
  view.setUint32(0, number, true);
  outside.call(index, slots);
  return view.getUint32(0, true);
}

// What another one was made from must not go before it: hosts take that for a mistake.
function leave(state) {
  const { parent } = state;
  if (parent === undefined) return;
  state.parent = undefined;
  parent.children--;
  if (parent.isDoomed && parent.children === 0) drop(parent);
}

function drop(state) {
  const { handle } = state;
  if (handle === undefined) return;
  state.handle = undefined;
  callWith(state.resource.drop, handle);
  leave(state);
}

const registry = new FinalizationRegistry((state) => {
  if (state.children > 0) state.isDoomed = true;
  else drop(state);
});

// Objects that stand for handles of this call alone.
let lent = [];
let maker;

// Runs a call from outside, of which there is one at a time: what is lent to it is let go at its end.
async function lending(work) {
  lent = [];
  try {
    return await work();
  } finally {
    const all = lent;
    lent = [];
    for (const state of all) drop(state);
  }
}

// What a method gives was made from its object.
function making(object, work) {
  const outer = maker;
  maker = object === undefined ? undefined : states.get(object);
  try {
    return work();
  } finally {
    maker = outer;
  }
}

function adopt(object, resource, handle) {
  const state = { resource, handle, parent: maker, children: 0, isDoomed: false, isLent: false };
  if (maker !== undefined) maker.children++;
  states.set(object, state);
  registry.register(object, state, state);
  return object;
}

const wrap = (resource, handle) => adopt(Object.create(resource.class.prototype), resource, handle);

function stateOf(object, resource, wrong) {
  const state = object !== null && typeof object === 'object' ? states.get(object) : undefined;
  if (state === undefined || state.resource !== resource) {
    wrong(`${resource.name}, an object of the class ${upper(resource.name)}`, object);
  }
  if (state.handle === undefined) wrong(`${resource.name} that was not given away or let go`, object);
  return state;
}

// A class whose objects stand for handles.
function importedClass(resource) {
  const name = upper(resource.name);
  const made = { [name]: class {
    constructor(...args) {
      if (resource.construct === undefined) throw new TypeError(`${name} has no constructor in WIT`);
      // Its type is `own`, so what comes is an object already; this one takes its place.
      const given = resource.construct(args);
      const state = states.get(given);
      states.delete(given);
      registry.unregister(state);
      states.set(this, state);
      registry.register(this, state, state);
    }
  } }[name];
  const dispose = { value() {
    const state = states.get(this);
    if (state === undefined) throw new TypeError(`it is no ${name}`);
    if (!state.isLent) registry.unregister(state);
    drop(state);
  }, writable: true, configurable: true };
  Object.defineProperty(made.prototype, Symbol.dispose, dispose);
  return made;
}

// ---- what the world exports ----

const objects = new Map();
let last = 0;

function keep(object) {
  do last = (last + 1) >>> 0; while (last === 0 || objects.has(last));
  objects.set(last, object);
  return last;
}

// The host let it go.
function destroyed(number) {
  const object = objects.get(number);
  objects.delete(number);
  const dispose = object?.[Symbol.dispose];
  return typeof dispose === 'function' ? Reflect.apply(dispose, object, []) : undefined;
}

function checkExported(resource, value, wrong) {
  if (typeof resource.class !== 'function' || !(value instanceof resource.class)) {
    wrong(`${resource.name}, an object of the class ${upper(resource.name)} that the program exports`, value);
  }
}

const handle = { size: 4, align: 4, slots: 1 };

function ownExported(resource, wrong) {
  return {
    name: resource.name, ...handle,
    lift(view, at) {
      const number = callWith(resource.rep, view.getUint32(at, true));
      const object = objects.get(number);
      objects.delete(number);
      // The object is the program's again; the destructor that this calls is not told.
      callWith(resource.drop, view.getUint32(at, true));
      return object;
    },
    lower(view, at, value) {
      checkExported(resource, value, wrong);
      view.setUint32(at, callWith(resource.new, keep(value)), true);
    },
  };
}

const borrowExported = (resource, wrong) => ({
  name: `borrow<${resource.name}>`, ...handle,
  // Who defines a resource is given what it stands for.
  lift: (view, at) => objects.get(view.getUint32(at, true)),
  lower(view, at, value) { wrong('no resource of the program\'s own, which nothing that is imported takes', value); },
});

// What the arguments of a call give away: the program has it back where the call is not made, and what it was made from
// may go when it was. What the program gives to its caller lives on, and so does what that was made from.
let given;

function giving(work) {
  const outer = given;
  given = [];
  const own = given;
  let isMade = false;
  try {
    work();
    isMade = true;
  } finally {
    given = outer;
    if (!isMade) {
      for (const [object, state, handle] of own) {
        state.handle = handle;
        registry.register(object, state, state);
      }
    }
  }
  return () => { for (const [, state] of own) leave(state); };
}

const ownImported = (resource, wrong) => ({
  name: resource.name, ...handle,
  lift: (view, at) => wrap(resource, view.getUint32(at, true)),
  lower(view, at, value) {
    const state = stateOf(value, resource, wrong);
    if (state.isLent) wrong(`${resource.name} that is the program's own, and not lent to it`, value);
    registry.unregister(state);
    view.setUint32(at, state.handle, true);
    given?.push([value, state, state.handle]);
    state.handle = undefined;
  },
});

const borrowImported = (resource, wrong) => ({
  name: `borrow<${resource.name}>`, ...handle,
  lift(view, at) {
    const object = Object.create(resource.class.prototype);
    const number = view.getUint32(at, true);
    const state = { resource, handle: number, parent: undefined, children: 0, isDoomed: false, isLent: true };
    states.set(object, state);
    lent.push(state);
    return object;
  },
  lower(view, at, value) { view.setUint32(at, stateOf(value, resource, wrong).handle, true); },
});

// The codecs of handles, and a class for each resource that the world imports.
function handlesOf(resources) {
  for (const resource of resources) if (!resource.isExported) resource.class = importedClass(resource);
  return {
    own: (at, wrong) => (resources[at].isExported ? ownExported : ownImported)(resources[at], wrong),
    borrow: (at, wrong) => (resources[at].isExported ? borrowExported : borrowImported)(resources[at], wrong),
  };
}

module.exports = { destroyed, giving, handlesOf, lending, making };
