// `process.env`: everything in it is a string.

function text(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
}

function refuse(message) {
  const { ERR_INVALID_OBJECT_DEFINE_PROPERTY } = require('internal/errors').codes;
  throw new ERR_INVALID_OBJECT_DEFINE_PROPERTY(message);
}

const traps = {
  set(target, key, value) {
    if (typeof key === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    Object.defineProperty(target, key, { value: text(value), writable: true, enumerable: true, configurable: true });
    return true;
  },
  defineProperty(target, key, descriptor) {
    if (typeof key === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    if ('value' in descriptor) {
      if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
        refuse("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
      }
      return Reflect.defineProperty(target, key, { ...descriptor, value: text(descriptor.value) });
    }
    if ('get' in descriptor || 'set' in descriptor) {
      refuse("'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    return refuse("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
  },
};

exports.makeEnv = function() {
  const target = {};
  const list = binding.process.env();
  for (let i = 0; i < list.length; i += 2) {
    Object.defineProperty(target, list[i], { value: list[i + 1], writable: true, enumerable: true, configurable: true });
  }
  return new Proxy(target, traps);
};
