// Deep equality, loose and strict, as assert has it.

const types = require('internal/util/types');

const STRICT = true;
const LOOSE = false;

const isObject = (value) => value !== null && typeof value === 'object';
const tagOf = (value) => Object.prototype.toString.call(value);
const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
const isIndex = (key) => /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295;

const isSame = (a, b) => a === b || a !== a && b !== b;

function equal(a, b, strict, seen) {
  if (a === b) return a !== 0 || !strict || Object.is(a, b);
  if (strict) {
    if (!isObject(a)) return typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b);
    if (!isObject(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  } else {
    if (!isObject(a)) {
      // eslint-disable-next-line eqeqeq -- this is what loose means
      return !isObject(b) && (a == b || isSame(a, b));
    }
    if (!isObject(b)) return false;
  }
  const tag = tagOf(a);
  if (tag !== tagOf(b)) return false;
  // All that a URL is made of is hidden.
  if (tag === '[object URL]' && a.href !== b.href) return false;
  return equalObjects(a, b, strict, seen);
}

// ---- objects by kind -----------------------------------------------------------------------------------------------

const otherKeys = (array) => Object.keys(array).filter((key) => !isIndex(key));

function equalObjects(a, b, strict, seen) {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    const keysA = otherKeys(a);
    if (keysA.length !== otherKeys(b).length) return false;
    return equalContents(a, b, strict, seen, keysA, equalElements);
  }
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case 'Date':
      if (!isSame(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b))) return false;
      break;
    case 'RegExp':
      if (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex) return false;
      break;
    case 'Error':
      if (!equalErrors(a, b, strict, seen)) return false;
      break;
    case 'View': {
      if (nameOfView(a) !== nameOfView(b) || !equalViews(a, b, strict)) return false;
      const keysA = otherKeys(a);
      if (keysA.length !== otherKeys(b).length) return false;
      return equalContents(a, b, strict, seen, keysA);
    }
    case 'Set':
      if (a.size !== b.size) return false;
      return equalContents(a, b, strict, seen, undefined, equalSets);
    case 'Map':
      if (a.size !== b.size) return false;
      return equalContents(a, b, strict, seen, undefined, equalMaps);
    case 'Buffer':
      if (!equalBytes(new Uint8Array(a), new Uint8Array(b))) return false;
      break;
    case 'Boxed':
      if (!equalBoxed(a, b)) return false;
      break;
  }
  return equalContents(a, b, strict, seen);
}

function kindOf(value) {
  if (Array.isArray(value)) return 'Array';
  if (types.isDate(value)) return 'Date';
  if (types.isRegExp(value)) return 'RegExp';
  if (types.isNativeError(value) || value instanceof Error) return 'Error';
  if (ArrayBuffer.isView(value)) return 'View';
  if (types.isSet(value)) return 'Set';
  if (types.isMap(value)) return 'Map';
  if (types.isAnyArrayBuffer(value)) return 'Buffer';
  if (types.isBoxedPrimitive(value)) return 'Boxed';
  return 'Object';
}

// These count though they are not enumerable.
function equalErrors(a, b, strict, seen) {
  if (a.message !== b.message || a.name !== b.name) return false;
  return ['cause', 'errors'].every((key) => {
    const has = Object.hasOwn(a, key);
    return has === Object.hasOwn(b, key) && (!has || isEnumerable(a, key) || equal(a[key], b[key], strict, seen));
  });
}

function equalBytes(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const nameOfView = (view) => types.typedArrayName(view);
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

function equalViews(a, b, strict) {
  if (a.byteLength !== b.byteLength) return false;
  if (!types.isTypedArray(a) || !types.isTypedArray(b)) return equalBytes(bytesOf(a), bytesOf(b));
  if (!strict && (types.isFloat32Array(a) || types.isFloat64Array(a))) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }
  return equalBytes(bytesOf(a), bytesOf(b));
}

function equalBoxed(a, b) {
  for (const [check, Class] of [[types.isNumberObject, Number], [types.isStringObject, String],
                                [types.isBooleanObject, Boolean], [types.isBigIntObject, BigInt],
                                [types.isSymbolObject, Symbol]]) {
    if (!check(a)) continue;
    const { valueOf } = Class.prototype;
    return check(b) && Object.is(Reflect.apply(valueOf, a, []), Reflect.apply(valueOf, b, []));
  }
  return false;
}

// ---- properties and cycles -----------------------------------------------------------------------------------------

const enumerableSymbols = (object) => Object.getOwnPropertySymbols(object).filter((symbol) => isEnumerable(object, symbol));

// `keys` are those of `a` that are compared; without them all are. Symbols count only when it is strict.
function equalContents(a, b, strict, seen, keys, entries) {
  if (keys === undefined) {
    keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
  }
  for (const key of keys) if (!isEnumerable(b, key)) return false;
  if (strict) {
    const symbols = enumerableSymbols(a);
    if (symbols.length !== enumerableSymbols(b).length) return false;
    for (const symbol of symbols) if (!isEnumerable(b, symbol)) return false;
    if (symbols.length > 0) keys = [...keys, ...symbols];
  }
  if (keys.length === 0 && (entries === undefined || sizeOf(a) === 0)) return true;

  // Inside of a cycle both must come back to the same place.
  if (seen === undefined) seen = { a: new Map(), b: new Map(), depth: 0 };
  else {
    const placeA = seen.a.get(a);
    if (placeA !== undefined) {
      const placeB = seen.b.get(b);
      if (placeB !== undefined) return placeA === placeB;
    }
  }
  seen.depth++;
  seen.a.set(a, seen.depth);
  seen.b.set(b, seen.depth);
  let same = entries === undefined || entries(a, b, strict, seen);
  for (let i = 0; same && i < keys.length; i++) same = equal(a[keys[i]], b[keys[i]], strict, seen);
  seen.a.delete(a);
  seen.b.delete(b);
  return same;
}

const sizeOf = (value) => Array.isArray(value) ? value.length : value.size;

function equalElements(a, b, strict, seen) {
  for (let i = 0; i < a.length; i++) {
    const has = Object.hasOwn(a, i);
    if (has !== Object.hasOwn(b, i)) return false;
    if (has) {
      if (!equal(a[i], b[i], strict, seen)) return false;
      continue;
    }
    // From the first hole on only the keys are gone through: there may be very many holes.
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      if (!isIndex(key) || Number(key) < i) continue;
      if (!Object.hasOwn(b, key) || !equal(a[key], b[key], strict, seen)) return false;
    }
    return true;
  }
  return true;
}

// ---- sets and maps -------------------------------------------------------------------------------------------------

// What a primitive may be loosely equal to: only these have to be searched for among the other's values.
function mayEqualAnother(value) {
  switch (typeof value) {
    case 'undefined': return 'nothing';
    case 'object': return 'nothing';
    case 'symbol': return undefined;
    case 'string': return Number.isNaN(+value) ? undefined : 'any';
    case 'number': return Number.isNaN(value) ? undefined : 'any';
    default: return 'any';
  }
}

// Takes one out of `candidates` that fits.
function takeEqual(candidates, value, strict, seen) {
  for (const candidate of candidates) {
    if (equal(value, candidate, strict, seen)) {
      candidates.delete(candidate);
      return true;
    }
  }
  return false;
}

function equalSets(a, b, strict, seen) {
  const rest = [];
  for (const value of a) {
    if (isObject(value)) rest.push(value);
    else if (!b.has(value)) {
      if (strict || mayEqualAnother(value) === undefined) return false;
      rest.push(value);
    }
  }
  if (rest.length === 0) return true;
  const candidates = new Set();
  for (const value of b) if (isObject(value) || !strict && !a.has(value)) candidates.add(value);
  // The very same object fits before any other does.
  const left = rest.filter((value) => !(isObject(value) && candidates.delete(value)));
  return left.every((value) => takeEqual(candidates, value, strict, seen));
}

function equalMaps(a, b, strict, seen) {
  const rest = [];
  for (const [key, value] of a) {
    if (isObject(key)) {
      if (b.has(key) && equal(value, b.get(key), strict, seen)) rest.push([key, value, true]);
      else rest.push([key, value, false]);
    } else if (b.has(key)) {
      if (!equal(value, b.get(key), strict, seen)) {
        if (strict || mayEqualAnother(key) === undefined) return false;
        rest.push([key, value, false]);
      }
    } else {
      if (strict || mayEqualAnother(key) === undefined) return false;
      rest.push([key, value, false]);
    }
  }
  if (rest.length === 0) return true;
  const candidates = new Map();
  for (const [key, value] of b) {
    if (isObject(key) || !strict && !(a.has(key) && equal(a.get(key), value, strict, seen))) candidates.set(key, value);
  }
  for (const [key, , isSameKey] of rest) if (isSameKey) candidates.delete(key);
  return rest.every(([key, value, isSameKey]) => {
    if (isSameKey) return true;
    for (const [otherKey, other] of candidates) {
      if (equal(key, otherKey, strict, seen) && equal(value, other, strict, seen)) {
        candidates.delete(otherKey);
        return true;
      }
    }
    return false;
  });
}

module.exports = {
  isDeepEqual: (a, b) => equal(a, b, LOOSE, undefined),
  isDeepStrictEqual: (a, b) => equal(a, b, STRICT, undefined),
};
