// A program as a plugin: the functions that it exports, called with JSON. Each answer is a pair: what became of it, and a text.

const until = require('internal/until');

const isObject = (value) => value !== null && typeof value === 'object';

// The functions of a module: what it exports by name, and what lies in its default export. No name is looked for beyond
// what is there by itself, or `constructor` would be a function of every plugin.
function functionsOf(exports) {
  const functions = new Map();
  const add = (object) => {
    for (const name of Object.keys(object)) {
      if (name !== 'default' && name !== 'describe' && typeof object[name] === 'function' && !functions.has(name)) {
        functions.set(name, object[name].bind(object));
      }
    }
  };
  add(exports);
  if (isObject(exports.default)) add(exports.default);
  return functions;
}

const messageOf = (error) => {
  try {
    return require('internal/util').isError(error) ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'an error that cannot be shown';
  }
};

function answer(work) {
  const [isDone, value] = until(work());
  if (isDone) return value;
  require('internal/errors-fatal').report(value);
  return ['failed', messageOf(value)];
}

function written(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch (error) {
    return ['invalid-json', messageOf(error)];
  }
  return text === undefined ? ['invalid-json', `a ${typeof value} has no JSON`] : ['ok', text];
}

const describe = (program) => answer(async () => {
  const exports = await program();
  let own = exports.describe ?? (isObject(exports.default) ? exports.default.describe : undefined);
  if (typeof own === 'function') own = await own();
  return written({ ...own, functions: [...functionsOf(exports).keys()] });
});

const call = (program, name, argument) => answer(async () => {
  const exports = await program();
  const called = functionsOf(exports).get(name);
  if (called === undefined) return ['unknown-function', name];
  let given;
  try {
    given = JSON.parse(argument);
  } catch (error) {
    return ['invalid-json', messageOf(error)];
  }
  return written(await called(given));
});

module.exports = { call, describe };
