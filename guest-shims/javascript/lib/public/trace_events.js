// The module `trace_events`.

exports.getEnabledCategories = () => undefined;

require('internal/unavailable').fill(exports, 'trace_events', ['createTracing']);
