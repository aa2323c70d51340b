// The module `dgram`: a component has no sockets.

require('internal/unavailable').fill(exports, 'dgram', ['createSocket'], ['Socket'], () => require('events'));
