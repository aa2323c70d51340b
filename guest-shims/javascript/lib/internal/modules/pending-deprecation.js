// Some warnings are given only to who asked for them.
module.exports = () => {
  const process = require('process');
  const { env, execArgv } = process;
  return execArgv.includes('--pending-deprecation') || env.NODE_PENDING_DEPRECATION === '1' ||
    Boolean(env.NODE_OPTIONS?.split(/\s+/).includes('--pending-deprecation'));
};
