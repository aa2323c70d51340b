module.exports = require('internal/fs/promises');
