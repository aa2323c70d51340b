// The module `domain`, which Node itself has given up.

const { fill } = require('internal/unavailable');

exports.active = null;
fill(exports, 'domain', ['create', 'createDomain'], ['Domain'], () => require('events'));
