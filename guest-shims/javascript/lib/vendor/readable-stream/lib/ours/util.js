'use strict';

// Stands in for the package's own: it takes from the library what Node's streams take from Node's.

const { kEmptyObject, once, promisify, deprecate } = require('internal/util');

module.exports = {
  AggregateError,
  kEmptyObject,
  once,
  promisify,
  deprecate,
  createDeferredPromise() {
    const deferred = {};
    deferred.promise = new Promise((resolve, reject) => {
      deferred.resolve = resolve;
      deferred.reject = reject;
    });
    return deferred;
  },
  debuglog: () => () => {},
  format: (...args) => require('internal/util/inspect').format(...args),
  inspect: (...args) => require('internal/util/inspect').inspect(...args),
  types: {
    isAsyncFunction: (value) => require('internal/util/types').isAsyncFunction(value),
    isArrayBufferView: (value) => ArrayBuffer.isView(value),
  },
  isBlob: (value) => value instanceof require('internal/blob').Blob,
  addAbortListener: (signal, listener) => require('events').addAbortListener(signal, listener),
  AbortSignalAny: (signals) => require('internal/abort-controller').AbortSignal.any(signals),
};
module.exports.promisify.custom = Symbol.for('nodejs.util.promisify.custom');
