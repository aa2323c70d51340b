const { codes } = require('internal/errors');

process.emitWarning('The _stream_wrap module is deprecated.', 'DeprecationWarning', 'DEP0125');

// It wraps a stream in a socket, and there are no sockets of that kind here.
module.exports = class JSStreamSocket {
  constructor() {
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('_stream_wrap');
  }
};
