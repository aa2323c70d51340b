'use strict';

// Stands in for the package's own.

module.exports = require('internal/validators');
