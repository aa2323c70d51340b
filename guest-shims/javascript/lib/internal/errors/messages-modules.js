// Messages about modules, packages, urls, and the parsing of arguments.

const list = (words, last) => require('internal/errors/messages').list(words, last);
const by = (base) => base ? ` imported from ${base}` : '';
const json = (value) => JSON.stringify(value);

function badTarget(folder, key, target, isImport = false, base = undefined) {
  const relative = typeof target === 'string' && !isImport && target !== '' && !target.startsWith('./');
  const tail = relative ? '; targets must start with "./"' : '';
  if (key === '.') {
    return `Invalid "exports" main target ${json(target)} defined in the package config ${folder}package.json` +
      `${by(base)}${tail}`;
  }
  return `Invalid "${isImport ? 'imports' : 'exports'}" target ${json(target)} defined for '${key}' in the package ` +
    `config ${folder}package.json${by(base)}${tail}`;
}

function requireOfModule(file, hasModuleSyntax, parent = undefined, manifest = undefined) {
  let text = `require() of ES Module ${file}${parent ? ` from ${parent}` : ''} not supported.`;
  if (!parent) return text;
  const path = require('path');
  const name = manifest && path.basename(parent) === path.basename(file) ? file : path.basename(file);
  if (hasModuleSyntax) {
    return `${text}\nInstead change the require of ${name} in ${parent} to a dynamic import() which is available in ` +
      'all CommonJS modules.';
  }
  if (manifest) {
    text += `\n${name} is treated as an ES module file as it is a .js file whose nearest parent package.json contains ` +
      '"type": "module" which declares all .js files in that package scope as ES modules.' +
      `\nInstead either rename ${name} to end in .cjs, change the requiring code to use dynamic import() which is ` +
      'available in all CommonJS modules, or change "type": "module" to "type": "commonjs" in ' +
      `${manifest} to treat all .js files as CommonJS (using .mjs for all ES modules instead).\n`;
    return text;
  }
  return `${text}\nInstead change the require of ${file} to a dynamic import() which is available in all CommonJS modules.`;
}

const badAttribute = ['TypeError', (name, value) => `Import attribute "${name}" with value "${value}" is not supported`];
const failedType = ['TypeError', (url, type) => `Module "${url}" is not of type "${type}"`];
const missingType = ['TypeError', (url, type) => `Module "${url}" needs an import attribute of type "${type}"`];
const unsupportedType = ['TypeError', (type) => `Import attribute type "${type}" is unsupported`];

module.exports = {
  __proto__: null,
  ERR_IMPORT_ASSERTION_TYPE_FAILED: failedType,
  ERR_IMPORT_ASSERTION_TYPE_MISSING: missingType,
  ERR_IMPORT_ASSERTION_TYPE_UNSUPPORTED: unsupportedType,
  ERR_IMPORT_ATTRIBUTE_MISSING: missingType,
  ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE: failedType,
  ERR_IMPORT_ATTRIBUTE_UNSUPPORTED: badAttribute,
  ERR_INPUT_TYPE_NOT_ALLOWED: ['Error', '--input-type can only be used with string input via --eval, --print, or STDIN'],
  ERR_INVALID_FILE_URL_HOST: ['TypeError', (platform) => `File URL host must be "localhost" or empty on ${platform}`],
  ERR_INVALID_FILE_URL_PATH: ['TypeError', (reason) => `File URL path ${reason}`],
  ERR_INVALID_MODULE_SPECIFIER: ['TypeError', (specifier, reason, base) => `Invalid module "${specifier}" ${reason}${by(base)}`],
  ERR_INVALID_PACKAGE_CONFIG: ['Error', (path, base, reason) =>
    `Invalid package config ${path}${base ? ` while importing ${base}` : ''}${reason ? `. ${reason}` : ''}`],
  ERR_INVALID_PACKAGE_TARGET: ['Error', badTarget],
  ERR_INVALID_URL: ['TypeError', 'Invalid URL', (input, base) => base === undefined || base === null ? { input } : { input, base }],
  ERR_INVALID_URL_SCHEME: ['TypeError', (expected) => {
    const names = [expected].flat();
    return `The URL must be ${names.length > 1 ? 'one of ' : 'of '}scheme ${list(names)}`;
  }],
  ERR_LOADER_CHAIN_INCOMPLETE: ['Error', (hook) => `"${hook}" did not call the next hook in its chain and did not ` +
    'explicitly signal a short circuit. If this is intentional, include `shortCircuit: true` in the hook\'s return.'],
  ERR_MODULE_NOT_FOUND: ['Error',
    (path, base, exact) => `Cannot find ${exact && typeof exact === 'string' && exact === 'package' ? 'package' : 'module'} ` +
      `'${path}'${base === undefined ? '' : ` imported from ${base}`}`,
    (path, base, exact) => exact && exact !== 'package' ? { url: String(exact) } : undefined],
  ERR_NETWORK_IMPORT_DISALLOWED: ['Error', (specifier, parent, reason) =>
    `import of '${specifier}' by ${parent} is not supported: ${reason}`],
  ERR_PACKAGE_IMPORT_NOT_DEFINED: ['TypeError', (specifier, folder, base) =>
    `Package import specifier "${specifier}" is not defined${folder ? ` in package ${folder}package.json` : ''}${by(base)}`],
  ERR_PACKAGE_PATH_NOT_EXPORTED: ['Error', (folder, subpath, base) => subpath === '.' ?
    `No "exports" main defined in ${folder}package.json${by(base)}` :
    `Package subpath '${subpath}' is not defined by "exports" in ${folder}package.json${by(base)}`],
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: ['TypeError', (text) => text],
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: ['TypeError', (positional) =>
    `Unexpected argument '${positional}'. This command does not take positional arguments`],
  ERR_PARSE_ARGS_UNKNOWN_OPTION: ['TypeError', (option, allowPositionals) => `Unknown option '${option}'${allowPositionals ?
    '. To specify a positional argument starting with a \'-\', place it at the end of the command after \'--\', as in ' +
    `'-- ${json(option)}` : ''}`],
  ERR_REQUIRE_ASYNC_MODULE: ['Error', 'require() cannot be used on an ESM graph with top-level await. Use import() instead. ' +
    'To see where the top-level await comes from, use --experimental-print-required-tla.'],
  ERR_REQUIRE_CYCLE_MODULE: ['Error', (text) => text],
  ERR_REQUIRE_ESM: ['Error', requireOfModule],
  ERR_UNKNOWN_BUILTIN_MODULE: ['Error', (name) => `No such built-in module: ${name}`],
  ERR_UNKNOWN_FILE_EXTENSION: ['TypeError', (extension, path) => `Unknown file extension "${extension}" for ${path}`],
  ERR_UNKNOWN_MODULE_FORMAT: ['RangeError', (format, url) => `Unknown module format: ${format} for URL ${url}`],
  ERR_UNSUPPORTED_DIR_IMPORT: ['Error',
    (path, base) => `Directory import '${path}' is not supported resolving ES modules${by(base)}`,
    (path, base, url) => url === undefined ? undefined : { url: String(url) }],
  ERR_UNSUPPORTED_ESM_URL_SCHEME: ['Error', (url, supported) => {
    return `Only URLs with a scheme in: ${list(supported, 'and')} are supported by the default ESM loader. ` +
      `Received protocol '${url.protocol}'`;
  }],
  ERR_UNSUPPORTED_RESOLVE_REQUEST: ['TypeError', (specifier, base) =>
    `Failed to resolve module specifier "${specifier}" from "${base}": Invalid relative URL or base scheme is not hierarchical.`],
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING: ['TypeError', 'A dynamic import callback was not specified.'],
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG: ['TypeError',
    'A dynamic import callback was invoked without --experimental-vm-modules'],
  ERR_SCRIPT_EXECUTION_TIMEOUT: ['Error', (timeout) => `Script execution timed out after ${timeout}ms`],
};
