// Values of WIT's types, on their way between JavaScript and the canonical ABI. A codec has a size and an alignment, as
// the value lies in memory, and a number of slots of eight bytes, as it is handed over by itself. `lift` reads a value
// from a view of either, and `lower` writes one; `flat` is 0 for memory and 1 for slots, and picks the offsets.
//
// A wrong value is a TypeError that says where in the value it stands.

const { lower: camel, shown } = require('internal/world/names');

const { outside, text } = binding;

// Where the value stands that is being lowered.
let place = [];

function wrong(expected, value) {
  throw new TypeError(`${place.join('')}: expected ${expected}, got ${shown(value)}`);
}

// Lowers with a place of its own: what is read of a value may run code of the program, which may call another function.
function lowering(name, work) {
  const outer = place;
  place = [name];
  try {
    return work();
  } finally {
    place = outer;
  }
}

function within(step, codec, view, at, value, flat) {
  place.push(step);
  codec.lower(view, at, value, flat);
  place.pop();
}

const aligned = (at, align) => Math.ceil(at / align) * align;

// ---- numbers --------------------------------------------------------------------------------------------------------

function integer(name, size, low, high, get, set, Typed) {
  // In a slot a small one is widened as the ABI has it.
  const setSlot = low < 0 ? 'setInt32' : 'setUint32';
  return {
    name, size, align: size, slots: 1, Typed,
    lift: (view, at) => view[get](at, true),
    lower(view, at, value, flat) {
      if (typeof value !== 'number') wrong(name, value);
      if (!Number.isInteger(value) || value < low || value > high) {
        wrong(`${name}, a whole number from ${low} to ${high}`, value);
      }
      view[flat === 1 ? setSlot : set](at, value, true);
    },
  };
}

function big(name, low, high, get, set, Typed) {
  return {
    name, size: 8, align: 8, slots: 1, Typed,
    lift: (view, at) => view[get](at, true),
    lower(view, at, value) {
      if (typeof value !== 'bigint') wrong(`${name}, which is a bigint`, value);
      if (value < low || value > high) wrong(`${name}, a bigint from ${low}n to ${high}n`, value);
      view[set](at, value, true);
    },
  };
}

function float(name, size, get, set, Typed) {
  return {
    name, size, align: size, slots: 1, Typed,
    lift: (view, at) => view[get](at, true),
    lower(view, at, value) {
      if (typeof value !== 'number') wrong(name, value);
      view[set](at, value, true);
    },
  };
}

const bool = {
  name: 'bool', size: 1, align: 1, slots: 1,
  lift: (view, at, flat) => (flat === 1 ? view.getUint32(at, true) : view.getUint8(at)) !== 0,
  lower(view, at, value) {
    if (typeof value !== 'boolean') wrong('bool', value);
    view.setUint8(at, value ? 1 : 0);
  },
};

const char = {
  name: 'char', size: 4, align: 4, slots: 1,
  lift: (view, at) => String.fromCodePoint(view.getUint32(at, true)),
  lower(view, at, value) {
    const point = typeof value === 'string' ? value.codePointAt(0) : undefined;
    if (point === undefined || value.length !== (point > 0xffff ? 2 : 1) || (point >= 0xd800 && point < 0xe000)) {
      wrong('char, a string of one Unicode scalar value', value);
    }
    view.setUint32(at, point, true);
  },
};

// ---- what lies elsewhere: an address and a length --------------------------------------------------------------------

const second = (flat) => (flat === 1 ? 8 : 4);

// Bytes that were allocated for us are let go once they are read.
function take(at, length, align) {
  const bytes = outside.read(at, length);
  outside.free(at, length, align);
  return bytes;
}

function put(view, at, flat, bytes, count, align) {
  const address = outside.allocate(bytes.length, align);
  outside.write(address, bytes);
  view.setUint32(at, address, true);
  view.setUint32(at + second(flat), count, true);
}

const string = {
  name: 'string', size: 8, align: 4, slots: 2,
  lift(view, at, flat) {
    const bytes = take(view.getUint32(at, true), view.getUint32(at + second(flat), true), 1);
    return text.decode(bytes, 0, bytes.length, false, true);
  },
  lower(view, at, value, flat) {
    if (typeof value !== 'string') wrong('string', value);
    const bytes = text.encode(value);
    put(view, at, flat, bytes, bytes.length, 1);
  },
};

const MOST_BYTES = 0x7fffffff;

function list(of) {
  const { size, align, Typed } = of;
  const name = `list<${of.name}>`;
  const room = (count) => {
    if (count * size > MOST_BYTES) wrong(`${name} that fits into memory`, count);
    return new Uint8Array(count * size);
  };
  return {
    name, size: 8, align: 4, slots: 2,
    lift(view, at, flat) {
      const count = view.getUint32(at + second(flat), true);
      const { buffer } = take(view.getUint32(at, true), count * size, align);
      if (Typed !== undefined) return new Typed(buffer);
      const block = new DataView(buffer);
      const values = new Array(count);
      for (let i = 0; i < count; i++) values[i] = of.lift(block, i * size, 0);
      return values;
    },
    lower(view, at, value, flat) {
      // A Buffer is a Uint8Array with other methods.
      if (Typed !== undefined && value instanceof Typed) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        put(view, at, flat, bytes, value.length, align);
        return;
      }
      if (!Array.isArray(value)) wrong(`${name}, an array${Typed === undefined ? '' : ` or a ${Typed.name}`}`, value);
      const count = value.length;
      const bytes = room(count);
      const block = new DataView(bytes.buffer);
      for (let i = 0; i < count; i++) within(`[${i}]`, of, block, i * size, value[i], 0);
      put(view, at, flat, bytes, count, align);
    },
  };
}

// ---- several in one --------------------------------------------------------------------------------------------------

// Where each of several values stands that lie one behind the other: in memory, and in slots.
function sequence(codecs) {
  const offsets = [[], []];
  let [size, align, slots] = [0, 1, 0];
  for (const codec of codecs) {
    size = aligned(size, codec.align);
    offsets[0].push(size);
    offsets[1].push(8 * slots);
    size += codec.size;
    slots += codec.slots;
    align = Math.max(align, codec.align);
  }
  return { offsets, size: aligned(size, align), align, slots };
}

const objectOrWrong = (value, expected) => {
  if (value === null || typeof value !== 'object') wrong(expected, value);
};

function record(name, fields, codecs) {
  const { offsets, ...extent } = sequence(codecs);
  const keys = fields.map(camel);
  const expected = `${name}, an object with ${keys.map((key) => `'${key}'`).join(', ')}`;
  return {
    name, ...extent,
    lift(view, at, flat) {
      const value = {};
      keys.forEach((key, i) => { value[key] = codecs[i].lift(view, at + offsets[flat][i], flat); });
      return value;
    },
    lower(view, at, value, flat) {
      objectOrWrong(value, expected);
      for (let i = 0; i < keys.length; i++) {
        within(`.${keys[i]}`, codecs[i], view, at + offsets[flat][i], value[keys[i]], flat);
      }
    },
  };
}

function tuple(codecs) {
  const { offsets, ...extent } = sequence(codecs);
  const name = `tuple<${codecs.map((codec) => codec.name).join(', ')}>`;
  return {
    name, ...extent,
    lift: (view, at, flat) => codecs.map((codec, i) => codec.lift(view, at + offsets[flat][i], flat)),
    lower(view, at, value, flat) {
      if (!Array.isArray(value) || value.length !== codecs.length) wrong(`${name}, an array of ${codecs.length}`, value);
      for (let i = 0; i < codecs.length; i++) within(`[${i}]`, codecs[i], view, at + offsets[flat][i], value[i], flat);
    },
  };
}

function flags(name, names) {
  const words = names.length > 16 ? Math.ceil(names.length / 32) : 1;
  const size = names.length > 16 ? 4 * words : names.length > 8 ? 2 : 1;
  const keys = names.map(camel);
  const known = new Set(keys);
  const bytesOf = (flat) => (i) => (flat === 1 ? 8 * (i >> 5) + ((i >> 3) & 3) : i >> 3);
  return {
    name, size, align: Math.min(size, 4), slots: words,
    lift(view, at, flat) {
      const byte = bytesOf(flat);
      const value = {};
      keys.forEach((key, i) => { value[key] = (view.getUint8(at + byte(i)) & (1 << (i & 7))) !== 0; });
      return value;
    },
    lower(view, at, value, flat) {
      objectOrWrong(value, `${name}, an object of booleans`);
      const byte = bytesOf(flat);
      for (let i = 0; i < size; i++) view.setUint8(at + byte(8 * i), 0);
      for (const key of Object.keys(value)) if (!known.has(key)) wrong(`${name}, which has no flag '${key}'`, value);
      keys.forEach((key, i) => {
        const isSet = value[key];
        if (isSet === undefined) return;
        if (typeof isSet !== 'boolean') {
          place.push(`.${key}`);
          wrong('bool', isSet);
        }
        if (isSet) view.setUint8(at + byte(i), view.getUint8(at + byte(i)) | (1 << (i & 7)));
      });
    },
  };
}

// One of several cases: its number, and behind it what it carries. `caseOf` gives the number and what is carried,
// `valueOf` the value of both.
function choice(name, codecs, caseOf, valueOf) {
  const [size, get, set] = codecs.length <= 256 ? [1, 'getUint8', 'setUint8'] :
    codecs.length <= 65536 ? [2, 'getUint16', 'setUint16'] : [4, 'getUint32', 'setUint32'];
  const carried = codecs.filter((codec) => codec !== null);
  const align = Math.max(size, ...carried.map((codec) => codec.align));
  const payload = [aligned(size, Math.max(1, ...carried.map((codec) => codec.align))), 8];
  return {
    name,
    size: aligned(payload[0] + Math.max(0, ...carried.map((codec) => codec.size)), align),
    align,
    slots: 1 + Math.max(0, ...carried.map((codec) => codec.slots)),
    lift(view, at, flat) {
      const number = flat === 1 ? view.getUint32(at, true) : view[get](at, true);
      const codec = codecs[number] ?? null;
      return valueOf(number, codec === null ? undefined : codec.lift(view, at + payload[flat], flat));
    },
    lower(view, at, value, flat) {
      const [number, inner, step] = caseOf(value);
      view[flat === 1 ? 'setUint32' : set](at, number, true);
      const codec = codecs[number];
      if (codec !== null) within(step, codec, view, at + payload[flat], inner, flat);
    },
  };
}

const oneOf = (names) => names.map((name) => `'${name}'`).join(', ');

function variant(name, cases, codecs) {
  const numbers = new Map(cases.map((tag, i) => [tag, i]));
  return choice(name, codecs, (value) => {
    objectOrWrong(value, `${name}, an object with 'tag' and 'val'`);
    const { tag } = value;
    const number = numbers.get(tag);
    if (number === undefined) {
      place.push('.tag');
      wrong(`a case of ${name}, one of ${oneOf(cases)}`, tag);
    }
    return [number, codecs[number] === null ? undefined : value.val, '.val'];
  }, (number, val) => (codecs[number] === null ? { tag: cases[number] } : { tag: cases[number], val }));
}

function enumeration(name, cases) {
  const numbers = new Map(cases.map((tag, i) => [tag, i]));
  return choice(name, cases.map(() => null), (value) => {
    const number = numbers.get(value);
    if (number === undefined) wrong(`${name}, one of ${oneOf(cases)}`, value);
    return [number];
  }, (number) => cases[number]);
}

// None is undefined; where what it is an option of could be undefined itself, both are told apart by a tag.
function option(of) {
  const name = `option<${of.name}>`;
  if (of.isOption) return { ...variant(name, ['none', 'some'], [null, of]), isOption: true };
  return {
    ...choice(name, [null, of], (value) => (value === undefined || value === null ? [0] : [1, value, '']),
              (number, value) => (number === 0 ? undefined : value)),
    isOption: true,
  };
}

function result(ok, err) {
  const names = err !== null ? [ok?.name ?? '_', err.name] : ok !== null ? [ok.name] : [];
  const name = names.length === 0 ? 'result' : `result<${names.join(', ')}>`;
  return { ...variant(name, ['ok', 'err'], [ok, err]), ok, err };
}

const primitives = {
  __proto__: null,
  bool, char, string,
  u8: integer('u8', 1, 0, 0xff, 'getUint8', 'setUint8', Uint8Array),
  u16: integer('u16', 2, 0, 0xffff, 'getUint16', 'setUint16', Uint16Array),
  u32: integer('u32', 4, 0, 0xffffffff, 'getUint32', 'setUint32', Uint32Array),
  s8: integer('s8', 1, -0x80, 0x7f, 'getInt8', 'setInt8', Int8Array),
  s16: integer('s16', 2, -0x8000, 0x7fff, 'getInt16', 'setInt16', Int16Array),
  s32: integer('s32', 4, -0x80000000, 0x7fffffff, 'getInt32', 'setInt32', Int32Array),
  u64: big('u64', 0n, 2n ** 64n - 1n, 'getBigUint64', 'setBigUint64', BigUint64Array),
  s64: big('s64', -(2n ** 63n), 2n ** 63n - 1n, 'getBigInt64', 'setBigInt64', BigInt64Array),
  f32: float('f32', 4, 'getFloat32', 'setFloat32', Float32Array),
  f64: float('f64', 8, 'getFloat64', 'setFloat64', Float64Array),
};

// The codecs of described types, each of which refers to those before it.
function codecsOf(types, handles) {
  const made = [];
  const of = (type) => (type === null ? null : typeof type === 'string' ? primitives[type] : made[type]);
  const make = {
    __proto__: null,
    record: ({ name, fields }) => record(name, fields.map(([field]) => field), fields.map(([, type]) => of(type))),
    tuple: (type) => tuple(type.of.map(of)),
    flags: ({ name, names }) => flags(name, names),
    variant: ({ name, cases }) => variant(name, cases.map(([tag]) => tag), cases.map(([, type]) => of(type))),
    enum: ({ name, names }) => enumeration(name, names),
    option: (type) => option(of(type.of)),
    result: ({ ok, err }) => result(of(ok), of(err)),
    list: (type) => list(of(type.of)),
    own: ({ resource }) => handles.own(resource, wrong),
    borrow: ({ resource }) => handles.borrow(resource, wrong),
  };
  for (const type of types) made.push(make[type.kind](type));
  return of;
}

module.exports = { codecsOf, lowering, sequence, within };
