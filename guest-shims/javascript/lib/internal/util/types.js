// What an object really is, whatever its prototype or its tag say: `binding.vm.kind` asks the engine.

const { kind } = binding.vm;

const kinds = {
  isArgumentsObject: 'Arguments',
  isArrayBuffer: 'ArrayBuffer',
  isBigIntObject: 'BigInt',
  isBooleanObject: 'Boolean',
  isDataView: 'DataView',
  isDate: 'Date',
  isMap: 'Map',
  isMapIterator: 'Map Iterator',
  isNumberObject: 'Number',
  isPromise: 'Promise',
  isProxy: 'Proxy',
  isRegExp: 'RegExp',
  isSet: 'Set',
  isSetIterator: 'Set Iterator',
  isSharedArrayBuffer: 'SharedArrayBuffer',
  isStringObject: 'String',
  isSymbolObject: 'Symbol',
  isWeakMap: 'WeakMap',
  isWeakSet: 'WeakSet',
};

for (const [name, wanted] of Object.entries(kinds)) {
  exports[name] = { [name]: (value) => typeof value === 'object' && value !== null && kind(value) === wanted }[name];
}
// A proxy of a function is a function to `typeof`.
exports.isProxy = function isProxy(value) {
  return (typeof value === 'object' && value !== null || typeof value === 'function') && kind(value) === 'Proxy';
};

// To the engine the namespace of a module is an object like others, but no other can have such a tag without a prototype.
exports.isModuleNamespaceObject = function isModuleNamespaceObject(value) {
  if (typeof value !== 'object' || value === null) return false;
  const name = kind(value);
  if (name !== 'Object') return name === 'Module';
  if (Object.getPrototypeOf(value) !== null || Object.isExtensible(value)) return false;
  const tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return tag !== undefined && tag.value === 'Module' && !tag.writable && !tag.configurable && !Object.isFrozen(value);
};

// The tag of a typed array is an accessor that looks at the array itself.
const { get: tagOf } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const typedArrayName = (value) =>
  typeof value === 'object' && value !== null && ArrayBuffer.isView(value) ? Reflect.apply(tagOf, value, []) : undefined;

const { get: lengthOf } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length');
// For the library, whatever the prototype of the array is: not of util.types.
Object.defineProperties(exports, {
  typedArrayName: { value: typedArrayName },
  typedArrayLength: { value: (value) => Reflect.apply(lengthOf, value, []) },
});

for (const name of ['Uint8Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Int8Array', 'Int16Array',
                    'Int32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array']) {
  exports[`is${name}`] = { [`is${name}`]: (value) => typedArrayName(value) === name }[`is${name}`];
}

exports.isTypedArray = function isTypedArray(value) {
  return typedArrayName(value) !== undefined;
};

exports.isArrayBufferView = ArrayBuffer.isView;

exports.isAnyArrayBuffer = function isAnyArrayBuffer(value) {
  return exports.isArrayBuffer(value) || exports.isSharedArrayBuffer(value);
};

exports.isNativeError = function isNativeError(value) {
  return typeof value === 'object' && value !== null && kind(value) === 'Error';
};

exports.isBoxedPrimitive = function isBoxedPrimitive(value) {
  if (typeof value !== 'object' || value === null) return false;
  const name = kind(value);
  return name === 'Number' || name === 'String' || name === 'Boolean' || name === 'Symbol' || name === 'BigInt';
};

exports.isAsyncFunction = function isAsyncFunction(value) {
  if (typeof value !== 'function') return false;
  const name = kind(value);
  return name === 'AsyncFunction' || name === 'AsyncGeneratorFunction';
};

exports.isGeneratorFunction = function isGeneratorFunction(value) {
  if (typeof value !== 'function') return false;
  const name = kind(value);
  return name === 'GeneratorFunction' || name === 'AsyncGeneratorFunction';
};

exports.isGeneratorObject = function isGeneratorObject(value) {
  if (typeof value !== 'object' || value === null) return false;
  const name = kind(value);
  return name === 'Generator' || name === 'AsyncGenerator';
};

// There are no values of native code that JavaScript could hold without a class.
exports.isExternal = function isExternal(value) {
  return false;
};

function isOfCrypto(name) {
  return (value) => {
    const Class = require('crypto')[name] ?? require('crypto').webcrypto?.[name];
    return typeof Class === 'function' && value instanceof Class;
  };
}
exports.isKeyObject = isOfCrypto('KeyObject');
exports.isCryptoKey = isOfCrypto('CryptoKey');
