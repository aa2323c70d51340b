// The options of Node that mean something here: they can only come by NODE_OPTIONS.

let read;

function parse() {
  const found = new Map();
  const { env, execArgv } = require('internal/process').process;
  const words = [...execArgv, ...String(env.NODE_OPTIONS ?? '').split(/\s+/)];
  for (let i = 0; i < words.length; i++) {
    const [name, value] = words[i].split('=', 2);
    if (name === '--unhandled-rejections' && value === undefined) found.set(name, words[++i]);
    else if (name !== '') found.set(name, value ?? true);
  }
  return found;
}

// The text of an option, true where it has none, undefined where it was not given.
exports.option = function(name) {
  read ??= parse();
  return read.get(name);
};
