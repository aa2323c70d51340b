'use strict';

// Stands in for the package's own: errors of streams are those of the library.

const { codes, AbortError, hideStackFrames } = require('internal/errors');

function aggregateTwoErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  error.code = outer.code;
  return error;
}

module.exports = { AbortError, aggregateTwoErrors, hideStackFrames, codes };
