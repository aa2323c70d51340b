// `Atomics`, which the engine leaves out where there are no threads. On one thread every operation is atomic by itself,
// and nobody can wake who waits: waiting is sleeping. Order of the checks and words of the errors are those of the engine.

const { apply } = Reflect;
const { trunc } = Math;
const { asIntN } = BigInt;
const { isFinite } = Number;
const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const ofArrays = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = getter(ofArrays, Symbol.toStringTag);
const lengthOf = getter(ofArrays, 'length');
const bufferOf = getter(ofArrays, 'buffer');
const isDetached = getter(ArrayBuffer.prototype, 'detached');

// One element of each kind, for what a value becomes in such an array.
const held = { __proto__: null };
for (const Kind of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array]) {
  held[Kind.name] = new Kind(1);
}

const waitable = (kind) => kind === 'Int32Array' || kind === 'BigInt64Array';
const isBig = (kind) => kind === 'BigInt64Array' || kind === 'BigUint64Array';

function detached(buffer) {
  try {
    return apply(isDetached, buffer, []);
  } catch {
    return undefined;         // a shared one, which cannot be
  }
}

// The kind of an array that such an operation works on.
function check(array, wanted, shared = false) {
  const kind = array !== null && typeof array === 'object' ? apply(kindOf, array, []) : undefined;
  if (kind === undefined || held[kind] === undefined || !wanted(kind)) throw new TypeError('integer TypedArray expected');
  const gone = detached(apply(bufferOf, array, []));
  if (shared && gone !== undefined) throw new TypeError('not a SharedArrayBuffer TypedArray');
  if (gone) throw new TypeError('ArrayBuffer is detached');
  return kind;
}

function inside(array, at) {
  if (at >= apply(lengthOf, array, [])) throw new RangeError('out-of-bound access');
  return at;
}

function toIndex(array, index) {
  const at = trunc(index === undefined ? 0 : index) || 0;
  if (at < 0 || at > Number.MAX_SAFE_INTEGER) throw new RangeError('invalid array index');
  return inside(array, at);
}

// Numbers are integers as they are given; a big integer is asked for with more bits than any has, which leaves it whole.
const integer = (kind, value) => (isBig(kind) ? asIntN(Number.MAX_SAFE_INTEGER, value) : trunc(value) || 0);

// What is calculated with: sums of more than 32 bits would lose the lowest.
const operand = (kind, value) => (isBig(kind) ? asIntN(64, value) : trunc(value) | 0);

function change(name, combine) {
  return {
    [name](array, index, value) {
      const kind = check(array, isAny);
      const at = toIndex(array, index);
      const given = operand(kind, value);
      const before = array[inside(array, at)];
      array[at] = combine(before, given);
      return before;
    },
  }[name];
}

const isAny = () => true;

const own = {
  load(array, index) {
    check(array, isAny);
    return array[toIndex(array, index)];
  },
  store(array, index, value) {
    const kind = check(array, isAny);
    const at = toIndex(array, index);
    const given = integer(kind, value);
    array[inside(array, at)] = given;
    return given;
  },
  add: change('add', (a, b) => a + b),
  sub: change('sub', (a, b) => a - b),
  and: change('and', (a, b) => a & b),
  or: change('or', (a, b) => a | b),
  xor: change('xor', (a, b) => a ^ b),
  exchange: change('exchange', (a, b) => b),
  compareExchange(array, index, expected, replacement) {
    const kind = check(array, isAny);
    const at = toIndex(array, index);
    const wanted = operand(kind, expected);
    const given = operand(kind, replacement);
    const before = array[inside(array, at)];
    held[kind][0] = wanted;
    if (before === held[kind][0]) array[at] = given;
    return before;
  },
  isLockFree(size) {
    const bytes = trunc(size);
    return bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8;
  },
  notify(array, index, count) {
    check(array, waitable);
    const at = toIndex(array, index);
    if (count !== undefined) void trunc(count);
    inside(array, at);
    return 0;
  },
  pause(...times) {
    const [count] = times;
    if (count !== undefined && !(typeof count === 'number' && isFinite(count) && trunc(count) === count)) {
      throw new TypeError('not an integral number');
    }
  },
  wait(array, index, value, timeout) {
    const kind = check(array, waitable, true);
    const at = toIndex(array, index);
    const wanted = operand(kind, value);
    const given = trunc(timeout);
    const milliseconds = Number.isNaN(given) ? Infinity : Math.max(0, given);
    if (array[inside(array, at)] !== wanted) return 'not-equal';
    if (milliseconds === Infinity) {
      throw new (require('internal/errors').codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM)('Atomics.wait() without a timeout');
    }
    require('internal/loop').sleep(milliseconds);
    return 'timed-out';
  },
};

const Atomics = {};
for (const [name, value] of Object.entries(own)) {
  Object.defineProperty(Atomics, name, { value, writable: true, enumerable: false, configurable: true });
}
Object.defineProperty(Atomics, Symbol.toStringTag, { value: 'Atomics', configurable: true });

exports.Atomics = Atomics;
