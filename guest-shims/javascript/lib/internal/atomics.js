// `Atomics`, which the engine leaves out where there are no threads. On one thread every operation is atomic by itself,
// and nobody can wake who waits: waiting is sleeping.

const kinds = new Set(['Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array',
                       'BigUint64Array']);
const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function check(array, index, waitable = false) {
  const kind = ArrayBuffer.isView(array) ? Reflect.apply(kindOf, array, []) : undefined;
  if (waitable ? kind !== 'Int32Array' && kind !== 'BigInt64Array' : !kinds.has(kind)) {
    throw new TypeError(waitable ? 'an Int32Array or a BigInt64Array is needed' : 'a typed array of integers is needed');
  }
  const at = Math.trunc(Number(index)) || 0;
  if (at < 0 || at >= array.length) throw new RangeError('out-of-bound access');
  return at;
}

const convert = (array, value) => (typeof array[0] === 'bigint' ? BigInt(value) : Math.trunc(Number(value)) || 0);

function change(name, combine) {
  return {
    [name](array, index, value) {
      const at = check(array, index);
      const given = convert(array, value);
      const before = array[at];
      array[at] = combine(before, given);
      return before;
    },
  }[name];
}

const own = {
  load(array, index) { return array[check(array, index)]; },
  store(array, index, value) {
    const at = check(array, index);
    const given = convert(array, value);
    array[at] = given;
    return given;
  },
  add: change('add', (a, b) => a + b),
  sub: change('sub', (a, b) => a - b),
  and: change('and', (a, b) => a & b),
  or: change('or', (a, b) => a | b),
  xor: change('xor', (a, b) => a ^ b),
  exchange: change('exchange', (a, b) => b),
  compareExchange(array, index, expected, replacement) {
    const at = check(array, index);
    const before = array[at];
    // The expected value is taken as the array would hold it.
    const held = new array.constructor([convert(array, expected)])[0];
    const given = convert(array, replacement);
    if (before === held) array[at] = given;
    return before;
  },
  isLockFree(size) { return [1, 2, 4, 8].includes(Math.trunc(Number(size))); },
  notify(array, index) {
    check(array, index, true);
    return 0;
  },
  wait(array, index, value, timeout = Infinity) {
    const at = check(array, index, true);
    if (!(array.buffer instanceof SharedArrayBuffer)) throw new TypeError('a shared array is needed');
    if (array[at] !== convert(array, value)) return 'not-equal';
    const milliseconds = Number.isNaN(Number(timeout)) ? Infinity : Math.max(0, Number(timeout));
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
