// Answers questions of [way, specifier, from] as JSON, without loading anything.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire, builtinModules, isBuiltin } = require('node:module');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { defaultResolve } = require('internal/modules/esm/resolve');
const { defaultGetFormat } = require('internal/modules/esm/get_format');

const builtins = [...builtinModules];
for (const name of ['test', 'test/reporters', 'sea', 'sqlite']) {
  if (isBuiltin(`node:${name}`)) builtins.push(`node:${name}`);
}

function builtin(name) {
  if (!isBuiltin(name)) {
    const error = new Error(`No such built-in module: ${name}`);
    error.code = 'ERR_UNKNOWN_BUILTIN_MODULE';
    throw error;
  }
  return { builtin: name.replace(/^node:/, '') };
}

function required(specifier, from) {
  const require = createRequire(from);
  if (specifier.startsWith('node:')) return builtin(specifier);
  // `resolve` looks at the argument in other words.
  if (specifier === '') require(specifier);
  const found = require.resolve(specifier);
  return isBuiltin(found) ? builtin(found) : { file: found };
}

function imported(specifier, from) {
  const { url } = defaultResolve(specifier, { parentURL: pathToFileURL(from).href });
  const parsed = new URL(url);
  if (parsed.protocol === 'node:') return builtin(url);
  if (parsed.protocol !== 'file:') return { scheme: parsed.protocol };
  const format = defaultGetFormat(parsed, {});
  return { file: fileURLToPath(url), suffix: parsed.search + parsed.hash, format: format ?? 'detect' };
}

function answer([way, specifier, from]) {
  try {
    return way === 'require' ? required(specifier, from) : imported(specifier, from);
  } catch (error) {
    let message = error.message.split('\nDid you mean')[0];
    // What is wrong with a file of JSON is said by its parser.
    if (error.name === 'SyntaxError') {
      error.code = 'ERR_INVALID_PACKAGE_CONFIG';
      message = message.replace(/(package\.json: ).*$/s, '$1');
    }
    if (error.code === 'ERR_INVALID_PACKAGE_CONFIG') message = message.replace(/(\. ).*JSON.*$/s, '$1');
    return { code: error.code, message, is: error.constructor.name.replace('NodeError', 'Error') };
  }
}

const questions = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(JSON.stringify({ builtins, answers: questions.map(answer) }));
