// Some warnings are given only to who asked for them.
module.exports = () => {
  const process = require('process');
  return process.execArgv.includes('--pending-deprecation') || process.env.NODE_PENDING_DEPRECATION === '1';
};
