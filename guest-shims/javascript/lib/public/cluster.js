// The module `cluster`: there is one process, and it is the first one.

exports.isMaster = exports.isPrimary = true;
exports.isWorker = false;
exports.workers = {};
exports.settings = {};

require('internal/unavailable').fill(exports, 'cluster', [
  'disconnect', 'fork', 'setupMaster', 'setupPrimary',
], ['Worker'], () => require('events'));
