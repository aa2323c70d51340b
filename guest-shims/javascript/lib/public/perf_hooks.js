// The module `perf_hooks`.

const { codes } = require('internal/errors');
const { defineLazy } = require('internal/util');

defineLazy(exports, 'internal/performance', [
  'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'PerformanceObserverEntryList',
  'PerformanceResourceTiming', 'Performance', 'performance',
]);

exports.monitorEventLoopDelay = function monitorEventLoopDelay() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('perf_hooks.monitorEventLoopDelay');
};

exports.createHistogram = function createHistogram() {
  throw new codes.ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('perf_hooks.createHistogram');
};

exports.constants = Object.create(null, Object.fromEntries([
  ['NODE_PERFORMANCE_GC_MAJOR', 4], ['NODE_PERFORMANCE_GC_MINOR', 1], ['NODE_PERFORMANCE_GC_INCREMENTAL', 8],
  ['NODE_PERFORMANCE_GC_WEAKCB', 16],
].map(([name, value]) => [name, { value, enumerable: true }])));
