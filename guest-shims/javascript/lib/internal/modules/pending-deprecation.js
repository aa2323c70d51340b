// Some warnings are given only to who asked for them.
function pendingDeprecation() {
  if (!pendingDeprecation.isKnown) return false;
  const process = require('process');
  const { env, execArgv } = process;
  return execArgv.includes('--pending-deprecation') || env.NODE_PENDING_DEPRECATION === '1' ||
    Boolean(env.NODE_OPTIONS?.split(/\s+/).includes('--pending-deprecation'));
}

// Not while a program is built into a component, when there is no environment.
pendingDeprecation.isKnown = true;

module.exports = pendingDeprecation;
