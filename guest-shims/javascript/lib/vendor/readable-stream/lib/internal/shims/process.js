'use strict';

// Stands in for the package's own, which is for browsers.

module.exports = require('process');
