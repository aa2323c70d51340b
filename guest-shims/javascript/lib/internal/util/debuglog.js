// Sections of a log that NODE_DEBUG switches on: `NODE_DEBUG=foo,b*`.

let sections;

function isOn(name) {
  if (sections === undefined) {
    const text = require('process').env.NODE_DEBUG ?? '';
    const names = text.split(',').map((each) => each.trim()).filter((each) => each !== '');
    sections = names.map((each) => {
      const escaped = each.replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replaceAll('*', '.*');
      return new RegExp(`^${escaped}$`, 'i');
    });
  }
  return sections.some((section) => section.test(name));
}

exports.debuglog = function debuglog(set, callback) {
  let enabled;
  let write;
  const decide = () => {
    if (enabled === undefined) enabled = isOn(set);
    return enabled;
  };
  function logger(...args) {
    if (!decide()) return;
    if (write === undefined) {
      const name = String(set).toUpperCase();
      const { pid } = require('process');
      const { formatWithOptions } = require('internal/util/inspect');
      write = (...values) => {
        require('process').stderr.write(`${name} ${pid}: ${formatWithOptions({}, ...values)}\n`);
      };
      // The caller may hold the quicker function from now on.
      if (typeof callback === 'function') callback(write);
    }
    write(...args);
  }
  Object.defineProperty(logger, 'enabled', { get: decide, configurable: true, enumerable: true });
  return logger;
};
