// The module `inspector`: nobody can look into the engine from outside.

exports.console = undefined;
exports.url = () => undefined;

require('internal/unavailable').fill(exports, 'inspector', ['close', 'open', 'waitForDebugger'], ['Session'],
                                     () => require('events'));
