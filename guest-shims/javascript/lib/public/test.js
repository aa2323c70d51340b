const runner = require('internal/test/runner');

const { test, describe } = runner;

module.exports = test;

Object.assign(test, {
  after: runner.after,
  afterEach: runner.afterEach,
  before: runner.before,
  beforeEach: runner.beforeEach,
  describe,
  it: runner.it,
  run() {
    const { codes } = require('internal/errors');
    throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('test.run()');      // it starts a process for each file
  },
  suite: describe,
  test,
});

Object.defineProperty(test, 'mock', {
  configurable: true,
  enumerable: true,
  get() {
    const mock = new (require('internal/test/mock').MockTracker)();
    Object.defineProperty(test, 'mock', { value: mock, configurable: true, enumerable: true, writable: true });
    return mock;
  },
});
