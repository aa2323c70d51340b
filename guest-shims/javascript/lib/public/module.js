module.exports = require('internal/modules/commonjs').Module;
