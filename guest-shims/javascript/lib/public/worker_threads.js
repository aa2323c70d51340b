// The module `worker_threads`: there is one thread. What passes messages within it works.

const { defineLazy } = require('internal/util');

exports.isMainThread = true;
exports.threadId = 0;
exports.parentPort = null;
exports.workerData = null;
exports.resourceLimits = {};
exports.SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');

const environment = new Map();
exports.getEnvironmentData = (key) => environment.get(key);
exports.setEnvironmentData = (key, value) => {
  if (value === undefined) environment.delete(key);
  else environment.set(key, value);
};

require('internal/unavailable').fill(exports, 'worker_threads', [
  'markAsUntransferable', 'moveMessagePortToContext', 'receiveMessageOnPort',
], ['Worker'], () => require('events'));
defineLazy(exports, 'internal/message-channel', ['MessageChannel', 'MessagePort', 'BroadcastChannel']);
